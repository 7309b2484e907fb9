"""Every (operator, site, value) of the classes `model` and `objective` that
--list-sites lists injects, verifies, exports, and trains a step: a number that is
not finite is a result, a shape that does not fit is an error.

usage: every_site.py OPERATORS FOLDER... [PROGRAM.mlir...] [OPERATOR_ID...] [--each=N|--all]

Of each operator and program N requests are tried, 3 by default, spread evenly over
all; --all tries all of them.
"""

import json
import os
import subprocess
import sys
import tempfile

import torch

torch.ops.load_library(sys.argv[1])
each = 3
programs, wanted = [], []
for argument in sys.argv[2:]:
    if os.path.isdir(argument):
        programs += sorted(os.path.join(argument, name) for name in os.listdir(argument)
                           if name.endswith(".mlir"))
    elif argument.endswith(".mlir"):
        programs.append(argument)
    elif argument == "--all":
        each = None
    elif argument.startswith("--each="):
        each = int(argument[7:])
    else:
        wanted.append(argument)
assert programs


def spread(items):
    """At most `each` of the items, evenly spaced, the first and the last included."""
    if each is None or len(items) <= each:
        return items
    if each == 1:
        return [items[len(items) // 2]]
    return [items[round(i * (len(items) - 1) / (each - 1))] for i in range(each)]


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
    try:
        extra = {"program.json": ""}
        module = torch.jit.load(archive, _extra_files=extra)
        info = json.loads(extra["program.json"])
        generator = torch.Generator().manual_seed(0)
        shape = [6] + info["input"]["shape"][1:]
        if info["input"]["dtype"] == "int64":
            x = torch.randint(0, 2, shape, generator=generator)
        else:
            x = torch.randn(shape, generator=generator)
        shape = [6] + info["target"]["shape"][1:]
        # An imported program's output has no type.
        expected = info["output"]["shape"] or list(module.forward(x).shape)
        # Scores are [rows, classes, ...]; one number for each row is none.
        classes = expected[1] if len(expected) > 1 else 1
        if info["target"]["dtype"] == "int64":
            target = torch.randint(0, classes, shape, generator=generator)
        else:
            target = torch.randint(0, 2, shape, generator=generator).float()
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


failures, counts = [], {}
with tempfile.TemporaryDirectory() as folder:
    for program in programs:
        listed = subprocess.run(["dynfault-opt", "--list-sites=json", program],
                                capture_output=True, text=True, check=True).stdout
        tries = {}
        for entry in json.loads(listed):
            if entry["class"] not in ("model", "objective"):
                continue
            if not wanted or entry["operator"] in wanted:
                tries.setdefault(entry["operator"], []).extend(
                    (entry, arguments) for arguments in requests(entry))
        for operator, all_requests in tries.items():
            for entry, arguments in spread(all_requests):
                result = run(folder, program, entry, arguments)
                count = counts.setdefault(operator, [0, 0, set()])
                count[result == "refused"] += 1
                if result is None:
                    count[2].add(os.path.basename(program))
                elif result != "refused":
                    failures.append(os.path.basename(program) + ": " + result)
                    print(failures[-1], file=sys.stderr, flush=True)
for operator, (trained, refused, where) in sorted(counts.items()):
    print("%s: %d trained on %d programs, %d refused" % (operator, trained, len(where), refused))
assert not failures, "%d mutants failed" % len(failures)
