"""Exports programs with dynfault-opt and loads the archives.

The first argument of every script that imports this is the library that registers
the dynfault:: operators.
"""

import json
import os
import subprocess
import sys
import tempfile

import torch

torch.ops.load_library(sys.argv[1])


def export(program, *passes):
    """The loaded archive of a program's text, or of the file of that name, and its
    program.json."""
    with tempfile.TemporaryDirectory() as folder:
        path = program
        if not os.path.exists(program):
            path = os.path.join(folder, "program.mlir")
            with open(path, "w") as file:
                file.write(program)
        archive = os.path.join(folder, "program.pt")
        subprocess.run(["dynfault-opt", path, *passes, "-o", archive], check=True)
        extra = {"program.json": ""}
        module = torch.jit.load(archive, _extra_files=extra)
    return module, json.loads(extra["program.json"])


def batch(info, rows, generator):
    """Random rows of a program's input and target types."""

    def tensor(description, classes):
        shape = [rows] + description["shape"][1:]
        if description["dtype"] == "int64":
            return torch.randint(0, classes, shape, generator=generator)
        if info["task"] == "classification" and classes == 1:
            return torch.randint(0, 2, shape, generator=generator).float()
        return torch.randn(shape, generator=generator)

    x = tensor(info["input"], 2)
    # Scores are [rows, classes, ...]; one number for each row is none.
    output = info["output"]["shape"]
    target = tensor(info["target"], output[1] if len(output) > 1 else 1)
    if info["task"] != "classification" and target.is_floating_point():
        # Binary cross entropy wants shares; to other losses they are as good.
        target = target.sigmoid()
    return x, target
