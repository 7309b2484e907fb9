"""Every program of a folder trains in plain Python, clean and probed alike.

usage: check_programs.py OPERATORS PROGRAM.mlir...
"""

import sys

import torch

from archives import batch, export


def train(module, seed, x, target, steps=60):
    """The losses of some steps on one batch, from a reset."""
    # The executor optimizes a graph after its first calls, and rounding changes.
    with torch.jit.optimized_execution(False):
        torch.manual_seed(seed)
        module.reset_parameters()
        module.train()
        return [float(module.training_step(x, target)) for _ in range(steps)]


for path in sys.argv[2:]:
    module, info = export(path)
    generator = torch.Generator().manual_seed(1)
    x, target = batch(info, 16, generator)

    # Names are those of the slots; the optimizer's state has a buffer per
    # parameter.
    keys = set(module.state_dict())
    names = [p["name"] for p in info["parameters"]]
    assert set(dict(module.named_parameters())) == set(names)
    assert set(names) <= keys
    for parameter in info["parameters"]:
        value = module.state_dict()[parameter["name"]]
        assert list(value.shape) == parameter["shape"], parameter
    states = {"sgd": ["momentum_buffer"], "adam": ["exp_avg", "exp_avg_sq"],
              "adamw": ["exp_avg", "exp_avg_sq"], "rmsprop": ["square_avg"]}
    kind = info["optimizer"]["kind"]
    expected = [] if kind == "sgd" and not info["optimizer"]["momentum"] else states[kind]
    assert {k for k in keys if k.startswith("optimizer.")} == {
        f"optimizer.{s}.{n}" for s in expected for n in names}

    # Shapes are as program.json says, -1 where a size is open.
    output = module.forward(x)
    assert len(output.shape) == len(info["output"]["shape"])
    assert all(a == b or b == -1
               for a, b in zip(output.shape, info["output"]["shape"]))
    assert module.loss(output, target).shape == ()

    # One batch can be learned by heart.
    losses = train(module, 0, x, target)
    assert min(losses[-10:]) < 0.9 * losses[0], (path, losses)
    assert module.steps_done == 60
    trained = {k: v.detach().clone() for k, v in module.state_dict().items()}

    # The same seed gives the same run.
    assert train(module, 0, x, target) == losses
    assert all(torch.equal(v, trained[k]) for k, v in module.state_dict().items())
    assert train(module, 1, x, target) != losses

    # Probes change nothing, and record.
    probed, probed_info = export(
        path, "--dynfault-instrument=every=7 curvature-every=20")
    assert {p["kind"] for p in probed_info["probes"]} >= {
        "gradient", "optimizer", "curvature"}
    assert train(probed, 0, x, target) == losses, path
    assert all(torch.equal(v, trained[k]) for k, v in probed.state_dict().items())
    recorded = probed.recorder.names()
    assert {name.split("/")[0] for name in recorded} >= {
        "baseline", "optimizer", "curvature"}, recorded
    print(path.rsplit("/", 1)[1], losses[0], losses[-1])
