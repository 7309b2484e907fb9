"""Writes small data files, a catalogue that names them, and what each must be
read as. The expected rows come from NumPy, SciPy, Pillow and Python's own
modules, so that no line of the readers is its own judge.

    reader_cases.py FOLDER

FOLDER gets catalogue.json, a data folder NAME/ for each entry, and
NAME/expected-{inputs,targets,groups}.npy.
"""

import csv
import gzip
import hashlib
import io
import json
import re
import sys
import tarfile
import wave
from pathlib import Path

import numpy as np
import scipy.io.arff
from PIL import Image

folder = Path(sys.argv[1])
rng = np.random.default_rng(20240501)
entries = []


def case(name, format, files, parts, inputs, targets, groups=None, options=None, **more):
    """Adds an entry; `parts` lack their number of rows, which `inputs` has."""
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    described = []
    for file, contents in files.items():
        (home / file).write_bytes(contents)
        described.append({"path": file, "sha256": hashlib.sha256(contents).hexdigest()})
    np.save(home / "expected-inputs.npy", inputs)
    np.save(home / "expected-targets.npy", targets)
    if groups is not None:
        np.save(home / "expected-groups.npy", np.asarray(join_equal(inputs, groups), dtype=np.int64))
    entries.append({"name": name, "licence": "none", "task": "regression", "classes": 0, "format": format,
                    "options": options or {}, "files": described, "parts": parts} | more)


def join_equal(rows, groups):
    """Groups that hold equal rows are one."""
    groups = list(groups)
    first = {}
    for i, row in enumerate(rows):
        other = groups[first.setdefault(row.tobytes(), i)]
        groups = [other if group == groups[i] else group for group in groups]
    return groups


def pool(rows, **files):
    return [{"role": "pool", "rows": rows} | files]


