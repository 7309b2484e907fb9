"""HBS, HDB, HNE, TRD, TDR, TNP and TLK as `dynfault-run train` sees them: how many
batches an epoch has, and the mean square of the inputs of either part. The data set is
generated, so nothing is fetched; its input is uniform in [-1, 1].

usage: data_faults.py
"""

import json
import math
import os
import subprocess
import tempfile

PROGRAM = os.path.join(os.path.dirname(__file__), "mean_square.mlir")
ROWS, BATCH, EPOCHS = 600, 32, 8


def train(folder, *requests):
    """What a run prints as JSON."""
    archive = os.path.join(folder, "program.pt")
    passes = ["--dynfault-inject=" + request for request in requests]
    subprocess.run(["dynfault-opt", PROGRAM, *passes, "-o", archive], check=True)
    done = subprocess.run(["dynfault-run", "train", archive, "--json"], check=True,
                          stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def check_steps(run, rows, batch, epochs):
    per_epoch = math.ceil(rows / batch)
    actual = run["steps_per_epoch"], run["steps_done"], len(run["epochs"])
    assert actual == (per_epoch, per_epoch * epochs, epochs), actual


def check_squares(run, training, validation, tolerance):
    last = run["epochs"][-1]
    actual = last["train_loss"], last["validation_loss"]
    for value, expected in zip(actual, (training, validation)):
        assert abs(value - expected) < tolerance, (actual, training, validation)


with tempfile.TemporaryDirectory() as folder:
    os.environ["DYNFAULT_DATA_DIR"] = os.path.join(folder, "data")
    clean = train(folder)
    check_steps(clean, ROWS, BATCH, EPOCHS)
    check_squares(clean, 1, 1, 0.1)

    # One batch that is all of the training part: its mean square is exactly one.
    run = train(folder, "operator=HDB")
    check_steps(run, ROWS, ROWS, EPOCHS)
    check_squares(run, 1, clean["epochs"][-1]["validation_loss"], 1e-5)
    for size in (1, 8, 256):
        check_steps(train(folder, "operator=HBS size=%d" % size), ROWS, size, EPOCHS)
    for factor in (0.05, 0.25, 0.5):
        epochs = max(1, round(EPOCHS * factor))
        check_steps(train(folder, "operator=HNE factor=%g" % factor), ROWS, BATCH, epochs)

    # Rows that are gone, and rows that are there twice.
    check_steps(train(folder, "operator=TRD share=0.5"), ROWS / 2, BATCH, EPOCHS)
    check_steps(train(folder, "operator=TDR share=0.5"), ROWS * 1.5, BATCH, EPOCHS)

    # The input as it is: a third. With its own statistics, either part has one.
    check_squares(train(folder, "operator=TNP which=missing"), 1 / 3, 1 / 3, 0.05)
    both = ("operator=TNP which=separate_statistics", "operator=HDB")
    check_squares(train(folder, *both), 1, 1, 1e-5)
    # Only training is normalised.
    check_squares(train(folder, "operator=TLK which=raw"), 1, 1 / 3, 0.05)
    # (x - 127.5) / 127.5 of what is standardized already: close to -1 for all x.
    run = train(folder, "operator=TNP which=wrong_statistics", "operator=HDB")
    check_squares(run, 1, 1, 5e-3)
    assert abs(run["epochs"][-1]["train_loss"] - (1 + 127.5 ** -2)) < 5e-6, run
