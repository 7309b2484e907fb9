#!/usr/bin/env python3
"""Trains a program of models/ in eager PyTorch, as one would write it by hand.

  test/throughput/eager.py PROGRAM --runs N [--loader dataloader|preloaded]
  test/throughput/eager.py PROGRAM --count-operations

Same architecture, optimizer, batch size, epochs, data set and row counts as the
program's .mlir file, and the same numbers recorded: the loss of each step, loss and
metric after each epoch, and every ten steps the statistics of gradients and weights that
--dynfault-insert-gradient-probes records, but for the three quantiles of each gradient and
the share of zeros over all of them. Rows are drawn and parameters are initialised by
PyTorch, so the losses are alike, not equal. Prints one JSON object: processor seconds, and
the last run's losses and metric. With --count-operations, the floating-point operations of
the linear layers and convolutions of one run (a multiplication and an addition count as two;
backward as twice the forward) and nothing else.
"""

import argparse
import json
import os
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

EVERY = 10


def folder(name):
    data = os.environ.get("DYNFAULT_DATA_DIR")
    if not data:
        cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        data = os.path.join(cache, "dynfault", "data")
    return os.path.join(data, name)


def only_file(name, *endings):
    paths = [os.path.join(folder(name), each) for each in sorted(os.listdir(folder(name)))]
    return [path for path in paths if path.endswith(endings)]


def abalone():
    rows, targets = [], []
    for path in only_file("abalone", ".train", ".test"):
        with open(path, encoding="ascii") as lines:
            next(lines)
            numbers = [[float(word) for word in line.split()] for line in lines if line.strip()]
        rows += numbers[0::2]
        targets += numbers[1::2]
    return torch.tensor(rows), torch.tensor(targets)


def table(name, skip):
    values = numpy.loadtxt(only_file(name, ".csv")[0], delimiter=",", skiprows=skip)
    return torch.tensor(values[:, :-1], dtype=torch.float32), torch.tensor(values[:, -1:], dtype=torch.float32)


def ionosphere():
    rows, targets = [], []
    with open(only_file("ionosphere", ".arff")[0], encoding="latin-1") as lines:
        for line in lines:
            if line.strip() and line[0] not in "%@":
                *values, label = line.strip().split(",")
                rows.append([float(value) for value in values])
                targets.append(int(label == "g"))
    return torch.tensor(rows), torch.tensor(targets)


def fashion_mnist():
    import gzip

    def read(part, skip):
        path = [each for each in only_file("fashion-mnist", "ubyte.gz", "ubyte") if part in each][0]
        opened = gzip.open(path) if path.endswith(".gz") else open(path, "rb")
        with opened as file:
            return numpy.frombuffer(file.read(), dtype=numpy.uint8, offset=skip)

    images = read("train-images", 16).reshape(-1, 1, 28, 28)
    return torch.tensor(images, dtype=torch.float32) / 255, torch.tensor(read("train-labels", 8), dtype=torch.int64)


def ecg():
    signal = numpy.load(only_file("ecg", ".dat", ".npz")[0])["ecg"].astype(numpy.float32)
    windows = numpy.lib.stride_tricks.sliding_window_view(signal, 256)[::80]
    rows = torch.tensor(numpy.ascontiguousarray(windows))
    return rows, rows


def standardize(x, train):
    deviation = x[:train].std(0, unbiased=False)
    return (x - x[:train].mean(0)) / torch.where(deviation > 0, deviation, torch.ones_like(deviation))


class Pulses(nn.Module):
    def forward(self, x):
        return x.view(-1, 17, 2).transpose(1, 2)


class MeanOverTime(nn.Module):
    def forward(self, x):
        return x.mean(2)


def mlp(inputs):
    return nn.Sequential(nn.Linear(inputs, 64), nn.ReLU(), nn.Linear(64, WIDTH[inputs]), nn.ReLU(),
                         nn.Linear(WIDTH[inputs], 1))


# The second hidden layer, by the number of inputs.
WIDTH = {10: 64, 57: 32}


