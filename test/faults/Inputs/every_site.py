"""Every (operator, site, value) that --list-sites lists injects, verifies, exports,
and trains a step: a number that is not finite is a result, a shape that does not fit
is an error. The same request gives the same bytes again.

usage: every_site.py OPERATORS FOLDER... [PROGRAM.mlir...] [OPERATOR_ID...]
                     [--each=N] [--programs=N] [--all]

Each operator is tried on --programs programs (2), of different families where it can
be, with --each requests for each (1), spread evenly over all; --all tries all of them.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../passes/torchscript/Inputs"))

from archives import batch  # noqa: E402

each, programs_each = 1, 2
programs, wanted = [], []
for argument in sys.argv[2:]:
    if os.path.isdir(argument):
        programs += sorted(os.path.join(argument, name) for name in os.listdir(argument)
                           if name.endswith(".mlir"))
    elif argument.endswith(".mlir"):
        programs.append(argument)
    elif argument == "--all":
        each = programs_each = None
    elif argument.startswith("--each="):
        each = int(argument[7:])
    elif argument.startswith("--programs="):
        programs_each = int(argument[11:])
    else:
        wanted.append(argument)
assert programs


def spread(items, count):
    """At most `count` of the items, evenly spaced, the first and the last included."""
    if count is None or len(items) <= count:
        return items
    if count == 1:
        return [items[len(items) // 2]]
    return [items[round(i * (len(items) - 1) / (count - 1))] for i in range(count)]


def choose(paths):
    """The programs on which an operator is tried, of as many families as there can be;
    every operator begins elsewhere, so that together they reach many programs."""
    if programs_each is None or len(paths) <= programs_each:
        return paths
    start = len(counts) * 7 % len(paths)
    paths = paths[start:] + paths[:start]
    first = {}
    for path in paths:
        first.setdefault(families[path], path)
    chosen = list(first.values()) + [path for path in paths if path not in first.values()]
    return chosen[:programs_each]


def values(parameter):
    """What to try: each choice; for a range its ends and a value in between."""
    if parameter.get("choices"):
        return parameter["choices"]
    low, high = parameter["minimum"], parameter["maximum"]
    return sorted({low, high, (low * high) ** 0.5 if low > 0 else (low + high) / 2})


def requests(entry):
    """The arguments that are tried: one parameter goes through its values while the
    others keep their first."""
    parameters = entry["parameters"]
    first = {p["name"]: values(p)[0] for p in parameters}
    seen = []
    for p in parameters or [None]:
        for value in values(p) if p else [None]:
            arguments = dict(first, **({p["name"]: value} if p else {}))
            if arguments not in seen:
                seen.append(arguments)
    return seen


def run(folder, program, entry, arguments):
    """None where the mutant trains, else what is wrong. A range's value may be
    refused, a choice that is listed may not."""
    archive = os.path.join(folder, "mutant.pt")
    request = "operator=%s site=%s" % (entry["operator"], entry["site"])
    request += "".join(" %s=%s" % item for item in arguments.items())
    done = subprocess.run(
        ["dynfault-opt", program, "--dynfault-inject=" + request, "-o", archive],
        capture_output=True, text=True)
    if done.returncode == 1 and any(not p.get("choices") for p in entry["parameters"]) and (
            "is in the way" in done.stderr or "equivalent" in done.stderr
            or "cannot be followed" in done.stderr or "another shape" in done.stderr):
        return "refused"
    if done.returncode != 0:
        return request + ": " + done.stderr.strip()
    texts = {subprocess.run(["dynfault-opt", program, "--dynfault-inject=" + request],
                            capture_output=True, check=True).stdout for _ in range(2)}
    if len(texts) != 1:
        return request + ": other bytes the second time"
    try:
        extra = {"program.json": ""}
        module = torch.jit.load(archive, _extra_files=extra)
        info = json.loads(extra["program.json"])
        # An imported program's output has no type.
        if not info["output"]["shape"]:
            x = torch.zeros([6] + info["input"]["shape"][1:])
            info["output"]["shape"] = list(module.forward(x).shape)
        expected = info["output"]["shape"]
        x, target = batch(info, 6, torch.Generator().manual_seed(0))
        module.reset_parameters()
        module.train()
        loss = module.training_step(x, target)
        assert loss.shape == (), loss.shape
        output = module.forward(x)
        assert list(output.shape[1:]) == expected[1:], output.shape
        for parameter in info["parameters"]:
            actual = list(module.state_dict()[parameter["name"]].shape)
            assert actual == parameter["shape"], (parameter, actual)
    except Exception as error:  # What LibTorch says is the test's report.
        return request + ": " + str(error).strip().splitlines()[-1]
    return None


failures, counts, families, sites = [], {}, {}, {}
for program in programs:
    listed = subprocess.run(["dynfault-opt", "--list-sites=json", program],
                            capture_output=True, text=True, check=True).stdout
    with open(program) as file:
        found = re.search(r'dynfault\.family = "([^"]*)"', file.read())
    families[program] = found.group(1) if found else program
    for entry in json.loads(listed):
        if not wanted or entry["operator"] in wanted:
            sites.setdefault(entry["operator"], {}).setdefault(program, []).append(entry)

with tempfile.TemporaryDirectory() as folder:
    for operator, entries in sites.items():
        trained, refused = [], 0
        for program in choose(list(entries)):
            tries = [(entry, arguments) for entry in entries[program]
                     for arguments in requests(entry)]
            for entry, arguments in spread(tries, each):
                result = run(folder, program, entry, arguments)
                if result is None:
                    trained.append(program)
                elif result == "refused":
                    refused += 1
                else:
                    failures.append(os.path.basename(program) + ": " + result)
                    print(failures[-1], file=sys.stderr, flush=True)
        counts[operator] = trained
        print("%s: %d trained on %d programs of %d families, %d refused" % (
            operator, len(trained), len(set(trained)),
            len({families[program] for program in trained}), refused), flush=True)
assert not failures, "%d mutants failed" % len(failures)
