module attributes {torch.debug_module_name = "Classifier"} {
  func.func private @__torch__.Block.forward(%arg0: !torch.nn.Module<"__torch__.Block">, %arg1: !torch.tensor) -> !torch.tensor {
    %true = torch.constant.bool true
    %none = torch.constant.none
    %int2 = torch.constant.int 2
    %str = torch.constant.str "AssertionError: expected a batch"
    %0 = torch.aten.dim %arg1 : !torch.tensor -> !torch.int
    %1 = torch.aten.eq.int %0, %int2 : !torch.int, !torch.int -> !torch.bool
    torch.prim.If %1 -> () {
      torch.prim.If.yield
    } else {
      torch.prim.RaiseException %str, %none : !torch.str, !torch.none
      torch.prim.If.yield
    }
    %2 = torch.prim.GetAttr %arg0["weight"] : !torch.nn.Module<"__torch__.Block"> -> !torch.tensor
    %3 = torch.prim.GetAttr %arg0["bias"] : !torch.nn.Module<"__torch__.Block"> -> !torch.optional<tensor>
    %4 = torch.aten.linear %arg1, %2, %3 : !torch.tensor, !torch.tensor, !torch.optional<tensor> -> !torch.tensor
    %5 = torch.aten.relu_ %4 : !torch.tensor -> !torch.tensor
    %6 = torch.prim.GetAttr %arg0["calls"] : !torch.nn.Module<"__torch__.Block"> -> !torch.int
    %int1 = torch.constant.int 1
    %7 = torch.aten.add.int %6, %int1 : !torch.int, !torch.int -> !torch.int
    torch.prim.SetAttr %arg0["calls"] = %7 : !torch.nn.Module<"__torch__.Block">, !torch.int
    return %5 : !torch.tensor
  }
  func.func private @__torch__.Classifier.forward(%arg0: !torch.nn.Module<"__torch__.Classifier">, %arg1: !torch.tensor {torch.type_bound = !torch.vtensor<[?,4],f32>}) -> !torch.tuple<tensor, optional<tensor>> {
    %int3 = torch.constant.int 3
    %true = torch.constant.bool true
    %none = torch.constant.none
    %0 = torch.prim.GetAttr %arg0["block"] : !torch.nn.Module<"__torch__.Classifier"> -> !torch.nn.Module<"__torch__.Block">
    %1 = torch.prim.Loop %int3, %true, init(%arg1) {
    ^bb0(%arg2: !torch.int, %arg3: !torch.tensor):
      %6 = torch.prim.CallMethod %0["forward"] (%arg3) : !torch.nn.Module<"__torch__.Block">, (!torch.tensor) -> !torch.tensor
      torch.prim.Loop.condition %true, iter(%6 : !torch.tensor)
    } : (!torch.int, !torch.bool, !torch.tensor) -> !torch.tensor
    %2 = torch.prim.DictConstruct keys() values() -> !torch.dict<str, tensor>
    %str = torch.constant.str "last"
    torch.aten._set_item.str %2, %str, %1 : !torch.dict<str, tensor>, !torch.str, !torch.tensor
    %3 = torch.derefine %none : !torch.none to !torch.optional<tensor>
    %4 = torch.prim.TupleConstruct %1, %3 : !torch.tensor, !torch.optional<tensor> -> !torch.tuple<tensor, optional<tensor>>
    %5 = torch.aten.format(%str, %int3) : !torch.str, !torch.int -> !torch.str
    torch.prim.Print(%5) : !torch.str
    return %4 : !torch.tuple<tensor, optional<tensor>>
  }
  torch.class_type @__torch__.Block {
    torch.attr private "training" : !torch.bool
    torch.attr private "_is_full_backward_hook" : !torch.optional<bool>
    torch.attr "calls" : !torch.int
    torch.attr "weight" : !torch.tensor
    torch.attr "bias" : !torch.optional<tensor>
    torch.method private "forward", @__torch__.Block.forward
  }
  torch.class_type @__torch__.Classifier {
    torch.attr private "training" : !torch.bool
    torch.attr "block" : !torch.nn.Module<"__torch__.Block">
    torch.method "forward", @__torch__.Classifier.forward
  }
  %true = torch.constant.bool true
  %none = torch.constant.none
  %int0 = torch.constant.int 0
  %0 = torch.tensor.literal(dense<2.500000e-01> : tensor<4x4xf32>) : !torch.tensor<[4,4],f32>
  %1 = torch.nn_module {
    torch.slot "training", %true : !torch.bool
    torch.slot "_is_full_backward_hook", %none : !torch.none
    torch.slot "calls", %int0 : !torch.int
    torch.slot "weight", %0 : !torch.tensor<[4,4],f32>
    torch.slot "bias", %none : !torch.none
  } : !torch.nn.Module<"__torch__.Block">
  %2 = torch.nn_module {
    torch.slot "training", %true : !torch.bool
    torch.slot "block", %1 : !torch.nn.Module<"__torch__.Block">
  } : !torch.nn.Module<"__torch__.Classifier">
}
