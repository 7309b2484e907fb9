"""Writes a multi-layer perceptron with the given number of layers, four operations
each.

usage: make_program.py LAYERS > program.mlir
"""

import sys

layers = int(sys.argv[1])
X, W, B = "!torch.vtensor<[?,8],f32>", "!torch.vtensor<[8,8],f32>", "!torch.vtensor<[8],f32>"
T, S = "!torch.vtensor<[?],si64>", "!torch.vtensor<[],f32>"
print("""module @perceptron attributes {dynfault.task = "classification"} {
  dynfault.dataset @data {source = "pima", train = 500, validation = 200, transforms = [#dynfault.transform<standardize>]}
  dynfault.schedule {epochs = 20, batch_size = 32}""")
for i in range(layers):
    print(f"  torch.global_slot @fc{i}.weight {{dynfault.init = #dynfault.init<xavier_uniform>}} : {W}")
    print(f"  torch.global_slot @fc{i}.bias {{dynfault.init = #dynfault.init<zeros>}} : {B}")
print(f"  func.func @forward(%x: {X}) -> {X} {{")
value = "%x"
for i in range(layers):
    print(f"    %w{i} = torch.global_slot.get @fc{i}.weight : {W}")
    print(f"    %b{i} = torch.global_slot.get @fc{i}.bias : {B}")
    print(f"    %h{i} = torch.aten.linear {value}, %w{i}, %b{i} : {X}, {W}, {B} -> {X}")
    print(f"    %y{i} = torch.aten.relu %h{i} : {X} -> {X}")
    value = f"%y{i}"
print(f"    return {value} : {X}\n  }}")
print(f"""  func.func @loss(%output: {X}, %target: {T}) -> {S} {{
    %none = torch.constant.none
    %mean = torch.constant.int 1
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %0 = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignore, %smoothing {{dynfault.site = "loss"}} : {X}, {T}, !torch.none, !torch.int, !torch.int, !torch.float -> {S}
    return %0 : {S}
  }}
  dynfault.training_step(%x: {X}, %target: {T}) {{
    %output = func.call @forward(%x) : ({X}) -> {X}
    %loss = func.call @loss(%output, %target) : ({X}, {T}) -> {S}
    dynfault.zero_grad
    dynfault.backward %loss : {S}
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : {S}
  }}
}}""")
