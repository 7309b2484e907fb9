"""reset_parameters draws what each initialiser promises.

Slots are large, so that sample moments are close to the true ones: with n values
the mean is off by about std / sqrt(n), and the bounds leave five times that.
"""

import math

import torch

from archives import export
from linear import regression

ROWS, COLUMNS = 400, 250
SIZE = ROWS * COLUMNS


def uniform(low, high):
    return (low + high) / 2, (high - low) / math.sqrt(12), low, high


def normal(mean, std):
    return mean, std, -math.inf, math.inf


def cut(mean, std):
    """A normal distribution cut at two standard deviations."""
    a = 2.0
    density = math.exp(-a * a / 2) / math.sqrt(2 * math.pi)
    mass = math.erf(a / math.sqrt(2))
    return mean, std * math.sqrt(1 - 2 * a * density / mass), mean - a * std, mean + a * std


FAN_IN, FAN_OUT = COLUMNS, ROWS
LECUN = math.sqrt(1 / FAN_IN)
# Per initialiser: mean, standard deviation, and bounds that no value leaves.
CASES = {
    "zeros": (0, 0, 0, 0),
    "ones": (1, 0, 1, 1),
    "constant, value = -2.5": (-2.5, 0, -2.5, -2.5),
    "uniform, low = -1.0, high = 3.0": uniform(-1, 3),
    "normal, std = 2.0": normal(0, 2),
    "normal, mean = 1.0, std = 0.5": normal(1, 0.5),
    "truncated_normal, mean = 1.0, std = 0.5": cut(1, 0.5),
    "xavier_uniform": uniform(-math.sqrt(6 / (FAN_IN + FAN_OUT)),
                              math.sqrt(6 / (FAN_IN + FAN_OUT))),
    "xavier_uniform, gain = 2.0": uniform(-2 * math.sqrt(6 / (FAN_IN + FAN_OUT)),
                                          2 * math.sqrt(6 / (FAN_IN + FAN_OUT))),
    "xavier_normal": normal(0, math.sqrt(2 / (FAN_IN + FAN_OUT))),
    "kaiming_uniform": uniform(-math.sqrt(6 / FAN_IN), math.sqrt(6 / FAN_IN)),
    "kaiming_uniform, a = 2.23606797749979": uniform(-1 / math.sqrt(FAN_IN),
                                                     1 / math.sqrt(FAN_IN)),
    "kaiming_normal": normal(0, math.sqrt(2 / FAN_IN)),
    "lecun_uniform": uniform(-math.sqrt(3 / FAN_IN), math.sqrt(3 / FAN_IN)),
    # Keras widens the normal before it is cut, so that the result has the
    # standard deviation sqrt(1 / fan_in).
    "lecun_normal": (0, LECUN, -2 * LECUN / 0.8796, 2 * LECUN / 0.8796),
}
slots = "\n  ".join(
    "torch.global_slot @s%d {dynfault.init = #dynfault.init<%s>} : "
    "!torch.vtensor<[%d,%d],f32>" % (i, text, ROWS, COLUMNS)
    for i, text in enumerate(CASES))
# A convolution's fan-in counts the kernel; buffers are drawn too.
slots += """
  torch.global_slot @conv {dynfault.init = #dynfault.init<kaiming_uniform>} : !torch.vtensor<[40,20,5,5],f32>
  torch.global_slot @wide {dynfault.init = #dynfault.init<orthogonal, gain = 2.0>} : !torch.vtensor<[20,30],f32>
  torch.global_slot @tall {dynfault.init = #dynfault.init<orthogonal>} : !torch.vtensor<[40,4,3],f32>
  torch.global_slot @eye {dynfault.init = #dynfault.init<identity, gain = 0.5>} : !torch.vtensor<[3,5],f32>
  torch.global_slot @counter {dynfault.buffer, dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[],si64>
  torch.global_slot @running {dynfault.buffer, dynfault.init = #dynfault.init<ones>} : !torch.vtensor<[7],f32>"""
module, info = export(regression(slots=slots))
described = {p["name"]: p for p in info["parameters"]}
assert "running" not in described and "counter" not in described

for seed in range(3):
    torch.manual_seed(seed)
    module.reset_parameters()
    for index, (text, (mean, std, low, high)) in enumerate(CASES.items()):
        values = getattr(module, "s%d" % index).detach().double()
        assert described["s%d" % index]["initialiser"]["kind"] == text.split(",")[0]
        close = 5 * std / math.sqrt(SIZE)
        assert abs(float(values.mean()) - mean) <= close + 1e-7, text
        # The standard error of a standard deviation is at most std / sqrt(2 n).
        assert abs(float(values.std(unbiased=False)) - std) <= close + 1e-7, text
        slack = 1e-6 * max(1, abs(high) if math.isfinite(high) else 1)
        assert float(values.min()) >= low - slack, text
        assert float(values.max()) <= high + slack, text
        if std and math.isfinite(high):
            # The whole range is used.
            assert float(values.max()) > low + 0.99 * (high - low), text
            assert float(values.min()) < low + 0.01 * (high - low), text
        if std == 0:
            assert len(values.unique()) == 1
    bound = math.sqrt(6 / (20 * 25))
    assert 0.99 * bound < float(module.conv.detach().abs().max()) <= bound * (1 + 1e-6)
    assert int(module.counter) == 0 and bool((module.running == 1).all())
    # Rows, or columns where those are fewer, are orthogonal and of length gain.
    wide, tall = module.wide.detach(), module.tall.detach().flatten(1)
    assert torch.allclose(wide @ wide.t(), 4 * torch.eye(20), atol=1e-5)
    assert torch.allclose(tall.t() @ tall, torch.eye(12), atol=1e-5)
    assert torch.equal(module.eye.detach(), 0.5 * torch.eye(3, 5))

# The seed decides everything: the same seed gives the same, another one other
# parameters, and no two parameters are drawn alike.
torch.manual_seed(3)
module.reset_parameters()
first = [p.detach().clone() for p in module.parameters()]
module.reset_parameters()
assert any(not torch.equal(a, b) for a, b in zip(first, module.parameters()))
torch.manual_seed(3)
module.reset_parameters()
assert all(torch.equal(a, b) for a, b in zip(first, module.parameters()))
assert not torch.equal(module.s7 * 2, module.s8)
