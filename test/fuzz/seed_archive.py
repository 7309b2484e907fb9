"""Writes small TorchScript archives to the folder that is its argument."""

import os
import sys
from typing import Dict, List, NamedTuple, Optional

import torch
from torch import Tensor, nn


class Pair(NamedTuple):
    x: Tensor
    n: int


class Net(nn.Module):
    table: Dict[str, int]

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2, 3))
        self.register_buffer("b", torch.arange(6.0).view(2, 3).t())
        self.table = {"a": 1}
        self.sizes = [1, 2, 3]
        self.device = torch.device("cpu")

    def forward(self, x: Tensor, k: Optional[int] = None) -> Pair:
        if k is not None:
            for i in range(k):
                x = x + i
        names: List[str] = ["{}".format(self.table["a"])]
        return Pair(torch.matmul(x, self.w).relu_() + self.b[0, 0], len(names))


class Small(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x


folder = sys.argv[1]
torch.jit.script(Net()).save(os.path.join(folder, "net.pt"))
torch.jit.script(Small()).save(os.path.join(folder, "small.pt"))
torch.jit.script(nn.Sequential(nn.Linear(2, 2), nn.Dropout())).save(os.path.join(folder, "seq.pt"))
torch.jit.trace(nn.Conv1d(1, 1, 2), torch.ones(1, 1, 4)).save(os.path.join(folder, "traced.pt"))
