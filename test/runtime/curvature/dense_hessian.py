# ===- dense_hessian.py - Curvature of archives against dense matrices ------=== #
#
# Small networks of every kind, as archives, probed in three and more training
# steps in a row. The oracle is the dense Hessian of the same network in eager
# float64: once by double backward, once by differences of the gradient, which
# no second derivative enters. Exit status 77: no PyTorch.
#
#   dense_hessian.py LIBRARY [MODEL ...]
#
# ===-----------------------------------------------------------------------=== #
import contextlib
import copy
import math
import sys
import tempfile

try:
    import torch
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

import torch.nn.functional as F
from torch import nn

torch.ops.load_library(sys.argv[1])
SEED = 5
CALLS = 3
SAMPLES = 8
BETA1, BETA2, EPS = 0.9, 0.99, 1e-3


class LeastSquares(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(5, 3, bias=False)

    def forward(self, x):
        return self.fc(x)


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(5, 6)
        self.fc2 = nn.Linear(6, 4, bias=False)
        self.out = nn.Linear(4, 3)

    def forward(self, x):
        return self.out(F.elu(self.fc2(torch.tanh(self.fc1(x)))))


class Conv(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 2, 3, padding=1)
        self.conv2 = nn.Conv2d(2, 2, 3, stride=2, bias=False)
        self.out = nn.Linear(8, 3)

    def forward(self, x):
        h = F.max_pool2d(torch.sigmoid(self.conv1(x.reshape(-1, 1, 5, 5).repeat(1, 1, 2, 2))), 2)
        return self.out(F.softplus(self.conv2(h)).flatten(1))


class BatchNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(5, 6)
        self.norm = nn.BatchNorm1d(6)
        self.plain = nn.BatchNorm1d(6, affine=False)
        self.out = nn.Linear(6, 3)

    def forward(self, x):
        return self.out(torch.tanh(self.plain(torch.tanh(self.norm(self.fc1(x))) ** 2)))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 2, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(2)
        self.conv = nn.Conv2d(2, 2, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(2)
        self.out = nn.Linear(2, 3)

    def forward(self, x):
        h = torch.tanh(self.norm1(self.stem(x.reshape(-1, 1, 5, 5))))
        h = F.silu(h + self.norm2(self.conv(h)))
        return self.out(h.mean([2, 3]))


class LayerNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(5, 6)
        self.norm = nn.LayerNorm(6)
        self.out = nn.Linear(6, 3)

    def forward(self, x):
        return self.out(F.gelu(self.norm(self.fc1(x))))


class Dropout(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(5, 8)
        self.drop = nn.Dropout(0.4)
        self.out = nn.Linear(8, 3)

    def forward(self, x):
        return self.out(self.drop(torch.tanh(self.fc1(self.drop(x)))))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 3, num_layers=2, batch_first=True)
        self.out = nn.Linear(3, 3)

    def forward(self, x):
        h, _ = self.lstm(x.reshape(x.size(0), -1, 2))
        return self.out(h[:, -1])


class Gru(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(1, 3, batch_first=True, bidirectional=True)
        self.out = nn.Linear(6, 3)

    def forward(self, x):
        h, _ = self.gru(x.unsqueeze(2))
        return self.out(h.mean(1))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.out = nn.Linear(4, 3)

    def forward(self, x):
        h = x.reshape(x.size(0), -1, 4)
        h, _ = self.attention(h, h, h, need_weights=False)
        return self.out(h.mean(1))


class Embedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(9, 3)
        self.fc = nn.Linear(3, 4)
        self.out = nn.Linear(4, 3)

    def forward(self, x):
        h = self.embedding((x.abs() * 4).long().clamp(max=8))
        return self.out(torch.tanh(self.fc(h.mean(1))))


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(5, 3)
        self.scale = nn.Linear(3, 5)

    def forward(self, x):
        h = torch.tanh(self.fc1(x))
        return F.linear(torch.tanh(self.scale(h)), self.fc1.weight) + F.linear(h, self.fc1.weight.t()).sum(
            1, keepdim=True
        )


# name: (network, columns of the input, loss)
MODELS = {
    "least_squares": (LeastSquares, 5, "mse_loss"),
    "mlp": (Mlp, 5, "cross_entropy"),
    "conv": (Conv, 25, "cross_entropy"),
    "batch_norm": (BatchNorm, 5, "cross_entropy"),
    "residual": (Residual, 25, "cross_entropy"),
    "layer_norm": (LayerNorm, 5, "smooth"),
    "dropout": (Dropout, 5, "cross_entropy"),
    "lstm": (Lstm, 8, "cross_entropy"),
    "gru": (Gru, 4, "mse_loss"),
    "attention": (Attention, 12, "cross_entropy"),
    "embedding": (Embedding, 4, "cross_entropy"),
    "tied": (Tied, 5, "bce"),
}

LOSSES = {
    "mse_loss": lambda output, target: F.mse_loss(output, F.one_hot(target, 3).to(output.dtype)),
    "cross_entropy": F.cross_entropy,
    "smooth": lambda output, target: F.cross_entropy(output, target, label_smoothing=0.1, reduction="sum"),
    "bce": lambda output, target: F.binary_cross_entropy_with_logits(
        output, F.one_hot(target, 3).to(output.dtype)
    ),
}
LOSS_SOURCES = {
    "mse_loss": "F.mse_loss(output, F.one_hot(target, 3).to(output.dtype))",
    "cross_entropy": "F.cross_entropy(output, target)",
    "smooth": "F.cross_entropy(output, target, label_smoothing=0.1, reduction='sum')",
    "bce": "F.binary_cross_entropy_with_logits(output, F.one_hot(target, 3).to(output.dtype))",
}


def check(condition, what):
    if not condition:
        sys.exit(f"dense_hessian.py: {what}")


def program(net):
    """A class of its own for each archive: methods are added to the class."""

    class Program(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net
            self.recorder = torch.classes.dynfault.Recorder()
            self.steps_done = 0
            for i, parameter in enumerate(net.parameters()):
                self.register_buffer(f"moment{i}", torch.rand_like(parameter) + 0.1)

        def forward(self, x):
            return self.net(x)

    return torch.jit.script(Program())


def archive(net, loss):
    """The network as an archive whose training step probes everything."""
    names = [name for name, _ in net.named_parameters()]
    size = sum(p.numel() for p in net.parameters())
    # The bias of a convolution is optional to TorchScript.
    parameters = ", ".join(
        f"torch.jit._unwrap_optional(self.net.{name})" if name.startswith("conv") else f"self.net.{name}"
        for name in names
    )
    moments = ", ".join(f"self.moment{i}" for i in range(len(names)))
    module = program(net)
    module.define(
        f"""
def loss(self, output: Tensor, target: Tensor) -> Tensor:
    return {LOSS_SOURCES[loss]}

def products(self, x: Tensor, target: Tensor, vectors: Tensor, matrix: str, training: bool) -> Tensor:
    return torch.ops.dynfault.hessian_product(self, x, target, [{parameters}], vectors, matrix, {SEED}, training)

def probe(self, x: Tensor, target: Tensor, xtrace: bool) -> None:
    torch.ops.dynfault.begin_step(self.recorder, self.steps_done)
    torch.ops.dynfault.record_curvature(self, self.recorder, x, target, [{parameters}], 0.1, 1, {size},
        {SAMPLES}, {SEED}, False, True, {names},
        ["groups", "gauss_newton", "preconditioned", "spectral_density"], 1e-9,
        "xtrace" if xtrace else "hutchinson", "adam", {BETA1}, 0.0, False, {BETA2}, {EPS},
        [{moments}], [self.steps_done + 1 for _ in [{parameters}]])

def training_step(self, x: Tensor, target: Tensor, vectors: Tensor) -> Tuple[Tensor, Tensor]:
    ps = [{parameters}]
    self.probe(x, target, self.steps_done % 2 == 1)
    products = self.products(x, target, vectors, "hessian", True)
    loss = self.loss(self.forward(x), target)
    torch.ops.dynfault.zero_grad_(ps)
    loss.backward()
    torch.ops.dynfault.sgd_(ps, torch.jit.annotate(List[Tensor], []), [0 for _ in ps], 0.1, 0.0, 0.0, 0.0, False)
    torch.ops.dynfault.end_step(self.recorder)
    self.steps_done = self.steps_done + 1
    return loss.detach(), products
"""
    )
    with tempfile.NamedTemporaryFile(suffix=".pt") as file:
        module.save(file.name)
        return torch.jit.load(file.name)


@contextlib.contextmanager
def plain_attention():
    """LibTorch 2's fused attention on a CPU has no second derivative."""
    before = torch.backends.cuda.flash_sdp_enabled()
    torch.backends.cuda.enable_flash_sdp(False)
    yield
    torch.backends.cuda.enable_flash_sdp(before)


class Eager:
    """The same network, differentiated densely."""

    def __init__(self, net, loss, x, target, training=True):
        self.net = copy.deepcopy(net).train(training)
        self.loss, self.x, self.target = LOSSES[loss], x, target
        self.parameters = list(self.net.parameters())

    def flat(self, parts):
        return torch.cat([
            (torch.zeros_like(p) if part is None else part).reshape(-1)
            for part, p in zip(parts, self.parameters)
        ])

    def gradient(self, create_graph=False):
        torch.manual_seed(SEED)
        loss = self.loss(self.net(self.x), self.target)
        return self.flat(torch.autograd.grad(loss, self.parameters, create_graph=create_graph, allow_unused=True))

    def rows(self, vector, inputs, weights=None):
        """The Jacobian of a vector, row by row."""
        result = []
        for entry in vector:
            if not entry.requires_grad:
                result.append(torch.zeros(sum(p.numel() for p in inputs), dtype=vector.dtype))
                continue
            parts = torch.autograd.grad(entry, inputs, retain_graph=True, allow_unused=True)
            result.append(torch.cat([
                (torch.zeros_like(p) if part is None else part).reshape(-1) for part, p in zip(parts, inputs)
            ]))
        return torch.stack(result)

    def hessian(self):
        with plain_attention():
            gradient = self.gradient(create_graph=True)
        return self.rows(gradient, self.parameters)

    def difference_hessian(self):
        """Central differences of fourth order of the gradient."""
        step, weights = 2e-4, ((2, -1 / 12), (1, 8 / 12), (-1, -8 / 12), (-2, 1 / 12))
        rows = []
        for parameter in self.parameters:
            entries = parameter.data.view(-1)
            for i in range(entries.numel()):
                kept = entries[i].item()
                row = 0
                for distance, weight in weights:
                    entries[i] = kept + distance * step
                    row = row + self.gradient() * weight
                entries[i] = kept
                rows.append(row / step)
        return torch.stack(rows)

    def gauss_newton(self):
        torch.manual_seed(SEED)
        output = self.net(self.x)
        jacobian = self.rows(output.reshape(-1), self.parameters)
        leaf = output.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(self.loss(leaf, self.target), leaf, create_graph=True)
        inner = self.rows(gradient.reshape(-1), [leaf])
        return jacobian.t() @ inner @ jacobian


def error(value, expected):
    return ((value - expected).norm() / expected.norm()).item()


def sign_vectors(count, size, dtype):
    """The directions that the probe draws for a trace."""
    generator = torch.Generator().manual_seed(SEED)
    return [
        torch.randint(2, (size,), generator=generator, dtype=torch.float32).mul_(2).sub_(1).to(dtype)
        for _ in range(count)
    ]


def check_recorded(where, module, step, eager, dense):
    """The sample's signals against the dense matrix; they are float32."""
    recorder = module.recorder
    values = torch.linalg.eigvalsh(dense)
    size = len(values)
    scale = values.abs().max().item()
    g = eager.gradient().detach()

    def expect(name, value, site="", tolerance=2e-6, unit=scale):
        got = recorder.values(f"curvature/{name}", site)
        check(len(got) == step + 1, f"{where}: {name} {site} has {len(got)} samples")
        check(
            abs(got[-1] - value) <= tolerance * abs(unit),
            f"{where}: {name} {site} is {got[-1]}, expected {value}",
        )

    top, bottom = values[-1].item(), values[0].item()
    along = (g @ dense @ g).item()
    expect("hessian_top_eigenvalue", top)
    expect("hessian_bottom_eigenvalue", bottom)
    expect("eigenvalue_ratio", bottom / top, unit=scale / top, tolerance=1e-5)
    expect("lr_sharpness", 0.05 * top)
    expect("gradient_curvature", along / (g @ g).item())
    expect("gradient_cosine", along / (g.norm() * (dense @ g).norm()).item(), unit=1)
    expect("repeat_error", 0, unit=1)
    expect("nonfinite_share", 0, unit=1)
    first = recorder.values("curvature/hessian_top_eigenvalue", "")[0]
    if top > 0 and first > 0:
        expect("sharpness_log_ratio", math.log(top / first), unit=1, tolerance=1e-5)

    def expect_trace(name, matrix):
        trace = matrix.trace().item()
        stderr = recorder.values(f"curvature/{name}_stderr", "")[-1]
        if step % 2:  # XTrace
            expect(name, trace, unit=1, tolerance=6 * stderr + 1e-5 * scale)
            return None
        signs = torch.stack(sign_vectors(SAMPLES, size, dense.dtype))
        samples = ((signs @ matrix) * signs).sum(1)
        expect(name, samples.mean().item(), unit=max(scale, abs(trace)))
        expect(f"{name}_stderr", (samples.std() / len(samples) ** 0.5).item())
        return signs

    signs = expect_trace("hessian_trace", dense)
    if signs is not None:
        expect("hessian_frobenius_norm", (signs @ dense).square().sum(1).mean().sqrt().item(),
               unit=dense.norm().item())
        expect("trace_concentration", ((signs @ dense) * signs).sum(1).mean().item() / (size * top),
               unit=scale / top)

    gauss_newton = eager.gauss_newton()
    expect("gauss_newton_top_eigenvalue", torch.linalg.eigvalsh(gauss_newton)[-1].item(),
           unit=gauss_newton.norm().item())
    expect_trace("gauss_newton_trace", gauss_newton)

    ranges, offset = {}, 0
    for name, parameter in eager.net.named_parameters():
        ranges.setdefault(name.rpartition(".")[0] or name, []).extend(range(offset, offset + parameter.numel()))
        offset += parameter.numel()
    check(recorder.sites("curvature/group_top_eigenvalue") == list(ranges), f"{where}: other groups")
    for site, members in ranges.items():
        block = dense[members][:, members]
        expect("group_top_eigenvalue", torch.linalg.eigvalsh(block)[-1].item(), site)
        if signs is not None:
            part = signs[:, members]
            expect("group_trace", ((part * (signs @ dense)[:, members]).sum(1)).mean().item(), site,
                   unit=max(scale, abs(block.trace().item())))

    t = step + 1
    moments = torch.cat([getattr(module, f"moment{i}").reshape(-1) for i in range(len(eager.parameters))])
    diagonal = (1 - BETA1**t) * ((moments / (1 - BETA2**t)).sqrt() + EPS)
    preconditioned = torch.linalg.eigvalsh(dense / (diagonal.sqrt()[:, None] * diagonal.sqrt()[None]))
    expect("preconditioned_top_eigenvalue", preconditioned[-1].item(), unit=preconditioned.abs().max().item())
    expect("preconditioned_sharpness", 0.1 * (1 - BETA1) / (2 + 2 * BETA1) * preconditioned[-1].item(),
           unit=preconditioned.abs().max().item())

    nodes = recorder.sites("curvature/spectral_density_node")
    rule = [
        (recorder.values("curvature/spectral_density_node", site)[-1],
         recorder.values("curvature/spectral_density_weight", site)[-1])
        for site in nodes
        if recorder.steps("curvature/spectral_density_node", site)[-1] == step
    ]
    check(abs(sum(weight for _, weight in rule) - 1) < 1e-4, f"{where}: density weights do not sum to 1")
    # The rule's first two moments are those of its start vector.
    generator = torch.Generator().manual_seed(SEED + 1)
    start = torch.randint(2, (size,), generator=generator, dtype=torch.float32).mul_(2).sub_(1).to(dense.dtype)
    for power in (1, 2):
        moment = sum(weight * node**power for node, weight in rule)
        expected = (start @ torch.linalg.matrix_power(dense, power) @ start).item() / size
        check(abs(moment - expected) < 1e-4 * scale**power, f"{where}: moment {power} of the density: {moment}, {expected}")


def random_batch(columns, dtype):
    return torch.randn(12, columns, dtype=dtype), torch.randint(3, (12,))


def trains(name):
    kind, columns, loss = MODELS[name]
    torch.manual_seed(1)
    net = kind().double()
    module = archive(net, loss)
    check(module.training, "the archive is not in training mode")
    size = sum(p.numel() for p in net.parameters())
    worst = 0
    for step in range(CALLS):
        where = f"{name}, step {step}"
        x, target = random_batch(columns, torch.double)
        net.load_state_dict({k[4:]: v for k, v in module.state_dict().items() if k.startswith("net.")})
        eager = Eager(net, loss, x, target)
        dense = eager.hessian()
        dense = (dense + dense.t()) / 2
        # A difference across the kink of a maximum is none of a derivative.
        if step == 0 and name != "conv":
            differences = eager.difference_hessian()
            check(error(differences, dense) < 1e-8, f"{where}: the oracles disagree by {error(differences, dense)}")
        if name == "least_squares":
            gram = torch.kron(torch.eye(3, dtype=x.dtype), 2 * x.t() @ x) / (3 * len(x))
            check(error(dense, gram) < 1e-12, f"{where}: the oracle is not the analytic Hessian")
        vectors = torch.cat([torch.eye(size, dtype=x.dtype), torch.randn(5, size, dtype=x.dtype)])

        random, state = torch.random.get_rng_state(), copy.deepcopy(net.state_dict())
        loss_value, products = module.training_step(x, target, vectors)
        # The step's own forward draws from the user's random numbers, from
        # where they stood; running statistics move once.
        after = torch.random.get_rng_state()
        torch.random.set_rng_state(random)
        plain = copy.deepcopy(net).train()
        expected_loss = LOSSES[loss](plain(x), target)
        check(torch.equal(torch.random.get_rng_state(), after), f"{where}: the random state moved")
        check(torch.backends.cuda.flash_sdp_enabled(), f"{where}: fused attention stays off")
        check(abs(expected_loss.item() - loss_value.item()) < 1e-12, f"{where}: another loss")
        for key, value in plain.named_buffers():
            check(torch.allclose(value, module.state_dict()[f"net.{key}"]), f"{where}: buffer {key}")

        for vector, product in zip(vectors[size:], products[size:]):
            worst = max(worst, error(product, dense @ vector))
        worst = max(worst, error(products[:size], dense))
        u, v = vectors[-1], vectors[-2]
        left, right = (u @ products[-2]).item(), (v @ products[-1]).item()
        check(abs(left - right) <= 1e-10 * dense.norm() * u.norm() * v.norm(), f"{where}: not symmetric")
        check_recorded(where, module, step, eager, dense)
    check(worst < 1e-8, f"{name}: relative error {worst} of a product")
    print(f"{name:14s} {size:4d} parameters, largest relative error of a product {worst:.1e}")


def evaluation_mode(name):
    kind, columns, loss = MODELS[name]
    torch.manual_seed(2)
    net = kind().double()
    module = archive(net, loss)
    x, target = random_batch(columns, torch.double)
    size = sum(p.numel() for p in net.parameters())
    identity = torch.eye(size, dtype=x.dtype)
    dense = Eager(net, loss, x, target, training=False).hessian()
    gauss_newton = Eager(net, loss, x, target, training=False).gauss_newton()
    for _ in range(3):
        check(error(module.products(x, target, identity, "hessian", False), dense) < 1e-8,
              f"{name}: evaluation mode")
        check(error(module.products(x, target, identity, "gauss_newton", False), gauss_newton) < 1e-8,
              f"{name}: Gauss-Newton in evaluation mode")
    check(module.training and module.net.training, f"{name}: mode not restored")


@contextlib.contextmanager
def threads(count):
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    yield
    torch.set_num_threads(before)


SETTINGS = {
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "autocast": lambda: torch.autocast("cpu"),
    "unoptimised": lambda: torch.jit.optimized_execution(False),
    "fused": lambda: torch.jit.fuser("fuser1"),
    "two threads": lambda: threads(2),
}


def settings(name):
    """Called under whatever the user has switched on, in float32."""
    kind, columns, loss = MODELS[name]
    torch.manual_seed(3)
    net = kind()
    module = archive(net, loss)
    x, target = random_batch(columns, torch.float)
    size = sum(p.numel() for p in net.parameters())
    dense = Eager(copy.deepcopy(net).double(), loss, x.double(), target).hessian()
    for setting, context in SETTINGS.items():
        for _ in range(3):
            random = torch.random.get_rng_state()
            with context():
                before = torch.is_grad_enabled(), torch.is_autocast_cpu_enabled(), torch.is_inference_mode_enabled()
                inside = x.clone()
                products = module.products(inside, target, torch.eye(size), "hessian", True)
                module.probe(inside, target, False)
                after = torch.is_grad_enabled(), torch.is_autocast_cpu_enabled(), torch.is_inference_mode_enabled()
                check(before == after, f"{name}: {setting} is not restored")
                matmul = torch.ones(2, 2) @ torch.ones(2, 2)
                check((matmul.dtype == torch.bfloat16) == (setting == "autocast"), f"{name}: {setting} is lost")
            check(torch.equal(random, torch.random.get_rng_state()), f"{name}: {setting} moves the random state")
            off = error(products.double().clone(), dense)
            check(off < 1e-4, f"{name}: relative error {off} with {setting}")
            recorded = module.recorder.values("curvature/hessian_top_eigenvalue", "")[-1]
            top = torch.linalg.eigvalsh(dense)[-1].item()
            check(abs(recorded - top) < 1e-4 * abs(top), f"{name}: {recorded} with {setting}, not {top}")
            module.steps_done += 1
            torch.ops.dynfault.end_step(module.recorder)


chosen = sys.argv[2:] or list(MODELS)
for each in chosen:
    trains(each)
    evaluation_mode(each)
for each in chosen:
    if each not in ("embedding",):
        settings(each)
print("settings:", ", ".join(SETTINGS))
