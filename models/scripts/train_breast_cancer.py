#!/usr/bin/env python3
# ===- train_breast_cancer.py - A training loop of one's own ----------------=== #
#
# An ordinary PyTorch script: its own data, loss, optimizer and evaluation. The
# three lines marked (1) to (3) are all that a trace of it takes, besides loading
# the model from an instrumented archive:
#
#   dynfault-opt --dynfault-instrument models/bn_tanh_breast_cancer.mlir -o program.pt
#   models/scripts/train_breast_cancer.py LIBRARY program.pt trace.sqlite
#
# LIBRARY is build/lib/libdynfault-script.so.
#
# ===-----------------------------------------------------------------------=== #
import argparse

import torch
from sklearn.datasets import load_breast_cancer

parser = argparse.ArgumentParser(description="Train on breast cancer and record a trace.")
parser.add_argument("library")
parser.add_argument("archive")
parser.add_argument("trace")
parser.add_argument("--optimizer", default="SGD", help="a class of torch.optim")
parser.add_argument("--epochs", type=int, default=10)
parser.add_argument("--seed", type=int, default=0)
arguments = parser.parse_args()

torch.manual_seed(arguments.seed)
data = load_breast_cancer()
inputs = torch.tensor(data.data, dtype=torch.float32)
targets = torch.tensor(data.target, dtype=torch.float32).unsqueeze(1)
order = torch.randperm(len(inputs))
train, held_out = order[:400], order[400:]
inputs = (inputs - inputs[train].mean(0)) / inputs[train].std(0)
loader = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(inputs[train], targets[train]), batch_size=16, shuffle=True
)

torch.ops.load_library(arguments.library)  # (1)
model = torch.jit.load(arguments.archive)
model.reset_parameters()
options = {"momentum": 0.9, "nesterov": True} if arguments.optimizer == "SGD" else {}
optimizer = getattr(torch.optim, arguments.optimizer)(model.parameters(), lr=0.01, **options)

for epoch in range(arguments.epochs):
    model.train()
    for batch, target in loader:
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(model(batch), target)
        loss.backward()
        optimizer.step()
        torch.ops.dynfault.record_step(model.recorder, loss, optimizer.state, optimizer.param_groups)  # (2)
    model.eval()
    with torch.no_grad():
        accuracy = ((model(inputs[held_out]) > 0) == (targets[held_out] > 0.5)).float().mean()
    print(f"epoch {epoch + 1}: loss {loss.item():.4f}, accuracy {accuracy.item():.3f}")

torch.ops.dynfault.write_trace(model.recorder, arguments.archive, arguments.trace, arguments.seed)  # (3)
