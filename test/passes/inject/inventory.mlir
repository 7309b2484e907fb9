// What a module holds, as text and as JSON.

// RUN: dynfault-opt %s --inventory | FileCheck %s --strict-whitespace
// CHECK: {{^}}operations: 13, of 9 kinds; 2 unknown
// The most frequent first; all spellings of an operator are one.
// CHECK-NEXT: {{^}}       3  torch.aten.relu
// CHECK-NEXT: {{^}}       3  torch.global_slot
// CHECK-NEXT: {{^}}       1  dynfault.dataset
// CHECK-NEXT: {{^}}       1  func.func
// CHECK-NEXT: {{^}}       1  func.return
// CHECK-NEXT: {{^}}       1  torch.aten._prelu_kernel                 PyTorch 2.6.0 only
// CHECK-NEXT: {{^}}       1  torch.aten.of_the_future                 unknown
// CHECK-NEXT: {{^}}       1  torch.global_slot.get
// CHECK-NEXT: {{^}}       1  torch.onnx.Relu                          unknown
// CHECK-NEXT: {{^}}trainable parameters: 1, 12 elements
// CHECK-NEXT: {{^}}buffers: 2, 12 elements
// CHECK-NEXT: {{^}}fault operators that apply:
// CHECK: {{^}}       3  ACH  change activation

// RUN: dynfault-opt %s --inventory=json | %python -m json.tool --compact | FileCheck %s --check-prefix=JSON
// JSON: {"operations":[{"name":"torch.aten.relu","count":3,"known":true,"pytorch":["1.13.1","2.6.0"]},
// JSON-SAME: {{.*}}{"name":"torch.aten._prelu_kernel","count":1,"known":true,"pytorch":["2.6.0"]},{"name":"torch.aten.of_the_future","count":1,"known":false,"pytorch":[]}
// JSON-SAME: {{.*}}"parameters":{"count":1,"elements":12},"buffers":{"count":2,"elements":12},"operators":[
// JSON-SAME: {{.*}}{"operator":"ACH","sites":3}

// Each program's numbers of sites are those that --list-sites lists.
// RUN: for program in %models/*.mlir; do \
// RUN:   dynfault-opt $program --list-sites=json > %t.sites && dynfault-opt $program --inventory=json > %t.inventory || exit 1; \
// RUN:   %python -c "import json, sys; s, i = map(json.load, map(open, sys.argv[1:])); assert {o['operator']: o['sites'] for o in i['operators']} == {k['operator']: sum(e['operator'] == k['operator'] for e in s) for k in s} and all(o['known'] for o in i['operations']) and i['parameters']['elements'] > 0" %t.sites %t.inventory || exit 1; \
// RUN: done

// RUN: echo "module {}" | dynfault-opt --inventory | FileCheck %s --check-prefix=EMPTY
// EMPTY: operations: 0, of 0 kinds; 0 unknown
// EMPTY-NEXT: trainable parameters: 0, 0 elements

// RUN: not dynfault-opt %s --inventory --list-sites 2>&1 | FileCheck %s --check-prefix=BOTH
// BOTH: error: --list-sites and --inventory are two reports; ask for one

module {
  dynfault.dataset @data {source = "abalone", train = 100, validation = 50}
  torch.global_slot @a.weight {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[3,4],f32>
  torch.global_slot @a.mean {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[12],f32>
  torch.global_slot @a.of_any_size {dynfault.buffer} : !torch.vtensor<[?],f32>
  func.func @forward(%x: !torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,4],f32> {
    %w = torch.global_slot.get @a.weight : !torch.vtensor<[3,4],f32>
    %0 = torch.aten.relu %x : !torch.vtensor<[?,4],f32> -> !torch.vtensor<[?,4],f32>
    %1 = torch.operator "aten.relu"(%0) : (!torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,4],f32>
    %2 = torch.operator "torch.aten.relu"(%1) : (!torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,4],f32>
    %3 = torch.aten.of_the_future %2, %w : !torch.vtensor<[?,4],f32>, !torch.vtensor<[3,4],f32> -> !torch.vtensor<[?,4],f32>
    %4 = torch.operator "onnx.Relu"(%3) : (!torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,4],f32>
    %5 = torch.aten._prelu_kernel %4, %4 : !torch.vtensor<[?,4],f32>, !torch.vtensor<[?,4],f32> -> !torch.vtensor<[?,4],f32>
    return %5 : !torch.vtensor<[?,4],f32>
  }
}
