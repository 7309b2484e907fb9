"""Puts a fault into a program and trains the mutant beside the clean program.

A check names a request and measures on tensors that the fault does what its name
says. Arguments of every script that imports this: the library that registers the
dynfault:: operators, and then folders of programs.
"""

import copy
import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../passes/torchscript/Inputs"))

import torch  # noqa: E402

from archives import batch, export  # noqa: E402


def programs(*parts):
    """The files of all programs whose name has one of `parts` (all without any)."""
    files = sorted(f for folder in sys.argv[2:] for f in glob.glob(folder + "/*.mlir"))
    assert files, "no programs in " + " ".join(sys.argv[2:])
    chosen = [f for f in files
              if not parts or any(p in os.path.basename(f) for p in parts)]
    assert chosen, "no program is called " + " or ".join(parts)
    return chosen


class Run:
    """An archive that was reset with a seed."""

    def __init__(self, module, info, seed=0):
        self.module, self.info = module, info
        self.module.train()
        torch.manual_seed(seed)
        self.module.reset_parameters()

    def batch(self, rows=8, seed=0):
        """Random rows of the program's types."""
        return batch(self.info, rows, torch.Generator().manual_seed(seed))

    def step(self, x, target):
        """One training step; the loss before the update."""
        return float(self.module.training_step(x, target))

    def parameters(self):
        """Copies of all parameters by name."""
        return {name: p.detach().clone() for name, p in self.module.named_parameters()}

    def gradients(self):
        """Copies of all gradients by name, None where there is none."""
        return {name: copy.deepcopy(p.grad) for name, p in self.module.named_parameters()}


def mutant(program, request, seed=0):
    """The program, or its text, with the faults of the request: the options of
    --dynfault-inject, or a list of them."""
    requests = [request] if isinstance(request, str) else request
    passes = ["--dynfault-inject=" + r for r in requests]
    return Run(*export(program, *passes), seed)


def clean(program, seed=0):
    return Run(*export(program), seed)


def twins(program, request, seed=0):
    """The clean program and the mutant, reset with one seed."""
    return clean(program, seed), mutant(program, request, seed)


def largest_difference(left, right):
    """Over all tensors of two dictionaries with the same names and shapes."""
    assert left.keys() == right.keys()
    return max(float((left[name] - right[name]).abs().max()) for name in left)


def changes(run, x, target, seed=0):
    """What one step, which draws from the seed, changes in each parameter."""
    before = run.parameters()
    torch.manual_seed(seed)
    run.step(x, target)
    return {name: value - before[name] for name, value in run.parameters().items()}