def bn_tanh():
    return nn.Sequential(nn.BatchNorm1d(30, momentum=0.01, eps=1e-3), nn.Linear(30, 64), nn.Tanh(), nn.Dropout(0.5),
                         nn.Linear(64, 64), nn.Tanh(), nn.Dropout(0.5), nn.Linear(64, 1))


def lenet5():
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
                         nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
                         nn.Linear(84, 10))


def fcn():
    layers = [Pulses()]
    for inputs in (2, 32, 32):
        layers += [nn.Conv1d(inputs, 32, 3, padding=1), nn.BatchNorm1d(32, momentum=0.1, eps=1e-3), nn.ReLU()]
    return nn.Sequential(*layers, MeanOverTime(), nn.Linear(32, 2))


def autoencoder(shapes):
    one, two, three, four, five = shapes
    return nn.Sequential(
        nn.Unflatten(1, (1, 256)), nn.Conv1d(*one, 7, stride=2, padding=3), nn.ReLU(), nn.Dropout(0.2),
        nn.Conv1d(*two, 7, stride=2, padding=3), nn.ReLU(),
        nn.ConvTranspose1d(*three, 7, stride=2, padding=3, output_padding=1), nn.ReLU(), nn.Dropout(0.2),
        nn.ConvTranspose1d(*four, 7, stride=2, padding=3, output_padding=1), nn.ReLU(),
        nn.ConvTranspose1d(*five, 7, stride=1, padding=3), nn.Flatten(1))


def adam(parameters):
    return torch.optim.Adam(parameters, lr=1e-3)


def nesterov(parameters):
    return torch.optim.SGD(parameters, lr=0.1, momentum=0.9, nesterov=True)


class Program:
    def __init__(self, data, model, loss, optimizer, train, validation, epochs, batch, classification,
                 standardized=True, standardized_target=False):
        self.data, self.model, self.loss, self.optimizer = data, model, loss, optimizer
        self.train, self.validation, self.epochs, self.batch = train, validation, epochs, batch
        self.classification = classification
        self.standardized, self.standardized_target = standardized, standardized_target


BCE = functional.binary_cross_entropy_with_logits
PROGRAMS = {
    "mlp_abalone": Program(abalone, lambda: mlp(10), functional.mse_loss, adam, 3000, 1100, 8, 32, False,
                           standardized_target=True),
    "mlp_spambase": Program(lambda: table("spambase", 0), lambda: mlp(57), BCE, adam, 3400, 1200, 8, 32, True),
    "bn_tanh_breast_cancer": Program(lambda: table("breast-cancer", 1), bn_tanh, BCE, nesterov, 400, 169, 20, 16, True),
    "lenet5_fashion_mnist": Program(fashion_mnist, lenet5, functional.cross_entropy, adam, 3000, 1000, 3, 64, True,
                                    standardized=False),
    "fcn_ionosphere": Program(ionosphere, fcn, functional.cross_entropy, adam, 250, 100, 20, 32, True,
                              standardized=False),
    "conv1d_autoencoder_ecg": Program(ecg, lambda: autoencoder(ECG_SHAPES), functional.mse_loss, adam, 900, 300, 12,
                                      128, False, standardized_target=True),
}


# Input and output channels of the layers; main() reads them from the program.
ECG_SHAPES = None


def read_shapes(path):
    """The five weights of conv1d_autoencoder_ecg as (input, output) channels."""
    import re
    shapes = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            found = re.search(r"global_slot @(\w+)\.conv\d\.weight .*vtensor<\[(\d+),(\d+),7\]", line)
            if found:
                first, second = int(found[2]), int(found[3])
                shapes.append((second, first) if found[1] == "encoder" else (first, second))
    return shapes


def metric(program, output, target):
    if not program.classification:
        return 1 - ((output - target) ** 2).sum() / ((target - target.mean(0)) ** 2).sum()
    if target.dtype == torch.int64:
        return (output.argmax(1) == target).float().mean()
    return ((output > 0) == (target > 0.5)).float().mean()


@torch.no_grad()
def evaluate(program, model, x, y):
    model.eval()
    output = torch.cat([model(part) for part in x.split(256)])
    losses = [program.loss(a, b).item() * len(b) for a, b in zip(output.split(program.batch), y.split(program.batch))]
    result = sum(losses) / len(y), metric(program, output, y).item()
    model.train()
    return result


