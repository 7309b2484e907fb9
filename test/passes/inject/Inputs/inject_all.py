"""Injects every fault that `--list-sites=json` lists: each choice, and both ends
of each range.

usage: inject_all.py SITES.json PROGRAM.mlir
"""

import json
import subprocess
import sys

with open(sys.argv[1]) as sites:
    entries = json.load(sites)
assert entries
outputs = set()
for entry in entries:
    (parameter,) = entry["parameters"]
    values = parameter.get("choices") or [parameter["minimum"], parameter["maximum"]]
    for value in values:
        request = "operator=%s site=%s %s=%s" % (
            entry["operator"], entry["site"], parameter["name"], value)
        done = subprocess.run(
            ["dynfault-opt", sys.argv[2], "--dynfault-inject=" + request],
            capture_output=True, text=True)
        assert done.returncode == 0, (request, done.stderr)
        assert 'operator = "%s"' % entry["operator"] in done.stdout, request
        # No two requests give the same mutant.
        assert done.stdout not in outputs, request
        outputs.add(done.stdout)
