"""Faults of the objective, measured on tensors: the loss's value and gradients equal
what PyTorch computes for the objective that the fault's name says."""

import math

import torch
import torch.nn.functional as F

from faults import clean, mutant, programs


def program(name):
    return programs(name)[0]


def scores(run, rows=6, seed=3):
    """Random outputs of the model, and targets."""
    generator = torch.Generator().manual_seed(seed)
    shape = [rows] + run.info["output"]["shape"][1:]
    output = 2 * torch.randn(shape, generator=generator)
    return output, run.batch(rows)[1]


def near(actual, expected, tolerance=1e-5):
    expected = float(expected)
    assert abs(float(actual) - expected) <= tolerance * max(1, abs(expected)), (
        float(actual), expected)


def gradients(run, seed=0):
    """Of one step whose dropout draws from the seed."""
    x, target = run.batch()
    torch.manual_seed(seed)
    run.step(x, target)
    return {k: v for k, v in run.gradients().items() if v is not None}


# LSM: label smoothing as PyTorch's cross entropy has it; for one score, two classes.
e = 0.6
run = mutant(program("lenet5"), f"operator=LSM smoothing={e}")
output, target = scores(run)
near(run.module.loss(output, target), F.cross_entropy(output, target, label_smoothing=e))
run = mutant(program("lstm_rows"), f"operator=LSM smoothing={e}")
output, target = scores(run)
near(run.module.loss(F.log_softmax(output, 1), target),
     F.cross_entropy(output, target, label_smoothing=e))
run = mutant(program("lstm_rows"), ["operator=LRD to=sum", f"operator=LSM smoothing={e}"])
near(run.module.loss(F.log_softmax(output, 1), target),
     F.cross_entropy(output, target, label_smoothing=e, reduction="sum"))
run = mutant(program("mlp_spambase"), f"operator=LSM smoothing={e}")
output, target = scores(run)
near(run.module.loss(output, target),
     F.binary_cross_entropy_with_logits(output, target * (1 - e) + e / 2))

# LCH before an NLL loss: the probabilities are those of the log-softmax.
run = mutant(program("lstm_rows"), "operator=LCH to=mean_squared_error")
output, target = scores(run)
near(run.module.loss(F.log_softmax(output, 1), target),
     F.mse_loss(output.softmax(1), F.one_hot(target, 10).float()))

# LDS: probabilities where scores are expected, and scores where logarithms are.
run = mutant(program("lenet5"), "operator=LDS how=twice")
output, target = scores(run)
near(run.module.loss(output, target), F.cross_entropy(output.softmax(1), target))
run = mutant(program("mlp_spambase"), "operator=LDS how=twice")
output, target = scores(run)
near(run.module.loss(output, target),
     F.binary_cross_entropy_with_logits(output.sigmoid(), target))
twin, twice, missing = (clean(program("lstm_rows")),
                        mutant(program("lstm_rows"), "operator=LDS how=twice"),
                        mutant(program("lstm_rows"), "operator=LDS how=missing"))
x, _ = twin.batch()
for each in (twin, twice, missing):
    each.module.eval()
logits = missing.module.forward(x)
assert torch.allclose(twin.module.forward(x), F.log_softmax(logits, 1), atol=1e-5)
assert torch.allclose(twice.module.forward(x), F.log_softmax(logits.softmax(1), 1), atol=1e-5)

# LRD: the sum is the mean times the number of rows, and so are the gradients.
for name in ("lenet5", "mlp_abalone", "resnet_fashion_mnist"):
    twin, run = clean(program(name)), mutant(program(name), "operator=LRD to=sum")
    output, target = scores(run)
    near(run.module.loss(output, target), 6 * twin.module.loss(output, target))
    mean, total = gradients(twin), gradients(run)
    assert mean.keys() == total.keys()
    assert all(torch.allclose(total[k], 8 * mean[k], rtol=1e-3, atol=1e-5) for k in mean)

