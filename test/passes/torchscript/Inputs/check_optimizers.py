"""training_step equals torch.optim, and clipping torch.nn.utils, over several steps.

The same model is trained in eager Python on the same batches, and every parameter
is compared after every step.
"""

import torch

from archives import export
from linear import classifier

CASES = [
    ("sgd, lr = 0.1", lambda p: torch.optim.SGD(p, lr=0.1)),
    ("sgd, lr = 0.1, momentum = 0.9",
     lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
    ("sgd, lr = 0.1, momentum = 0.9, dampening = 0.3, weight_decay = 0.01",
     lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.3,
                               weight_decay=0.01)),
    ("sgd, lr = 0.1, momentum = 0.9, nesterov = true",
     lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True)),
    ("adam, lr = 0.01", lambda p: torch.optim.Adam(p, lr=0.01)),
    ("adam, lr = 0.01, beta1 = 0.5, beta2 = 0.9, eps = 0.001, weight_decay = 0.1",
     lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.5, 0.9), eps=1e-3,
                                weight_decay=0.1)),
    ("adamw, lr = 0.01", lambda p: torch.optim.AdamW(p, lr=0.01)),
    ("adamw, lr = 0.01, weight_decay = 0.5",
     lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.5)),
    ("rmsprop, lr = 0.01", lambda p: torch.optim.RMSprop(p, lr=0.01)),
    ("rmsprop, lr = 0.01, alpha = 0.9, eps = 0.001, weight_decay = 0.1",
     lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-3,
                                   weight_decay=0.1)),
    ("rmsprop, lr = 0.01, momentum = 0.9, centered = true",
     lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.9, centered=True)),
    ("adagrad, lr = 0.1", lambda p: torch.optim.Adagrad(p, lr=0.1)),
    ("adagrad, lr = 0.1, lr_decay = 0.1, initial_accumulator_value = 0.1, "
     "weight_decay = 0.1",
     lambda p: torch.optim.Adagrad(p, lr=0.1, lr_decay=0.1, weight_decay=0.1,
                                   initial_accumulator_value=0.1)),
    ("adadelta, lr = 1.0", lambda p: torch.optim.Adadelta(p, lr=1.0)),
    ("adamax, lr = 0.01", lambda p: torch.optim.Adamax(p, lr=0.01)),
    ("nadam, lr = 0.01", lambda p: torch.optim.NAdam(p, lr=0.01)),
]
CLIPS = [
    ("", lambda p: None),
    ("dynfault.clip_grad_norm {max_norm = 0.05}",
     lambda p: torch.nn.utils.clip_grad_norm_(p, 0.05)),
    ("dynfault.clip_grad_value {clip_value = 0.02}",
     lambda p: torch.nn.utils.clip_grad_value_(p, 0.02)),
]
OUT = "!torch.vtensor<[?,3],f32>"
BIAS = "!torch.vtensor<[3],f32>"
SLOTS = ("torch.global_slot @bias {dynfault.init = #dynfault.init<uniform, "
         f"low = -1.0, high = 1.0>}} : {BIAS}")
FORWARD = f"""%one = torch.constant.int 1
    %b = torch.global_slot.get @bias : {BIAS}
    %out = torch.aten.add.Tensor %y, %b, %one : {OUT}, {BIAS}, !torch.int -> {OUT}"""

generator = torch.Generator().manual_seed(5)
for index, (optimizer, make) in enumerate(CASES):
    # Clipping comes before any update, so a few optimizers do for it.
    for clip, clipped in CLIPS if index % 3 == 0 else CLIPS[:1]:
        text = classifier(
            f"{clip}\n    dynfault.optimizer_step #dynfault.optimizer<{optimizer}>",
            slots=SLOTS, forward=FORWARD)
        module, _ = export(text)
        for repetition in range(2):
            # The second time from a reset, which must leave nothing behind.
            torch.manual_seed(repetition)
            module.reset_parameters()
            parameters = [p.detach().clone().requires_grad_()
                          for p in module.parameters()]
            reference = make(parameters)
            for step in range(6):
                x = torch.randn(8, 4, generator=generator)
                target = torch.randint(0, 3, (8,), generator=generator)
                weight, bias = sorted(parameters, key=lambda p: -p.dim())
                loss = torch.nn.functional.cross_entropy(x @ weight.T + bias, target)
                reference.zero_grad()
                loss.backward()
                clipped(parameters)
                reference.step()
                actual = module.training_step(x, target)
                assert abs(float(actual) - float(loss)) < 1e-6, (optimizer, clip)
                for ours, theirs in zip(module.parameters(), parameters):
                    error = float((ours - theirs).abs().max())
                    assert error < 1e-6, (optimizer, clip, step, error)
            assert module.steps_done == 6 and module.optimizer_steps == [6, 6]
        print(optimizer, clip)

# Gradients that are never zeroed add up, as they do in eager PyTorch.
text = classifier().replace("dynfault.zero_grad", "")
module, _ = export(text)
weight = module.fc.weight.detach().clone().requires_grad_()
for step in range(4):
    x = torch.randn(8, 4, generator=generator)
    target = torch.randint(0, 3, (8,), generator=generator)
    torch.nn.functional.cross_entropy(x @ weight.T, target).backward()
    with torch.no_grad():
        weight -= 0.1 * weight.grad
    module.training_step(x, target)
    assert float((module.fc.weight - weight).abs().max()) < 1e-6, step
    assert float((module.fc.weight.grad - weight.grad).abs().max()) < 1e-6, step
