"""Sends modules that use each feature of TorchScript through dynfault-opt and back,
and compares what the two archives hold and do."""

import enum
import os
import re
import subprocess
import sys
import tempfile
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn


class Point(NamedTuple):
    x: Tensor
    names: List[str]


class Color(enum.Enum):
    RED = 1
    GREEN = 2


@torch.jit.script
class Counter:
    def __init__(self, start: int):
        self.count = start

    def add(self, n: int) -> int:
        self.count += n
        return self.count


@torch.jit.interface
class Layer(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        pass


class Double(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * 2


class Net(nn.Module):
    layer: Layer
    labels: Dict[str, int]
    maybe: Optional[Tensor]

    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 4)
        self.b = nn.Linear(4, 4)
        self.b.weight = self.a.weight  # tied
        self.shared = self.a
        self.blocks = nn.ModuleList([nn.Sequential(nn.Linear(4, 4), nn.ReLU()) for _ in range(2)])
        self.named = nn.ModuleDict({"one": nn.Dropout(0.5), "two": nn.BatchNorm1d(4)})
        self.layer = Double()
        self.labels = {"cat": 1, "dog": 2}
        self.maybe = None
        self.scales = [0.5, float("inf"), 1e-30]
        self.pair = (3, "text \"quoted\" \\ \n é")
        self.device = torch.device("cpu")
        base = torch.arange(24, dtype=torch.float64)
        self.register_buffer("left", base[:12].view(3, 4))
        self.register_buffer("right", base[8:20])  # overlaps `left`
        self.register_buffer("turned", torch.arange(12.0).view(3, 4).t())
        self.register_buffer("flags", torch.tensor([True, False, True]))
        self.register_buffer("many_flags", torch.arange(100) % 3 == 0)
        self.register_buffer("empty", torch.zeros(0, 3))
        self.register_buffer("scalar", torch.tensor(7))
        self.register_buffer("brain", torch.ones(3, dtype=torch.bfloat16))
        self.register_buffer("expanded", torch.ones(1, 1).expand(40, 50))
        self.frozen = nn.Parameter(torch.ones(4), requires_grad=False)
        self.plain = torch.full((50,), 2.5)
        self.images = nn.Parameter(torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last))

    def forward(self, x: Tensor, times: int = 2, mode: Optional[str] = None) -> Point:
        counter = Counter(1)
        for i, block in enumerate(self.blocks):
            x = block(x)
        total = 0
        while total < times:
            x = self.a(x) + self.b(x)
            total = counter.add(1)
            if total > 5:
                break
        if mode is not None and mode == "wide":
            x = torch.cat([x, self.shared(x)], 1)[:, :4]
        names: List[str] = []
        for key, value in self.labels.items():
            names.append("{} {}".format(key, value))
        x = self.layer(self.named["two"](self.named["one"](x)))
        x.add_(self.plain[:4]).mul_(self.frozen)
        if torch.jit.isinstance(names, List[str]):
            names.append("list")
        maybe = self.maybe
        if maybe is None:
            names.append("none")
        else:
            x = x + maybe
        return Point(x, names)

    @torch.jit.export
    def color(self, i: int) -> Tuple[int, Color]:
        if i < 0:
            raise ValueError("i is negative")
        c = Color.RED
        if i > 3:
            c = Color.GREEN
        return c.value, c

    @torch.jit.export
    def grow(self, key: str) -> int:
        self.labels[key] = len(self.labels) + 1
        self.maybe = torch.ones(1)
        return self.labels[key]


def pre_hook(self, input: Tuple[Tensor]) -> Tuple[Tensor]:
    return (input[0] + 1,)


def hook(self, input: Tuple[Tensor], output: Tensor) -> Tensor:
    return output * 3


