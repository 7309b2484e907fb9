"""The text of a small program around given parts: y = x W^T, without a bias."""


def program(task, outputs, target, loss, update, forward=None, slots=""):
    """`target` is the target's type, `loss` the body of @loss that ends with %loss,
    `update` what stands between backward and yield, `forward` operations that
    make %out of %y."""
    out = "!torch.vtensor<[?,%d],f32>" % outputs
    scalar = "!torch.vtensor<[],f32>"
    forward = forward or "%out = torch.derefine %y : {0} to {0}".format(out)
    return f"""
module @linear attributes {{dynfault.task = "{task}"}} {{
  dynfault.dataset @data {{source = "iris", train = 100, validation = 50}}
  dynfault.schedule {{epochs = 1, batch_size = 5}}
  torch.global_slot @fc.weight {{dynfault.init = #dynfault.init<normal, std = 0.5>}} : !torch.vtensor<[{outputs},4],f32>
  {slots}
  func.func @forward(%x: !torch.vtensor<[?,4],f32>) -> {out} {{
    %none = torch.constant.none
    %w = torch.global_slot.get @fc.weight : !torch.vtensor<[{outputs},4],f32>
    %y = torch.aten.linear %x, %w, %none : !torch.vtensor<[?,4],f32>, !torch.vtensor<[{outputs},4],f32>, !torch.none -> {out}
    {forward}
    return %out : {out}
  }}
  func.func @loss(%output: {out}, %target: {target}) -> {scalar} {{
    {loss}
    return %loss : {scalar}
  }}
  dynfault.training_step(%x: !torch.vtensor<[?,4],f32>, %target: {target}) {{
    %output = func.call @forward(%x) : (!torch.vtensor<[?,4],f32>) -> {out}
    %loss = func.call @loss(%output, %target) : ({out}, {target}) -> {scalar}
    dynfault.zero_grad
    dynfault.backward %loss : {scalar}
    {update}
    dynfault.yield %loss : {scalar}
  }}
}}
"""


MSE = """%mean = torch.constant.int 1
    %loss = torch.aten.mse_loss %output, %target, %mean : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.int -> !torch.vtensor<[],f32>"""
BCE = """%mean = torch.constant.int 1
    %none = torch.constant.none
    %loss = torch.aten.binary_cross_entropy_with_logits %output, %target, %none, %none, %mean : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.none, !torch.none, !torch.int -> !torch.vtensor<[],f32>"""
CE = """%mean = torch.constant.int 1
    %none = torch.constant.none
    %ignore = torch.constant.int -100
    %smoothing = torch.constant.float 0.0
    %loss = torch.aten.cross_entropy_loss %output, %target, %none, %mean, %ignore, %smoothing : !torch.vtensor<[?,3],f32>, !torch.vtensor<[?],si64>, !torch.none, !torch.int, !torch.int, !torch.float -> !torch.vtensor<[],f32>"""

SGD = "dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>"
COLUMN = "!torch.vtensor<[?,1],f32>"
CLASSES = "!torch.vtensor<[?],si64>"


def regression(update=SGD, **rest):
    return program("regression", 1, COLUMN, MSE, update, **rest)


def binary(update=SGD, **rest):
    return program("classification", 1, COLUMN, BCE, update, **rest)


def classifier(update=SGD, **rest):
    return program("classification", 3, CLASSES, CE, update, **rest)
