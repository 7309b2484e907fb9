"""Checks drawn parameters against the intervals and choices of their severity.

Each line reads `SEVERITY parameters = {NAME = VALUE}`. The tables repeat those of
docs/operators.md, so that a change of either is noticed.
"""

import re
import sys

INTERVALS = {
    "share": {"low": [(0.03, 0.1)], "medium": [(0.1, 0.3)], "high": [(0.3, 0.6)]},
    "factor": {
        "low": [(0.1, 0.5), (2, 10)],
        "medium": [(0.01, 0.1), (10, 100)],
        "high": [(1e-4, 0.01), (100, 1000)],
    },
}
# The site's own functions (relu, mean_squared_error) and what is defined for
# classes only are left out.
CHOICES = {
    "low": {"elu", "selu", "softplus", "huber", "mean_absolute_error", "log_cosh"},
    "medium": {"tanh", "softsign", "linear", "poisson"},
    "high": {
        "sigmoid", "hard_sigmoid", "exponential", "softmax",
        "mean_squared_logarithmic_error", "mean_absolute_percentage_error",
    },
}

seen = {}
with open(sys.argv[1]) as drawn:
    for line in drawn:
        severity, name, value = re.fullmatch(
            # A random fault has its seed before its parameter.
            r"(\w+) parameters = \{(?:seed = \d+ : i64, )?(\w+) = (.*)\}\n", line
        ).groups()
        if name == "to":
            value = value.strip('"')
            assert value in CHOICES[severity], line
            seen.setdefault(severity, set()).add(value)
            continue
        number = float(value.split(" : ")[0])
        hits = [i for i, (low, high) in enumerate(INTERVALS[name][severity])
                if low <= number <= high]
        assert hits, line
        seen.setdefault((severity, name), set()).add(hits[0])
        # Two digits are enough for a fault, and read well in a report.
        assert number == float("%.1e" % number), line

assert len(seen) == 9, seen
for severity, choices in CHOICES.items():
    assert seen[severity] == choices, (severity, choices - seen[severity])
for name, levels in INTERVALS.items():
    for severity, intervals in levels.items():
        # Every interval is drawn from.
        assert len(seen[severity, name]) == len(intervals), (severity, name)
