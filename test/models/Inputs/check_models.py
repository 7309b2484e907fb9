"""What every program of models/ must take; see ../programs.test.

usage: check_models.py OPERATORS PROGRAM.mlir...
"""

import collections
import json
import math
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "..", "passes", "torchscript", "Inputs"))

import torch  # noqa: E402

from archives import batch, export  # noqa: E402

LEAST_OPERATORS, LEAST_CLASSES = 12, 3


def report(*arguments):
    return json.loads(subprocess.run(["dynfault-opt", *arguments], capture_output=True,
                                     text=True, check=True).stdout)


def train(module, info, steps=3):
    """The losses of some steps on one batch of random rows, and the parameters."""
    generator = torch.Generator().manual_seed(1)
    x, target = batch(info, min(16, info["schedule"]["batch_size"]), generator)
    if info["task"] == "regression":
        # Grey values are compared as probabilities.
        target = torch.rand(target.shape, generator=generator)
    with torch.jit.optimized_execution(False):
        torch.manual_seed(0)
        module.reset_parameters()
        module.train()
        losses = [float(module.training_step(x, target)) for _ in range(steps)]
    return losses, {k: v.detach().clone() for k, v in module.named_parameters()}


torch.set_num_threads(1)
classes = {operator["id"]: operator["class"] for operator in report("--list-operators=json")}
mistakes = []
for path in sys.argv[2:]:
    name = os.path.basename(path)[: -len(".mlir")]

    def check(holds, what):
        if not holds:
            mistakes.append(f"{name}: {what}")

    taken = collections.Counter(site["operator"] for site in report("--list-sites=json", path))
    check(len(taken) >= LEAST_OPERATORS, f"takes only the operators {sorted(taken)}")
    check(len({classes[o] for o in taken}) >= LEAST_CLASSES, f"operators of too few classes: {sorted(taken)}")

    plain, info = export(path, "--dynfault-verify-schemas")
    probed, probed_info = export(path, "--dynfault-instrument=every=2 curvature-every=2")
    check(info["name"] == name, f"the module is called {info['name']}")
    check(info.get("margin", 0) > 0, "says no dynfault.margin")
    check(info["family"] and info["origin"], "says no dynfault.family or dynfault.origin")
    kinds = {probe["kind"] for probe in probed_info["probes"]}
    # A linear model has no activation function that could be probed.
    activation = {"activation"} if "ACH" in taken else set()
    expected = {"gradient", "optimizer", "curvature"} | activation
    check(kinds >= expected, f"takes only the probes {sorted(kinds)}")
    losses, trained = train(plain, info)
    check(all(abs(loss) < float("inf") for loss in losses), f"diverges at once: {losses}")
    probed_losses, probed_trained = train(probed, probed_info)
    check(probed_losses == losses, f"probes change the losses: {losses}, {probed_losses}")
    check(all(torch.equal(probed_trained[k], v) for k, v in trained.items()), "probes change the parameters")
    recorded = {signal.split("/")[0] for signal in probed.recorder.names()}
    expected = {"baseline", "optimizer", "curvature"} | activation
    check(recorded >= expected, f"records only {sorted(recorded)}")
    curvature = {signal: probed.recorder.values(signal, site) for signal in probed.recorder.names()
                 if signal.startswith("curvature/") for site in probed.recorder.sites(signal)}
    wild = sorted(signal for signal, values in curvature.items() if not all(map(math.isfinite, values)))
    check(not wild, f"its curvature is not finite: {wild}")
    check(len(set(curvature["curvature/hessian_top_eigenvalue"])) > 1, "its curvature does not change")
    print(name, len(taken), "operators", losses)
for mistake in mistakes:
    print(mistake, file=sys.stderr)
sys.exit(1 if mistakes else 0)