def tar(members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, contents in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(contents)
            archive.addfile(info, io.BytesIO(contents))
    return stream.getvalue()


def png_rows():
    images = rng.integers(0, 256, (5, 3, 4, 6), dtype=np.uint8)
    picture = images.transpose(0, 2, 3, 1).reshape(5, 24, 3)
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG")
    classes = [9, 9, 4, 0, 1, 7, 3]
    case("png", "png_rows", {"picture.png": stream.getvalue(), "classes.json": json.dumps(classes).encode()},
         [{"role": "pool", "rows": 5, "inputs": "picture.png", "targets": "classes.json", "first": 2}],
         images, np.array(classes[2:], dtype=np.float64), options={"height": 4, "width": 6})
    grey = rng.integers(0, 256, (3, 4), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(grey).save(stream, "PNG")
    case("grey-png", "png_rows", {"picture.png": stream.getvalue(), "classes.json": b"[1, 2, 3]"},
         pool(3, inputs="picture.png", targets="classes.json"), grey.reshape(3, 1, 2, 2),
         np.array([1.0, 2, 3]), options={"height": 2, "width": 2})


def json_images():
    members, images, classes = {}, [], []
    for label, name in enumerate(["a cat", "b dog"]):
        values = np.round(rng.random((3, 4)), 3)
        lines = "\n".join(json.dumps(list(row)) for row in values) + "\n"
        members[name + ".ndjson.gz"] = gzip.compress(lines.encode())
        images.append(np.floor(255 * values + 0.5).astype(np.uint8).reshape(3, 2, 2))
        classes += [label] * 3
    case("drawings", "json_images", {"drawings.tar": tar(members)}, pool(6, table="drawings.tar"),
         np.concatenate(images), np.array(classes, dtype=np.float64), options={"height": 2, "width": 2})


def npz_windows():
    signal = rng.integers(0, 65536, 103).astype(np.uint16)
    stream = io.BytesIO()
    np.savez_compressed(stream, other=np.zeros(3), beat=signal)
    windows, groups = [], []
    for block in range(3):
        for first in range(0, 30 - 8 + 1, 5):
            windows.append(signal[30 * block + first:30 * block + first + 8])
            groups.append(block)
    windows = np.array(windows, dtype=np.int32)
    case("recording", "npz_windows", {"signal.npz": stream.getvalue()}, pool(len(windows), table="signal.npz"),
         windows, windows, groups, {"array": "beat", "window": 8, "stride": 5, "block": 30})


def log_mel(samples, rate, window, hop, bands):
    """In float64 and without a fast transform."""
    def to_mel(f):
        return 2595 * np.log10(1 + f / 700)
    corners = 700 * (10 ** (np.linspace(0, to_mel(rate / 2), bands + 2) / 2595) - 1)
    frequencies = np.arange(window // 2 + 1) * rate / window
    filters = np.stack([np.interp(frequencies, corners[i:i + 3], [0, 1, 0], left=0, right=0) for i in range(bands)])
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    waves = np.exp(-2j * np.pi * np.outer(np.arange(window // 2 + 1), np.arange(window)) / window)
    pieces = [samples[at:at + window] for at in range(0, len(samples) - window + 1, hop)]
    return np.stack([np.log(1e-6 + filters @ np.abs(waves @ (hann * piece)) ** 2) for piece in pieces], axis=1)


def speech():
    rate, clip = 8000, 600
    options = {"clip": clip, "silence": 50, "window": 128, "hop": 64, "bands": 10, "rate": rate}
    rows, classes, groups, files = [], [], [], {}
    prompts = {}
    for label, voice in enumerate(["en", "fr"]):
        members = {}
        for name, length in [("b.wav", 1300), ("a.wav", 650), ("short.wav", 300), ("quiet.wav", 700)]:
            samples = rng.normal(0, 3000, length).astype(np.int16)
            if name == "quiet.wav":
                samples //= 1000
            stream = io.BytesIO()
            with wave.open(stream, "wb") as out:
                out.setnchannels(1)
                out.setsampwidth(2)
                out.setframerate(rate)
                out.writeframes(samples.astype("<i2").tobytes())
            members[name] = stream.getvalue()
            for at in range(0, length - clip + 1, clip):
                if length < clip:
                    continue
                prompt = prompts.setdefault(name, len(prompts))
                if name == "quiet.wav":
                    continue
                rows.append(log_mel(samples[at:at + clip] / 32768, rate, 128, 64, 10))
                classes.append(label)
                groups.append(prompt)
        files[voice + ".tar"] = tar(members)
    case("speech", "speech", files,
         [{"role": "pool", "rows": 3, "table": voice + ".tar", "label": label}
          for label, voice in enumerate(["en", "fr"])],
         np.array(rows, dtype=np.float32), np.array(classes, dtype=np.float64), groups, options)


def arff():
    text = ["@relation r", "@attribute size real", "@attribute 'the kind' {low, 'very high', none}",
            "@attribute weight numeric", "@attribute class {no, yes}", "@data"]
    for row in range(20):
        kind = rng.choice(["low", "'very high'", "none"])
        text.append(f"{rng.normal():.6g},{kind},{rng.integers(-5, 5)},{rng.choice(['no', 'yes'])}")
    contents = "\n".join(text) + "\n"
    data, meta = scipy.io.arff.loadarff(io.StringIO(contents))
    kinds = [kind.encode() for kind in ["low", "very high", "none"]]
    unit = np.array([[value.strip(b"'") == kind for kind in kinds] for value in data["the kind"]], dtype=np.float64)
    inputs = np.column_stack([data["size"], unit, data["weight"]])
    case("arff", "arff", {"t.arff": contents.encode()}, pool(20, table="t.arff"), inputs,
         (data["class"] == b"yes").astype(np.float64))


def tables():
    values = rng.normal(0, 1e3, (12, 4)).round(3)
    text = "12 3 1\n" + "".join(" ".join(map(repr, row[:3])) + " \n" + repr(row[3]) + "\n" for row in values.tolist())
    case("fann", "fann", {"t.train": text.encode()}, pool(12, table="t.train"), values[:, :3], values[:, 3],
         options={"outputs": "values"})
    stream = io.StringIO()
    np.savetxt(stream, values, delimiter=";", header="a b c d")
    case("delimited", "delimited", {"t.csv": stream.getvalue().encode()}, pool(12, table="t.csv"), values[:, 1:],
         values[:, 0], options={"delimiter": ";", "header_rows": 1, "target_column": 0})
    stream = io.StringIO()
    writer = csv.writer(stream)
    names = ['plain', 'with "quotes"', 'with, comma', 'two\nlines']
    kinds = rng.integers(0, 4, 12)
    writer.writerow(["kind", "x", "y"])
    for kind, row in zip(kinds, values):
        writer.writerow([names[kind], row[0], row[1]])
    order = np.array([sorted(set(names[k] for k in kinds)).index(names[kind]) for kind in kinds], dtype=np.float64)
    case("csv", "csv", {"t.csv": stream.getvalue().encode()}, pool(12, table="t.csv"), values[:, :2], order,
         options={"header": True, "target": "kind"})


def words(text):
    return re.findall(rb"[0-9a-z'\x80-\xff]+", text.lower().replace(b"<br />", b" "))


def numbered(texts):
    """Numbers of all tokens in byte order, from 1."""
    return {token: number for number, token in enumerate(sorted({t for text in texts for t in text}), 1)}


def some_text(length):
    choices = ["the", "The", "don't", "caf\u00e9", "42", "--", "<br />", "end.", "\u00fcber", "x-y", "\n"]
    return " ".join(rng.choice(choices, length))


def texts():
    stream = io.StringIO()
    writer = csv.writer(stream)
    rows = [(rng.choice(["-1", "1"]), some_text(n)) for n in [3, 30, 7, 12, 5, 40]]
    rows.append(("0", "left out"))
    writer.writerows(rows)
    tokens = [words(text.encode()) for label, text in rows if label != "0"]
    # A text without any word would be left out.
    assert all(tokens)
    number = numbered(tokens)
    ids = np.zeros((6, 10), dtype=np.int32)
    for row, text in zip(ids, tokens):
        kept = [number[token] for token in text][-10:]
        row[10 - len(kept):] = kept
    classes = [float(label == "1") for label, text in rows[:6]]
    options = {"container": "csv", "text": 1, "target": 0, "labels": ["-1", "1"], "tokens": "words",
               "length": 10, "keep": "end"}
    case("text-csv", "text", {"t.csv": stream.getvalue().encode()}, pool(6, table="t.csv"), ids,
         np.array(classes), options=options)

    records = [{"title": "One", "body": "a b", "topics": ["x"]}, {"title": "No body", "topics": ["x"]},
               {"title": "Two", "body": "c", "topics": ["x", "y"]}, {"title": "Three", "body": "b", "topics": ["y"]}]
    tokens = [[b"one", b"a", b"b"], [b"three", b"b"]]
    number = numbered(tokens)
    ids = np.array([[number[t] for t in text][:2] for text in tokens], dtype=np.int32)
    options = {"container": "json", "text": ["title", "body"], "target": "topics", "labels": ["x", "y"],
               "tokens": "words", "length": 2, "keep": "start"}
    case("text-json", "text", {"t.tar": tar({"a.json": json.dumps(records[:2]).encode(),
                                             "b.json": json.dumps(records[2:]).encode()})},
         pool(2, table="t.tar"), ids, np.array([0.0, 1.0]), options=options)

    lines = {"women.txt": ["Ada", "Z\u00f6e"], "men.txt": ["Al", "Bob", "Xi"]}
    tokens = [list(name.lower()) for names in lines.values() for name in names]
    number = numbered([[t.encode() for t in text] for text in tokens])
    ids = np.zeros((5, 4), dtype=np.int32)
    for row, text in zip(ids, tokens):
        row[:len(text)] = [number[t.encode()] for t in text]
    case("names", "text", {file: ("\n".join(names) + "\n").encode() for file, names in lines.items()},
         [{"role": "pool", "rows": len(names), "table": file, "label": label}
          for label, (file, names) in enumerate(lines.items())],
         ids, np.array([0.0, 0, 1, 1, 1]),
         options={"container": "lines", "tokens": "characters", "length": 4, "keep": "start"})

    mails = {"1.txt": b"Subject: x\nTo: y\n\nthe body\n", "2.txt": b"From z\n\nother\n"}
    tokens = [[b"the", b"body"], [b"other"]]
    number = numbered(tokens)
    case("mails", "text", {"m.tar": tar(mails)}, pool(2, table="m.tar", label=1),
         np.array([[number[b"the"], number[b"body"]], [number[b"other"], 0]], dtype=np.int32), np.ones(2),
         options={"container": "documents", "mail": True, "tokens": "words", "length": 2, "keep": "start"})


def windows():
    documents = [some_text(9), some_text(14)]
    characters = [list(re.sub(r"\s+", " ", text).lower()) for text in documents]
    number = numbered([[c.encode() for c in text] for text in characters])
    ids = [[number[c.encode()] for c in text] for text in characters]
    files = {"d.tar": tar({f"{i}.txt": text.encode() for i, text in enumerate(documents)})}
    options = {"container": "documents", "tokens": "characters", "length": 6}
    for name, stride, predict in [("windows-next", 4, "next"), ("windows-every", 6, "every")]:
        inputs, targets, groups = [], [], []
        for group, text in enumerate(ids):
            for at in range(0, len(text) - 6, stride):
                inputs.append(text[at:at + 6])
                targets.append(text[at + 6] if predict == "next" else text[at + 1:at + 7])
                groups.append(group)
        case(name, "text_windows", files, pool(len(inputs), table="d.tar"), np.array(inputs, dtype=np.int32),
             np.array(targets, dtype=np.int32), groups, options | {"stride": stride, "predict": predict})


def series():
    values = list(rng.normal(50, 5, 50).round(1))
    text = "day,temp\n" + "".join(f"{i},{'' if i in (0, 17) else v}\n" for i, v in enumerate(values))
    values[17] = values[16]
    values = np.array(values[1:])
    parts, inputs, targets = [], [], []
    border = round(0.8 * len(values))
    for role, signal in [("train", values[:border]), ("validation", values[border:])]:
        rows = np.array([signal[i:i + 4] for i in range(len(signal) - 5)])
        parts.append({"role": role, "rows": len(rows), "table": "t.csv"})
        inputs.append(rows)
        targets.append(signal[5:])
    # The validation part is compared by its rows after those of training.
    case("series", "series", {"t.csv": text.encode()}, parts, np.concatenate(inputs), np.concatenate(targets),
         options={"column": "temp", "window": 4, "horizon": 2})


def ratings():
    rows = [(u, 10 * i, rng.integers(1, 11) / 2) for u in (7, 3, 12) for i in (5, 1, 9, 2)]
    text = "user,item,stars\n" + "".join(f"{u},{i},{r}\n" for u, i, r in rows)
    users, items, stars = map(np.array, zip(*rows))
    numbers = np.column_stack([np.unique(users, return_inverse=True)[1], np.unique(items, return_inverse=True)[1]])
    case("ratings", "ratings", {"t.csv": text.encode()}, pool(12, table="t.csv"), numbers.astype(np.int32),
         (stars - 0.5) / 4.5,
         options={"user": "user", "item": "item", "rating": "stars", "lowest": 0.5, "highest": 5})
    # Users 1 to 3 rated films 1 to 3. Film 4 has two ratings, but one of them from user 4, who has no other one.
    core = [(u, i, rng.integers(1, 11) / 2) for u in (1, 2, 3) for i in (1, 2, 3)]
    rows = core + [(4, 4, 1.0), (1, 4, 2.0), (5, 1, 3.0)]
    rng.shuffle(rows)
    rows = [(int(u), int(i), stars) for u, i, stars in rows]
    kept = np.array([row for row in rows if row[0] < 4 and row[1] < 4])
    text = "user,item,stars\n" + "".join(f"{u},{i},{stars}\n" for u, i, stars in rows)
    case("ratings-core", "ratings", {"t.csv": text.encode()}, pool(9, table="t.csv"),
         (kept[:, :2] - 1).astype(np.int32), (kept[:, 2] - 0.5) / 4.5,
         options={"user": "user", "item": "item", "rating": "stars", "lowest": 0.5, "highest": 5, "least": 2})


for write in (png_rows, json_images, npz_windows, speech, arff, tables, texts, windows, series, ratings):
    write()
(folder / "catalogue.json").write_text(json.dumps({"schema": "dynfault.datasets/1", "datasets": entries}, indent=1))
