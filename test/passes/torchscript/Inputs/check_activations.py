"""Every activation function that ACH can put in computes its formula, and trains.

The oracle works in float64 on plain numbers. The functions are those of Keras, as
DeepCrime has them.
"""

import math

import torch

from archives import export
from linear import classifier

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805
FUNCTIONS = {
    "relu": lambda x: max(x, 0),
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "selu": lambda x: SELU_SCALE * (x if x > 0 else SELU_ALPHA * math.expm1(x)),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "tanh": math.tanh,
    "softsign": lambda x: x / (1 + abs(x)),
    "linear": lambda x: x,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "hard_sigmoid": lambda x: min(max(0.2 * x + 0.5, 0), 1),
    "exponential": math.exp,
}


def softmax(row):
    total = sum(math.exp(v) for v in row)
    return [math.exp(v) / total for v in row]


def with_activation(name):
    out = "!torch.vtensor<[?,3],f32>"
    return classifier(forward=f"%out = torch.aten.{name} %y : {out} -> {out}")


generator = torch.Generator().manual_seed(11)
for name in [*FUNCTIONS, "softmax"]:
    # A site that has another function.
    text = with_activation("relu" if name != "relu" else "tanh")
    module, info = export(text, f"--dynfault-inject=operator=ACH to={name}")
    assert info["faults"][0]["after"] == name
    for _ in range(3):
        x = 2 * torch.randn(6, 4, generator=generator)
        target = torch.randint(0, 3, (6,), generator=generator)
        scores = (x.double() @ module.fc.weight.detach().double().T).tolist()
        expected = [softmax(row) if name == "softmax"
                    else [FUNCTIONS[name](v) for v in row] for row in scores]
        actual = module.forward(x).double()
        error = (actual - torch.tensor(expected, dtype=torch.float64)).abs()
        scale = actual.abs().clamp(min=1)
        assert float((error / scale).max()) < 1e-6, (name, error)
        assert math.isfinite(float(module.training_step(x, target))), name
    print(name)
