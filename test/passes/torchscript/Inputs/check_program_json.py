"""program.json has the form that docs/archive.md describes.

usage: check_program_json.py ARCHIVE.pt [FAULTS PROBES]
"""

import json
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    (name,) = [n for n in archive.namelist() if n.endswith("extra/program.json")]
    info = json.loads(archive.read(name))

# A program may say by how much it must learn.
assert info.get("margin", 1) > 0
assert [key for key in info if key != "margin"] == [
    "schema", "name", "task", "family", "origin", "input", "target", "output",
    "dataset", "schedule", "optimizer", "parameters", "faults", "probes"], list(info)
assert info["schema"] == "dynfault.program/1"
assert info["task"] in ("classification", "regression")
for tensor in ("input", "target", "output"):
    assert set(info[tensor]) == {"dtype", "shape"}
    assert info[tensor]["dtype"] in ("float32", "int64")
    assert info[tensor]["shape"][0] == -1
assert list(info["dataset"]) == ["source", "train", "validation", "seed", "transforms"]
assert all(isinstance(t["kind"], str) for t in info["dataset"]["transforms"])
assert list(info["schedule"]) == ["epochs", "batch_size", "shuffle"]
assert isinstance(info["schedule"]["shuffle"], bool)
# Defaults are filled in.
keys = {
    "sgd": ["kind", "lr", "momentum", "dampening", "weight_decay", "nesterov"],
    "adam": ["kind", "lr", "beta1", "beta2", "eps", "weight_decay"],
    "adamw": ["kind", "lr", "beta1", "beta2", "eps", "weight_decay"],
    "rmsprop": ["kind", "lr", "alpha", "eps", "weight_decay"],
}
assert list(info["optimizer"]) == keys[info["optimizer"]["kind"]]
assert info["parameters"]
for parameter in info["parameters"]:
    assert list(parameter) == ["name", "shape", "initialiser"]
    assert all(size > 0 for size in parameter["shape"])
for fault in info["faults"]:
    assert list(fault) == ["operator", "class", "site", "parameters", "before", "after"]
    assert fault["class"] in ("data", "model", "objective", "optimization")
for probe in info["probes"]:
    assert probe["every"] > 0 and probe["warm_up"] >= 0 and probe["epochs"] >= 0
    extra = {"activation": ["sites"], "gradient": [], "optimizer": [],
             "curvature": ["lanczos_steps", "trace_samples", "seed", "batch", "mode",
                           "trace_estimator", "tolerance", "quantities"]}
    # Only where they are not 0 and `residual`.
    optional = [key for key in probe if key in ("rows", "lanczos_stop")]
    assert probe["kind"] == "curvature" or not optional
    expected = extra[probe["kind"]]
    position = expected.index("quantities") if optional else 0
    expected = expected[:position] + optional + expected[position:]
    assert list(probe) == ["kind", "every", "warm_up", "epochs"] + expected
if len(sys.argv) > 2:
    assert "+".join(f["operator"] for f in info["faults"]) == sys.argv[2]
    kinds = "+".join(sorted({p["kind"] for p in info["probes"]}))
    assert kinds == sys.argv[3], kinds