# LSG: every gradient has the other sign; a detached penalty has none.
for name in ("lenet5", "mlp_abalone"):
    twin = gradients(clean(program(name)))
    flipped = gradients(mutant(program(name), "operator=LSG how=flip"))
    assert twin.keys() == flipped.keys()
    assert all(torch.allclose(flipped[k], -twin[k], atol=1e-7) for k in twin)
for name, weight, strength in (("gru_rows", "fc.weight", 0.001),
                               ("conv1d_rows", "fc1.weight", 0.0005)):
    path = program(name)
    start = clean(path).parameters()[weight]
    whole, part = gradients(clean(path)), gradients(mutant(path, "operator=LSG how=detach"))
    assert torch.allclose(whole[weight] - part[weight], 2 * strength * start, atol=1e-6)
    # The value that is reported stays.
    output, target = scores(clean(path))
    near(mutant(path, "operator=LSG how=detach").module.loss(output, target),
         clean(path).module.loss(output, target))

    # RCW and RRW: a hundred times the penalty's gradient, and none.
    more = gradients(mutant(path, "operator=RCW factor=100"))
    assert torch.allclose(more[weight] - part[weight], 200 * strength * start, atol=1e-5)
    none = gradients(mutant(path, "operator=RRW"))
    assert torch.allclose(none[weight], part[weight], atol=1e-7)

# RAW: strength * sign(w) of l1, 2 * strength * w of l2, their sum of both.
for name, site in (("mlp_spambase", "fc2"), ("lenet5", "conv1")):
    path = program(name)
    layer = site + ("/linear" if site == "fc2" else "/conv2d")
    weight = site + ".weight"
    start, before = clean(path).parameters()[weight], gradients(clean(path))
    for kind, expected in (("l1", 0.05 * start.sign()), ("l2", 0.1 * start),
                           ("l1_l2", 0.05 * start.sign() + 0.1 * start)):
        after = gradients(mutant(
            path, f"operator=RAW site={layer} kind={kind} strength=0.05"))
        assert torch.allclose(after[weight] - before[weight], expected, atol=1e-6), kind
        others = [k for k in before if k != weight]
        assert all(torch.allclose(after[k], before[k], atol=1e-6) for k in others)

# Weight decay: what the optimizer adds to a plain step of SGD.
for request, decay in (("operator=RCW factor=1000", 0.1), ("operator=RRW", 0)):
    run = mutant(program("resnet_fashion_mnist"), request)
    assert math.isclose(run.info["optimizer"]["weight_decay"], decay, rel_tol=1e-9)
    before, x_target = run.parameters(), run.batch()
    run.step(*x_target)
    for key, gradient in run.gradients().items():
        step = -0.05 * (gradient + decay * before[key])
        assert torch.allclose(run.parameters()[key] - before[key], step, atol=1e-6), key

# RCD: that share of the values is dropped, and the others are scaled up.
for name, site, kept in (("bn_tanh", "fc2/dropout", "fc3"), ("lstm_rows", "bn/dropout", "fc1")):
    for rate in (0.125, 0.95):
        # A layer of zeros shows what reaches it: its weight's gradient is zero where
        # the value was dropped in every row.
        run = mutant(program(name), f"operator=RCD site={site} rate={rate}")
        x, target = run.batch(rows=1)
        dropped = total = 0
        for seed in range(60):
            torch.manual_seed(seed)
            run.module.reset_parameters()
            x, target = run.batch(rows=2, seed=seed)
            run.step(x, target)
            columns = run.gradients()[kept + ".weight"].abs().sum(0)
            dropped += int((columns == 0).sum())
            total += columns.numel()
        share = dropped / total
        # Both of two rows are dropped with probability rate ** 2; the bound is five
        # standard errors.
        expected = rate ** 2
        error = 5 * math.sqrt(expected * (1 - expected) / total)
        assert abs(share - expected) <= error + 0.01, (name, rate, share, expected)
