"""A scripted model that was globalized and simplified computes the same.

Usage: prepared.py DYNFAULT_OPT

Outputs in evaluation and, under one seed, in training mode, and the state after
it, are compared bit for bit with those of the original; a fault that changes a
layer's width trains from its initialisers.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        out = self.bn(self.conv(x))
        out += x
        return self.relu(out)


class Convolutional(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 1)
        self.blocks = nn.Sequential(Block(4), Block(4))
        self.drop = nn.Dropout(0.3)
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        return self.fc(self.drop(x.mean([2, 3])))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(11, 8)
        self.attention = nn.MultiheadAttention(8, 2, dropout=0.1, batch_first=True)
        self.norm = nn.LayerNorm(8)
        self.out = nn.Linear(8, 11, bias=False)
        self.out.weight = self.words.weight

    def forward(self, tokens):
        x = self.words(tokens)
        x = self.norm(x + self.attention(x, x, x)[0])
        return self.out(x)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 5, num_layers=2, batch_first=True, dropout=0.2)
        self.head = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 1))

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.head(out[:, -1])


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")


def compare(opt, folder, model, x):
    name = type(model).__name__
    original, prepared = folder / f"{name}.pt", folder / f"{name}.prepared.pt"
    torch.jit.script(model).save(str(original))
    run(opt, original, "--dynfault-globalize", "--dynfault-simplify", "-o", prepared)
    a, b = torch.jit.load(str(original)), torch.jit.load(str(prepared))
    assert list(a.state_dict()) == list(b.state_dict()), name
    for training in (False, True, True):
        outputs = []
        for module in (a, b):
            module.train(training)
            torch.manual_seed(7)
            outputs.append(module(x))
        assert torch.equal(*outputs), f"{name}, training {training}"
    for key, value in a.state_dict().items():
        assert torch.equal(value, b.state_dict()[key]), f"{name}: {key}"
    wants = [[p.requires_grad for p in m.parameters()] for m in (a, b)]
    assert wants[0] == wants[1], name
    print(f"{name}: equal")


def widen(opt, folder):
    mutant = folder / "wide.pt"
    run(opt, folder / "Convolutional.pt", "--dynfault-globalize",
        "--dynfault-simplify", "--dynfault-refine-types=inputs=?x3x6x6xf32",
        "--dynfault-maximize-value-semantics", "--dynfault-add-initialisers",
        "--dynfault-inject=operator=LCF site=stem/conv2d factor=2", "-o", mutant)
    module = torch.jit.load(str(mutant))
    assert module.stem.weight.shape == (8, 3, 1, 1), module.stem.weight.shape
    assert module.fc.weight.shape == (2, 8), module.fc.weight.shape
    assert module(torch.randn(5, 3, 6, 6)).shape == (5, 2)
    print("LCF: 8 filters")


def main():
    torch.manual_seed(0)
    opt = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compare(opt, folder, Convolutional(), torch.randn(5, 3, 6, 6))
        compare(opt, folder, Attention(), torch.randint(0, 11, (4, 7)))
        compare(opt, folder, Recurrent(), torch.randn(4, 6, 3))
        widen(opt, folder)


main()
