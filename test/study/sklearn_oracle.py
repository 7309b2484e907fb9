"""Compares the logistic regression with scikit-learn's on random problems.

Exit status 77 (skipped) where scikit-learn is not installed (Debian package
python3-sklearn). Usage: sklearn_oracle.py PROBE
"""

import subprocess
import sys

try:
    import numpy as np
    from sklearn.linear_model import LogisticRegression
except ImportError:
    sys.exit(77)

worst = 0.0
for seed in range(8):
    draw = np.random.default_rng(seed)
    rows, features = [(40, 5), (40, 90), (150, 12), (60, 60)][seed % 4]
    classes = 2 + seed % 3
    strength = [1.0, 0.1, 0.01][seed % 3]
    labels = np.concatenate(
        [np.arange(classes), draw.integers(0, classes + 1, rows - classes) % classes]
    )
    x = draw.normal(size=(rows, features)) * draw.uniform(0.2, 3, features)
    x[np.arange(rows), labels % features] += 1.5

    text = f"{rows} {features} {classes} {strength}\n" + "\n".join(
        " ".join([str(y)] + [repr(float(v)) for v in row]) for y, row in zip(labels, x)
    )
    printed = subprocess.run(
        [sys.argv[1]], input=text, capture_output=True, text=True, check=True
    ).stdout.split()
    numbers = np.array([float(v) for v in printed])
    ours = numbers[: features * classes].reshape(features, classes)
    probabilities = numbers[features * classes :].reshape(rows, classes)

    weights = 1.0 / (classes * np.bincount(labels)[labels])
    # scikit-learn gives two classes a single sigmoid; its two-class softmax is
    # the same problem as ours.
    oracle = LogisticRegression(
        C=1.0 / strength, multi_class="multinomial", solver="newton-cg",
        tol=1e-9, max_iter=300,
    ).fit(x, labels, sample_weight=weights)
    theirs = oracle.coef_.T
    if classes == 2:
        theirs = np.hstack([-theirs, theirs])
    # Both solutions have coefficients that sum to zero over the classes.
    error = max(
        np.abs(ours - theirs).max(),
        np.abs(probabilities - oracle.predict_proba(x)).max(),
    )
    print(f"problem {seed}: {rows} x {features}, {classes} classes, "
          f"strength {strength}: largest difference {error:.2e}")
    worst = max(worst, error)

sys.exit(0 if worst < 1e-5 else 1)
