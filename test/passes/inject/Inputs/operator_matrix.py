"""Writes docs/operator-matrix.md: at how many sites of each program each operator
applies. Fails where an operator applies to none.

usage: operator_matrix.py PROGRAM.mlir ... > docs/operator-matrix.md
"""

import collections
import json
import os
import re
import subprocess
import sys


def run(*arguments):
    return subprocess.run(["dynfault-opt", *arguments], capture_output=True, text=True,
                          check=True).stdout


operators = [op["id"] for op in json.loads(run("--list-operators=json"))]
counts, families = {}, {}
for path in sorted(sys.argv[1:], key=os.path.basename):
    with open(path) as file:
        text = file.read()
    name = os.path.basename(path)[: -len(".mlir")]
    family = re.search(r'dynfault\.family = "([^"]*)"', text)
    families[name] = family.group(1) if family else name
    counts[name] = collections.Counter(
        site["operator"] for site in json.loads(run(path, "--list-sites=json")))

print("""# Operators and programs

Written by `PATH=build/bin:$PATH python3 test/passes/inject/Inputs/operator_matrix.py models/*.mlir
test/Inputs/programs/*.mlir > docs/operator-matrix.md`; do not edit. How many sites of each program each operator applies to,
as `dynfault-opt --list-sites` finds them.
""")
print("| program | family | " + " | ".join(operators) + " |")
print("|" + "---|" * (len(operators) + 2))
for name in counts:
    print(f"| {name} | {families[name]} | "
          + " | ".join(str(counts[name][op] or "") for op in operators) + " |")
narrow = [op for op in operators
          if len({families[n] for n in counts if counts[n][op]}) < 2]
if narrow:
    print("\nIn one family only: " + ", ".join(narrow) + ".")
missing = [op for op in operators if not any(counts[n][op] for n in counts)]
if missing:
    sys.exit("operators without a site in any program: " + ", ".join(missing))
