"""Every loss that LCH can put in computes Keras' formula, in three kinds of
programs, and trains a step.

The oracle works in float64 on plain numbers, one entry at a time.
"""

import math

import torch

from archives import export
from linear import binary, classifier, regression

EPSILON = 1e-7


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def pairs(prediction, target):
    return [(p, t) for ps, ts in zip(prediction, target) for p, t in zip(ps, ts)]


def huber(p, t):
    d = abs(p - t)
    return 0.5 * d * d if d <= 1 else d - 0.5


def hinge(p, t):
    return max(1 - (2 * t - 1) * p, 0)


def log(x):
    return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan


def clip(x, low, high):
    return min(max(x, low), high)


def kullback_leibler(p, t):
    p, t = clip(p, EPSILON, 1), clip(t, EPSILON, 1)
    return t * math.log(t / p)


def log_error(p, t):
    return math.log1p(max(p, EPSILON)) - math.log1p(max(t, EPSILON))


# The means over entries of an entry-wise formula.
LOSSES = {
    "huber": huber,
    "mean_squared_error": lambda p, t: (p - t) ** 2,
    "mean_absolute_error": lambda p, t: abs(p - t),
    "log_cosh": lambda p, t: math.log(math.cosh(p - t)),
    "kullback_leibler_divergence": kullback_leibler,
    "poisson": lambda p, t: p - t * log(p + EPSILON),
    "hinge": hinge,
    "squared_hinge": lambda p, t: hinge(p, t) ** 2,
    "mean_squared_logarithmic_error": lambda p, t: log_error(p, t) ** 2,
    "mean_absolute_percentage_error":
        lambda p, t: 100 * abs((p - t) / max(abs(t), EPSILON)),
}


def cosine(prediction, target):
    def one(p, t):
        return -sum(a * b for a, b in zip(p, t)) / math.sqrt(
            sum(a * a for a in p) * sum(b * b for b in t))

    return mean(one(p, t) for p, t in zip(prediction, target))


def softmax(row):
    exponentials = [math.exp(v - max(row)) for v in row]
    return [e / sum(exponentials) for e in exponentials]


def check(text, kind, refused):
    generator = torch.Generator().manual_seed(7)
    for name in [*LOSSES, "cosine_similarity"]:
        if name in refused:
            continue
        module, info = export(text, f"--dynfault-inject=operator=LCH to={name}")
        assert info["faults"][0]["parameters"] == {"to": name}
        for _ in range(3):
            x = torch.randn(6, 4, generator=generator)
            scores = 2 * torch.randn(6, info["output"]["shape"][1],
                                     generator=generator)
            if kind == "classifier":
                target = torch.randint(0, 3, (6,), generator=generator)
                truth = [[float(c == t) for c in range(3)] for t in target.tolist()]
                prediction = [softmax(row) for row in scores.double().tolist()]
            elif kind == "binary":
                target = torch.randint(0, 2, (6, 1), generator=generator).float()
                truth = target.double().tolist()
                prediction = torch.sigmoid(scores.double()).tolist()
            else:
                target = 2 * torch.randn(6, 1, generator=generator)
                truth, prediction = target.double().tolist(), scores.double().tolist()
            if name == "cosine_similarity":
                expected = cosine(prediction, truth)
            else:
                expected = mean(LOSSES[name](p, t) for p, t in pairs(prediction, truth))
            actual = float(module.loss(scores, target))
            # A negative prediction has no logarithm: Keras' poisson loss is not
            # finite then, and neither is this one.
            if math.isfinite(expected):
                # Float32, and relative where the quotient by epsilon is large.
                error = abs(actual - expected) / max(1, abs(expected))
                assert error < 1e-6, (kind, name, actual, expected)
            else:
                assert not math.isfinite(actual), (kind, name, actual)
                assert (kind, name) == ("regression", "poisson")
            before = float(module.loss(module.forward(x), target))
            stepped = float(module.training_step(x, target))
            assert stepped == before or (stepped != stepped and before != before)
        print(kind, name)


check(classifier(), "classifier", set())
check(binary(), "binary", {"cosine_similarity"})
check(regression(), "regression",
      {"mean_squared_error", "kullback_leibler_divergence", "hinge", "squared_hinge",
       "cosine_similarity"})
