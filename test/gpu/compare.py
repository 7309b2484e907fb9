#!/usr/bin/env python3
"""Compares two corpora of the same manifest, run by run, and prints a table of run times.

  test/gpu/compare.py CPU_CORPUS DEVICE_CORPUS

The first losses must agree to a relative 1e-3 (later ones drift apart: training amplifies
the last digits), runs must end alike and not fail, and the last validation metrics must be within 0.1.
Exit status 1 with a line for each run that does not.
"""

import sqlite3
import sys

import numpy

FIRST_STEPS = 3

RUNS = """
SELECT program.name, mutant.key, run.seed, run.status, run.duration_ms,
  (SELECT "values" FROM signal WHERE run_id = run.id AND name = 'baseline/train_loss'),
  (SELECT "values" FROM signal WHERE run_id = run.id AND name = 'baseline/validation_metric')
FROM run JOIN mutant ON mutant.id = mutant_id JOIN program ON program.id = program_id
"""


def read(path):
    runs = {}
    for program, key, seed, status, milliseconds, losses, metrics in sqlite3.connect(path).execute(RUNS):
        values = [numpy.frombuffer(blob or b"", dtype="<f4") for blob in (losses, metrics)]
        runs[program, key, seed] = (status, milliseconds, *values)
    return runs


def differences(one, other):
    if one[0] not in ("completed", "diverged"):
        yield f"{one[0]} on the CPU"
    if one[0] != other[0]:
        yield f"ends {one[0]} and {other[0]}"
    first, second = one[2][:FIRST_STEPS], other[2][:FIRST_STEPS]
    if len(first) != len(second) or not numpy.allclose(first, second, rtol=1e-3, atol=1e-6, equal_nan=True):
        yield f"first losses {first} and {second}"
    if len(one[3]) and len(other[3]) and not abs(one[3][-1] - other[3][-1]) <= 0.1:
        yield f"last validation metric {one[3][-1]:.3f} and {other[3][-1]:.3f}"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    cpu, device = (read(path) for path in sys.argv[1:])
    if cpu.keys() != device.keys() or not cpu:
        sys.exit("the corpora hold different runs, or none")
    failed = False
    times = {}
    for name in sorted(cpu):
        for difference in differences(cpu[name], device[name]):
            failed = True
            print(f"{' '.join(map(str, name))}: {difference}")
        seconds = times.setdefault(name[0], [0, 0, 0])
        seconds[0] += 1
        seconds[1] += cpu[name][1] / 1000
        seconds[2] += device[name][1] / 1000
    print("| program | runs | CPU, one thread, s per run | device, s per run |")
    print("|---|---:|---:|---:|")
    for program, (count, one, other) in sorted(times.items()):
        print(f"| {program} | {count} | {one / count:.2f} | {other / count:.2f} |")
    sys.exit(failed)


if __name__ == "__main__":
    main()