@torch.no_grad()
def record(log, model):
    """What the gradient probe records, by its definitions (docs/probes.md)."""
    for name, parameter in model.named_parameters():
        gradient = parameter.grad
        values = {"gradient_norm": gradient.norm(), "gradient_mean_abs": gradient.abs().mean(),
                  "gradient_max_abs": gradient.abs().max(), "gradient_zero_share": (gradient == 0).float().mean(),
                  "weight_norm": parameter.norm(), "weight_mean": parameter.mean(),
                  "weight_std": parameter.std(unbiased=False), "weight_max_abs": parameter.abs().max()}
        for key, value in values.items():
            log.setdefault((key, name), []).append(value.item())


def batches(program, x, y, loader):
    if loader == "dataloader":
        dataset = torch.utils.data.TensorDataset(x, y)
        return lambda: torch.utils.data.DataLoader(dataset, batch_size=program.batch, shuffle=True)

    def preloaded():
        order = torch.randperm(len(x))
        return zip(x[order].split(program.batch), y[order].split(program.batch))

    return preloaded


def train(program, x, y, seed, loader):
    torch.manual_seed(seed)
    model = program.model()
    optimizer = program.optimizer(model.parameters())
    train_x, train_y = x[:program.train], y[:program.train]
    held_x, held_y = (part[program.train:program.train + program.validation] for part in (x, y))
    log, losses, step = {}, [], 0
    epoch_batches = batches(program, train_x, train_y, loader)
    last = program.epochs * -(-program.train // program.batch) - 1
    for _ in range(program.epochs):
        for inputs, targets in epoch_batches():
            optimizer.zero_grad()
            loss = program.loss(model(inputs), targets)
            loss.backward()
            if step % EVERY == 0 or step == last:
                record(log, model)
            optimizer.step()
            losses.append(loss.item())
            step += 1
        _, train_metric = evaluate(program, model, train_x[:1000], train_y[:1000])
        held_loss, held_metric = evaluate(program, model, held_x, held_y)
        log.setdefault("epochs", []).append((train_metric, held_loss, held_metric))
    return losses, log


def count_operations(program, x):
    """Of all steps and evaluations of a run."""
    counts = []

    def count(layer, inputs, output):
        # Each output entry is a sum over one slice of the weights; transposed
        # convolutions spread each input entry instead.
        places = inputs[0] if isinstance(layer, nn.ConvTranspose1d) else output
        counts.append(2 * places.numel() * layer.weight[0].numel())

    model = program.model().eval()
    for layer in model.modules():
        if isinstance(layer, (nn.Linear, nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d)):
            layer.register_forward_hook(count)
    model(x[:10])
    row = sum(counts) / 10
    return program.epochs * row * (3 * program.train + min(1000, program.train) + program.validation)


def main():
    global ECG_SHAPES
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", choices=sorted(PROGRAMS))
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--loader", choices=("dataloader", "preloaded"), default="dataloader")
    parser.add_argument("--count-operations", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    models = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "models")
    ECG_SHAPES = read_shapes(os.path.join(models, "conv1d_autoencoder_ecg.mlir"))
    program = PROGRAMS[arguments.program]
    x, y = program.data()
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))[:program.train + program.validation]
    if len(order) < program.train + program.validation:
        sys.exit(f"{arguments.program}: has {len(order)} rows, fewer than the program trains on")
    x, y = x[order], y[order]
    if program.standardized:
        x = standardize(x, program.train)
    if program.standardized_target:
        y = standardize(y, program.train)
    if arguments.count_operations:
        print(count_operations(program, x))
        return
    begin = time.process_time()
    for seed in range(arguments.runs):
        losses, log = train(program, x, y, seed, arguments.loader)
    print(json.dumps({"training_seconds": time.process_time() - begin, "first_loss": losses[0],
                      "last_loss": sum(losses[-10:]) / 10, "validation_metric": log["epochs"][-1][2]}))


if __name__ == "__main__":
    main()
