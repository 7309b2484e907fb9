"""Times the study on 5,542 runs x 300 features, and one leave-one-program-out
logistic regression against scikit-learn's pipeline, side by side.

Usage: benchmark.py DYNFAULT_STUDY FOLDER [whole]

scikit-learn (median imputation, scaling, LogisticRegression with lbfgs and a
fixed C) is timed on four programs and scaled to all; dynfault-study is timed
whole: reading the table, tuning the penalty in nested folds, all programs,
10,000 resamples. Both use one thread. Wall and processor time are printed: on a
busy machine only the latter can be compared. `whole` also times everything that
`dynfault-study run` does by default, on two threads.
"""

import os
import pathlib
import resource
import subprocess
import sys
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

study, folder = sys.argv[1], pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
table = folder / "features.csv.gz"
here = pathlib.Path(__file__).parent
if not table.exists():
    subprocess.run([sys.executable, here / "synthetic_table.py", table], check=True)


def timed(arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run([study, "run", table, *arguments], check=True,
                   stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            after.ru_maxrss / 1024)


wall, cpu, memory = timed(
    ["--out", folder / "lopo", "--jobs", "1", "--task", "fault-typing",
     "--feature-sets", "all", "--models", "logistic", "--protocol", "held-out",
     "--closing", "none", "--no-sources"])
print(f"dynfault-study, leave one program out, tuned: {wall:.1f} s wall, {cpu:.1f} s "
      f"processor, {memory:.0f} MiB", flush=True)

import csv
import gzip
with gzip.open(table, "rt") as lines:
    reader = csv.reader(lines)
    head = next(reader)
    columns = [i for i, name in enumerate(head) if name.startswith("full/")]
    rows = [row for row in reader if row[11] == "1"]
x = np.array([[float(row[i]) if row[i] else np.nan for i in columns] for row in rows])
x = np.arcsinh(x / 1e-4)
labels = np.array([row[5] for row in rows])
programs = np.array([row[0] for row in rows])
names = sorted(set(programs))
wall_start, cpu_start = time.perf_counter(), time.process_time()
for name in names[:4]:
    train = programs != name
    make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True), StandardScaler(),
        LogisticRegression(C=0.01, class_weight="balanced", max_iter=1000),
    ).fit(x[train], labels[train]).predict(x[~train])
scale = len(names) / 4
print(f"scikit-learn, leave one program out, fixed C: "
      f"{scale * (time.perf_counter() - wall_start):.1f} s wall, "
      f"{scale * (time.process_time() - cpu_start):.1f} s processor")
if len(sys.argv) > 3:
    wall, cpu, memory = timed(["--out", folder / "whole", "--jobs", "2"])
    print(f"dynfault-study, everything: {wall:.1f} s wall, {cpu:.1f} s processor, "
          f"{memory:.0f} MiB")
