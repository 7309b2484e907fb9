"""Injects every fault that `--list-sites=json` lists: each choice, and both ends
of each range, with the first value of every other parameter.

usage: inject_all.py SITES.json PROGRAM.mlir
"""

import json
import subprocess
import sys


def values(parameter):
    return parameter.get("choices") or [parameter["minimum"], parameter["maximum"]]


with open(sys.argv[1]) as sites:
    entries = json.load(sites)
assert entries
outputs = set()
for entry in entries:
    parameters = entry["parameters"]
    first = {p["name"]: values(p)[0] for p in parameters}
    requests = [first]
    for parameter in parameters:
        requests += [{**first, parameter["name"]: value} for value in values(parameter)[1:]]
    for request in requests:
        text = "operator=%s site=%s " % (entry["operator"], entry["site"])
        text += " ".join("%s=%s" % item for item in request.items())
        done = subprocess.run(
            ["dynfault-opt", sys.argv[2], "--dynfault-inject=" + text],
            capture_output=True, text=True)
        # Values that are each possible may be refused together.
        if "would be equivalent" in done.stderr and len(request) != 1:
            continue
        assert done.returncode == 0, (text, done.stderr)
        assert 'operator = "%s"' % entry["operator"] in done.stdout, text
        # No two requests give the same module: each records its fault.
        assert done.stdout not in outputs, text
        outputs.add(done.stdout)
