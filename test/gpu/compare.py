#!/usr/bin/env python3
"""Compares corpora of the same manifest, run by run, and prints a table of speeds.

  test/gpu/compare.py ARCHIVES CPU_CORPUS PLAIN_CORPUS GRAPHED_CORPUS

PLAIN and GRAPHED are runs on a device, without CUDA graphs and with them. The first losses on
CPU and device must agree to a relative 1e-3 (later ones drift apart: training amplifies the last digits),
the first sample of each curvature signal to 1e-2 of the largest of them; not so where random numbers
are drawn, which differ between devices (for curvature: unless its probe has mode=eval). Runs must end alike and not fail, and the last validation metrics must be within 0.1. Exit status 1 with a line for each run that does not.
"""

import json
import pathlib
import sqlite3
import sys
import zipfile

import numpy

FIRST_STEPS = 3
# What is computed through a second derivative, without what divides small numbers by each other.
CURVATURE = (
    "curvature/hessian_top_eigenvalue",
    "curvature/hessian_bottom_eigenvalue",
    "curvature/hessian_trace",
    "curvature/hessian_frobenius_norm",
)
# Of operators in TorchScript's text.
RANDOM = (b"dropout", b"bernoulli", b"torch.rand", b"torch.normal", b"rrelu")

RUNS = """
SELECT run.id, program.name, mutant.key, run.seed, run.status, run.steps_done, run.duration_ms
FROM run JOIN mutant ON mutant.id = mutant_id JOIN program ON program.id = program_id
"""
SIGNAL = 'SELECT "values" FROM signal WHERE run_id = ? AND name = ? AND site = ""'


class Run:
    def __init__(self, database, row):
        self.id, self.program, self.mutant, self.seed, self.status, self.steps, self.milliseconds = row
        self.database = database

    def signal(self, name):
        row = self.database.execute(SIGNAL, (self.id, name)).fetchone()
        return numpy.frombuffer(row[0] if row else b"", dtype="<f4")


def read(path):
    database = sqlite3.connect(path)
    runs = [Run(database, row) for row in database.execute(RUNS)]
    return {(run.program, run.mutant, run.seed): run for run in runs}


class Draws:
    """The programs whose code, but for the initialisation, names a random operator: in a step, and
    where the curvature probe leaves it switched on (mode=train)."""

    def __init__(self, archives):
        self.in_step, self.in_curvature = set(), set()
        for path in sorted(pathlib.Path(archives).glob("**/*.pt")):
            with zipfile.ZipFile(path) as archive:
                self.add([archive.read(name) for name in archive.namelist() if name.endswith(".py")],
                         [archive.read(name) for name in archive.namelist() if name.endswith("/program.json")])

    def add(self, code, descriptions):
        methods = [method for text in code for method in text.split(b"\n  def ")]
        if not any(word in method for method in methods for word in RANDOM if not method.startswith(b"reset_parameters")):
            return
        for description in map(json.loads, descriptions):
            self.in_step.add(description["name"])
            if any(probe.get("mode") == "train" for probe in description["probes"]):
                self.in_curvature.add(description["name"])


def differences(one, other, draws):
    if one.status not in ("completed", "diverged"):
        yield f"{one.status} on the CPU"
    if one.status != other.status:
        yield f"ends {one.status} and {other.status}"
    if one.program not in draws.in_step:
        first, second = (run.signal("baseline/train_loss")[:FIRST_STEPS] for run in (one, other))
        if len(first) != len(second) or not numpy.allclose(first, second, rtol=1e-3, atol=1e-6, equal_nan=True):
            yield f"first losses {first} and {second}"
    if one.program not in draws.in_curvature:
        samples = {name: [run.signal(name)[:1] for run in (one, other)] for name in CURVATURE}
        scale = max((abs(a[0]) for a, _ in samples.values() if len(a) and numpy.isfinite(a[0])), default=0)
        for name, (first, second) in samples.items():
            if len(first) != len(second) or not numpy.allclose(first, second, rtol=1e-2, atol=1e-2 * scale, equal_nan=True):
                yield f"first {name} {first} and {second}"
    metrics = [run.signal("baseline/validation_metric") for run in (one, other)]
    if len(metrics[0]) and len(metrics[1]) and not abs(metrics[0][-1] - metrics[1][-1]) <= 0.1:
        yield f"last validation metric {metrics[0][-1]:.3f} and {metrics[1][-1]:.3f}"


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    cpu, plain, graphed = (read(path) for path in sys.argv[2:])
    draws = Draws(sys.argv[1])
    if cpu.keys() != graphed.keys() or cpu.keys() != plain.keys() or not cpu:
        sys.exit("the corpora hold different runs, or none")
    failed = False
    speeds = {}
    compared = set()
    for key in sorted(cpu):
        program = key[0]
        for difference in differences(cpu[key], graphed[key], draws):
            failed = True
            print(f"{' '.join(map(str, key))}: {difference}")
        if program not in draws.in_curvature and len(cpu[key].signal(CURVATURE[0])):
            compared.add(program)
        for times, run in zip(speeds.setdefault(program, [[0, 0] for _ in range(3)]), (cpu[key], plain[key], graphed[key])):
            times[0] += run.steps
            times[1] += run.milliseconds / 1000
    print(f"programs whose losses are not compared, as they draw random numbers: {', '.join(sorted(draws.in_step & speeds.keys())) or 'none'}")
    print(f"programs whose curvature is compared: {', '.join(sorted(compared)) or 'none'}")
    print("Steps per second of whole runs, probes and validation included:")
    print("| program | CPU, one thread | device, ordinary steps | device, CUDA graphs | graphs to ordinary | graphs to CPU |")
    print("|---|---:|---:|---:|---:|---:|")
    for program, times in sorted(speeds.items()):
        one, other, best = (steps / max(seconds, 1e-3) for steps, seconds in times)
        print(f"| {program} | {one:.0f} | {other:.0f} | {best:.0f} | {best / other:.2f} | {best / one:.2f} |")
    sys.exit(failed)


if __name__ == "__main__":
    main()