class Inner(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.relu()


class Hooked(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()
        self.inner.register_forward_pre_hook(pre_hook)
        self.inner.register_forward_hook(hook)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x)


@torch.jit.script
class Scaled(object):
    def __init__(self, factor: float):
        self.factor = factor

    def __enter__(self) -> float:
        self.factor = self.factor * 2.0
        return self.factor

    def __exit__(self, type: Any, value: Any, traceback: Any):
        self.factor = 0.0


class Contexts(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        y = self.fc(x)
        with torch.no_grad():
            # The same as y, but no gradient goes through it.
            z = self.fc(x)
        context = Scaled(1.5)
        with context as factor:
            y = y * factor
        return y * (z + context.factor)


def scaled(x: Tensor, scale: Optional[Tensor]) -> Tensor:
    # Refined twice: TorchScript casts, and casts the cast.
    if scale is None:
        return x
    elif isinstance(scale, Tensor):
        return x * scale
    return x


class Refined(nn.Module):
    def forward(self, x: Tensor, scale: Optional[Tensor] = None) -> Tensor:
        return scaled(x, scale)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 8, num_layers=2, dropout=0.5, bidirectional=True)
        self.attention = nn.MultiheadAttention(16, 2)

    def forward(self, x: Tensor) -> Tuple[Tensor, Optional[Tensor]]:
        y, _ = self.lstm(x)
        return self.attention(y, y, y)


class Traced(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout())

    def forward(self, x):
        table = torch.arange(100.0)  # a constant of the graph
        return self.net(x) * table.sum(), {"rows": torch.tensor([1.5] * 20)}


def convert(opt, source, target, *options):
    done = subprocess.run([opt, source, "-o", target, *options], stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, (source, done.stderr)


def code(path):
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return {
            name.split("/", 1)[1]: archive.read(name)
            for name in archive.namelist()
            if "/code/" in name and name.endswith(".py")
        }


def graphs(module):
    """The graphs of all methods, without the names of values and the places."""
    found = []
    for path, part in module.named_modules():
        for name in part._c._method_names():
            lines = str(part._c._get_method(name).graph).splitlines()
            # Constants come in the order in which the code's text names them.
            text = "\n".join(
                re.sub(r"%[\w.]+", "%", line.split(" # ")[0])
                for line in lines if " = prim::Constant" not in line)
            found.append((path, name, text, str(part._c._get_method(name).schema)))
    return found


def state(module):
    entries = []
    for key, value in module.state_dict(keep_vars=True).items():
        entries.append((key, value.dtype, value.stride(), value.storage_offset(),
                        value.requires_grad, value.detach().tolist()))
    return entries


def sharing(module):
    groups = {}
    for key, value in module.state_dict(keep_vars=True).items():
        if value.numel():
            groups.setdefault(value.storage().data_ptr(), []).append(key)
    return sorted(groups.values())


def flatten(value):
    if isinstance(value, Tensor):
        return [value.dtype, value.tolist()]
    if isinstance(value, dict):
        return [(key, flatten(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return [getattr(value, "_fields", None)] + [flatten(item) for item in value]
    return str(value)


def tensors(value):
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [t for item in value for t in tensors(item)] if isinstance(value, (list, tuple)) else []


def gradients(module, value):
    """Of the sum of all outputs; also which outputs have one."""
    outputs = tensors(value)
    module.zero_grad(set_to_none=True)
    if any(t.requires_grad for t in outputs):
        sum(t.sum() for t in outputs if t.requires_grad).backward()
    return [t.requires_grad for t in outputs], [
        (key, None if p.grad is None else p.grad.tolist()) for key, p in module.named_parameters()]


def check(opt, folder, module, calls, *passes):
    first, text, second = (os.path.join(folder, n) for n in ("a.pt", "a.mlir", "b.pt"))
    again, third = os.path.join(folder, "again.mlir"), os.path.join(folder, "c.pt")
    module.save(first)
    for weights in ("--weights=external", "--weights=inline"):
        convert(opt, first, text, weights)
        convert(opt, text, second)
        # The same text gives the same bytes, and so does what was written.
        convert(opt, text, third)
        assert open(second, "rb").read() == open(third, "rb").read()
        original, written = torch.jit.load(first), torch.jit.load(second)
        assert graphs(original) == graphs(written), [
            pair for pair in zip(graphs(original), graphs(written)) if pair[0] != pair[1]][:1]
        assert state(original) == state(written)
        assert sharing(original) == sharing(written), (sharing(original), sharing(written))
        assert [n for n, _ in original.named_modules()] == [n for n, _ in written.named_modules()]
        assert ([n for n, _ in original.named_parameters()]
                == [n for n, _ in written.named_parameters()])
        for training in (False, True):
            for name, *arguments in calls:
                results = []
                for loaded in (original, written):
                    loaded.train(training)
                    torch.manual_seed(3)
                    with torch.jit.optimized_execution(False):
                        value = getattr(loaded, name)(*arguments)
                    results.append((flatten(value), gradients(loaded, value)))
                assert results[0] == results[1], (name, training)
        assert state(original) == state(written)
    # What was written once stays as it is.
    convert(opt, second, again)
    convert(opt, again, third)
    assert code(second) == code(third)


def main():
    opt = sys.argv[1]
    torch.manual_seed(0)
    x = torch.randn(5, 4)
    with tempfile.TemporaryDirectory() as folder:
        check(opt, folder, torch.jit.script(Net()),
              [("forward", x), ("forward", x, 4, "wide"), ("color", 1), ("color", 7),
               ("grow", "cow"), ("forward", x)])
        check(opt, folder, torch.jit.script(Hooked()), [("__call__", x)])
        check(opt, folder, torch.jit.script(Contexts()), [("forward", x)])
        check(opt, folder, torch.jit.script(Refined()), [("forward", x), ("forward", x, x)])
        check(opt, folder, torch.jit.script(Recurrent()), [("forward", torch.randn(3, 2, 4))])
        image = torch.randn(2, 3, 8, 8)
        check(opt, folder, torch.jit.trace(Traced().eval(), image, strict=False),
              [("forward", image)])


if __name__ == "__main__":
    main()
