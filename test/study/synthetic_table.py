"""Writes a feature table with planted structure, for benchmarks.

Usage: synthetic_table.py FILE [PROGRAMS [RUNS [FEATURES]]]

Every feature has an offset of its program and noise; some carry the fault's
class in the same way for all programs, some in a way that each program has for
itself. So there is a gap, and most of it comes from the programs. NumPy only.
"""

import gzip
import sys

import numpy as np

path = sys.argv[1]
programs, runs, features = (
    int(sys.argv[i]) if len(sys.argv) > i else default
    for i, default in ((2, 38), (3, 5542), (4, 300))
)
draw = np.random.default_rng(1)
classes = ["data", "model", "objective", "optimization"]
operators = ["TCL", "ACH", "LCH", "HLR"]
sets = ["baseline", "curvature", "optimizer", "activation"]
seeds = 5
names = [f"{sets[f % 4]}/signal_{f // 4}/mean" for f in range(features)]
offset = draw.normal(0, 1.5, (programs, features))
shared = draw.normal(0, 1, (5, features)) * (draw.random(features) < 0.15) * 0.6
own = draw.normal(0, 1, (programs, 5, features)) * (draw.random(features) < 0.3) * 0.8
shared[4] = own[:, 4] = 0

order = np.sort(np.arange(runs) % programs)
lines = []
header = ["program", "dataset", "family", "mutant", "operator", "class", "site",
          "severity", "seed", "device", "status", "killed"]
header += ["label/nonfinite_at", "label/late_loss_ratio", "label/late_loss_rise",
           "label/alternating_share", "label/relative_gap", "label/train_metric"]
header += ["early/" + n for n in names] + ["full/" + n for n in names]
for p in range(programs):
    for i in range(int((order == p).sum())):
        # One mutant in nine is the clean program.
        mutant, seed = divmod(i, seeds)
        c = 4 if mutant % 9 == 0 else (mutant - 1) % 4
        level = draw.normal(0, 1)
        full = offset[p] + shared[c] + own[p, c] + draw.normal(0, 1, features)
        early = offset[p] + 0.5 * (shared[c] + own[p, c]) + draw.normal(0, 1, features)
        early[:12] += 0.8 * level
        full[:12] += 0.8 * level
        row = [f"program_{p:02}", f"data_{p // 3}", f"family_{p % 7}"]
        if c == 4:
            row += ["clean", "", "", "", "", str(1000 + i)]
        else:
            row += [f"{operators[c]}@site:n={mutant}", operators[c], classes[c],
                    "site", "", str(seed)]
        row += ["cpu", "completed", "" if c == 4 else "1"]
        gap = 0.3 + 0.3 * draw.normal() + 0.2 * (c == 0)
        metric = 0.9 - 0.25 * (c == 1) * draw.random() - 0.02 * draw.random()
        row += ["", f"{2 + level:.4g}", "1", "0", f"{gap:.4g}", f"{metric:.4g}"]
        # Through the inverse of the study's compression, asinh(x / 1e-4).
        values = 1e-4 * np.sinh(np.concatenate([early, full]))
        # Signals go missing whole, as probes do.
        missing = np.tile(np.isin(np.arange(features) // 60, np.flatnonzero(
            draw.random(features // 60 + 1) < 0.02)), 2)
        row += ["" if m else f"{v:.6g}" for v, m in zip(values, missing)]
        lines.append(",".join(row))
text = "\n".join([",".join(header)] + lines) + "\n"
with open(path, "wb") as out:
    data = text.encode()
    out.write(gzip.compress(data, 1, mtime=0) if path.endswith(".gz") else data)
