"""Compares models, preprocessing and scores with scikit-learn's.

Exit status 77 (skipped) where scikit-learn is not installed (Debian package
python3-sklearn). Usage: sklearn_oracle.py PROBE
"""

import subprocess
import sys

try:
    import numpy as np
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, RidgeClassifier
    from sklearn.metrics import (balanced_accuracy_score, f1_score, log_loss,
                                 roc_auc_score)
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeClassifier
except ImportError:
    sys.exit(77)


def ask(mode, x, labels, classes, strength):
    """The probe's numbers for one problem."""
    text = f"{mode} {x.shape[0]} {x.shape[1]} {classes} {strength}\n" + "\n".join(
        " ".join([str(y)] + [repr(float(v)) for v in row]) for y, row in zip(labels, x)
    )
    printed = subprocess.run(
        [sys.argv[1]], input=text, capture_output=True, text=True, check=True
    ).stdout.split()
    return np.array([float(v) for v in printed])


worst = 0.0


def report(what, error):
    global worst
    print(f"{what}: largest difference {error:.2e}")
    worst = max(worst, error)


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
    problem = f"problem {seed}, {rows} x {features}, {classes} classes"
    weights = 1.0 / (classes * np.bincount(labels)[labels])

    numbers = ask("logistic", x, labels, classes, strength)
    ours = numbers[: features * classes].reshape(features, classes)
    probabilities = numbers[features * classes :].reshape(rows, classes)
    # scikit-learn gives two classes a single sigmoid; its two-class softmax is
    # the same problem as ours.
    oracle = LogisticRegression(
        C=1.0 / strength, multi_class="multinomial", solver="newton-cg",
        tol=1e-12, max_iter=1000,
    ).fit(x, labels, sample_weight=weights)
    theirs = oracle.coef_.T
    if classes == 2:
        theirs = np.hstack([-theirs, theirs])
    # Both solutions have coefficients that sum to zero over the classes.
    report(f"{problem}, logistic", max(
        np.abs(ours - theirs).max(),
        np.abs(probabilities - oracle.predict_proba(x)).max()))

    numbers = ask("ridge", x, labels, classes, strength)
    ours = numbers[: features * classes].reshape(features, classes)
    scores = numbers[features * classes :].reshape(rows, classes)
    ridge = RidgeClassifier(alpha=strength, solver="cholesky").fit(
        x, labels, sample_weight=weights)
    decision = ridge.decision_function(x)
    theirs = ridge.coef_.T
    if classes == 2:
        theirs = np.hstack([-theirs, theirs])
        decision = np.stack([-decision, decision], axis=1)
    report(f"{problem}, ridge",
           max(np.abs(ours - theirs).max(), np.abs(scores - decision).max()))

    holes = np.where(draw.random(x.shape) < 0.1, np.nan, x)
    ours = ask("preprocess", holes, labels, classes, strength).reshape(rows, features)
    theirs = StandardScaler().fit_transform(
        SimpleImputer(strategy="median").fit_transform(holes))
    report(f"{problem}, imputation and scaling", np.abs(ours - theirs).max())

    p = probabilities
    ours = ask("scores", p, labels, classes, strength)
    predicted = p.argmax(axis=1)
    area = (roc_auc_score(labels, p[:, 1]) if classes == 2 else
            roc_auc_score(labels, p / p.sum(axis=1, keepdims=True), multi_class="ovr"))
    theirs = [
        balanced_accuracy_score(labels, predicted),
        f1_score(labels, predicted, average="macro"),
        area,
        log_loss(labels, p),
        np.mean(np.sum((p - np.eye(classes)[labels]) ** 2, axis=1)),
    ]
    report(f"{problem}, scores", np.abs(ours - theirs).max())

# A tree's splits can tie; with three informative features of few values and
# much data they do not, and both trees are the same.
draw = np.random.default_rng(1)
x = np.round(draw.normal(size=(600, 3)), 1)
labels = (x[:, 0] + 0.6 * x[:, 1] ** 2 + 0.2 * draw.normal(size=600) > 0.4).astype(int)
ours = ask("tree", x, labels, 2, 1).reshape(600, 2)
theirs = DecisionTreeClassifier(
    max_depth=5, class_weight="balanced", random_state=0
).fit(x, labels).predict_proba(x)
same = (np.abs(ours - theirs).max(axis=1) < 1e-9).mean()
print(f"tree: {same:.1%} of the rows have the same class shares")
if same < 0.98:
    sys.exit(1)

sys.exit(0 if worst < 1e-6 else 1)
