"""Checks a folder of mutants against its manifest.

usage: check_mutants.py FOLDER PROGRAM.mlir [SAMPLE]
"""

import collections
import hashlib
import json
import os
import subprocess
import sys

folder, program = sys.argv[1:3]
with open(os.path.join(folder, "manifest.json")) as file:
    manifest = json.load(file)
assert manifest["schema"] == "dynfault.mutants/1"
mutants = manifest["mutants"]

# The files are those of the manifest, with its hashes, and all different.
entries = mutants + [manifest["clean"]]
assert sorted(os.listdir(folder)) == sorted([e["file"] for e in entries] + ["manifest.json"])
for entry in entries:
    with open(os.path.join(folder, entry["file"]), "rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == entry["sha256"], entry
assert len({e["sha256"] for e in entries}) == len(entries)

# In the order of ids, each once.
ids = [m["id"] for m in mutants]
assert ids == sorted(set(ids))

# An id is a request that gives the file again; a few do for all.
for mutant in mutants[:: max(1, len(mutants) // 12)]:
    assert mutant["id"].startswith(mutant["operator"] + "@" + mutant["site"] + ":")
    done = subprocess.run(
        ["dynfault-opt", program, "--dynfault-inject=mutant=" + mutant["id"]],
        capture_output=True, text=True, check=True)
    with open(os.path.join(folder, mutant["file"])) as file:
        written = file.read()
    # A drawn parameter has its severity, a given one has none.
    severity = ', severity = "%s"' % mutant.get("severity")
    assert written.replace(severity, "") == done.stdout, mutant["id"]

# Rejected ones are counted with a reason.
for rejected in manifest["rejected"]:
    assert rejected["kind"] in ("equivalent", "impossible", "unchanged", "duplicate")
    assert rejected["count"] > 0 and rejected["reason"], rejected
assert any(r["kind"] == "equivalent" for r in manifest["rejected"])

if len(sys.argv) > 3:
    assert len(mutants) == manifest["sample"] == int(sys.argv[3])
    classes = collections.Counter(m["class"] for m in mutants)
    assert len(classes) == 4 and max(classes.values()) - min(classes.values()) <= 3, classes
    # A duplicate's turn goes to the next class.
    for name in classes:
        operators = collections.Counter(m["operator"] for m in mutants if m["class"] == name)
        assert len(operators) >= 4, operators
