"""Faults of the model, measured on tensors: what the mutant computes equals what
PyTorch computes for the model that the fault's name says.

Run with the name of a check: model_faults.py OPERATORS PROGRAMS... CHECK
"""

import math
import sys

check = sys.argv.pop()

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

from faults import clean, mutant, programs  # noqa: E402

# Networks are compared in evaluation mode, where dropout is out of the way.
torch.set_grad_enabled(True)


def program(name):
    return programs(name)[0]


def close(actual, expected, tolerance=1e-5):
    assert actual.shape == expected.shape, (actual.shape, expected.shape)
    scale = max(1.0, float(expected.detach().abs().max()))
    error = float((actual - expected).detach().abs().max())
    assert error <= tolerance * scale, error


def state(run):
    return run.module.state_dict()


def linear(s, name, x):
    return F.linear(x, s[name + ".weight"], s.get(name + ".bias"))


def evaluated(run, x):
    run.module.eval()
    output = run.module.forward(x)
    run.module.train()
    return output


def activations():
    """ARM, AAL, ACH on a perceptron; in place on a residual network."""
    path = program("mlp_spambase")
    run = mutant(path, "operator=ARM site=fc1/relu")
    x, _ = run.batch()
    s = state(run)
    close(run.module.forward(x),
          linear(s, "fc3", F.relu(linear(s, "fc2", linear(s, "fc1", x)))))
    run = mutant(path, "operator=AAL to=sigmoid")
    close(run.module.forward(x), torch.sigmoid(clean(path).module.forward(x)))
    # Removing the last rectifier lets negative values into the pooling.
    path = program("imported_resnet")
    request = "operator=%s site=block2/relu2%s"
    twin, removed = clean(path), mutant(path, request % ("ARM", ""))
    assert twin.module.state_dict().keys() == removed.module.state_dict().keys()
    x, _ = twin.batch() if twin.info["output"]["shape"] else (torch.randn(4, 1, 28, 28), None)
    tanh = mutant(path, request % ("ACH", " to=tanh"))
    for run in (twin, removed, tanh):
        run.module.eval()
    weight, bias = state(twin)["fc.weight"], state(twin)["fc.bias"]
    pooled = [torch.linalg.lstsq(weight, (run.module.forward(x) - bias).t()).solution
              for run in (twin, tanh)]
    assert all(p.isfinite().all() for p in pooled)
    assert float((twin.module.forward(x) - removed.module.forward(x)).abs().max()) > 1e-3


def widths():
    """LCN, LCF, LCO, LRM, LAD: parameters' shapes, and what they compute."""
    path = program("mlp_spambase")
    run = mutant(path, "operator=LCN site=fc2/linear factor=2")
    x, target = run.batch()
    s = state(run)
    assert list(s["fc2.weight"].shape) == [64, 64] and list(s["fc3.weight"].shape) == [1, 64]
    close(run.module.forward(x),
          linear(s, "fc3", F.relu(linear(s, "fc2", F.relu(linear(s, "fc1", x))))))
    run = mutant(path, "operator=LRM site=fc1/linear")
    s = state(run)
    assert "fc1.weight" not in s
    close(run.module.forward(x), linear(s, "fc3", F.relu(linear(s, "fc2", F.relu(x)))))
    run = mutant(path, "operator=LAD site=fc1/linear")
    s = state(run)
    hidden = F.relu(linear(s, "fc1_copy", F.relu(linear(s, "fc1", x))))
    close(run.module.forward(x), linear(s, "fc3", F.relu(linear(s, "fc2", hidden))))
    assert math.isfinite(run.step(x, target))

    path = program("resnet_fashion_mnist")
    run = mutant(path, "operator=LCF site=block1.conv2/conv2d factor=2")
    s = state(run)
    # The other branch of the sum is the stem.
    assert s["stem.weight"].shape[0] == s["block1.conv2.weight"].shape[0] == 16
    assert math.isfinite(run.step(*run.batch()))


def windows():
    """LKS, LCS, LCP on LeNet-5: the network with the other window."""
    path = program("lenet5")

    def lenet(s, x, stride=1, pool=2):
        x = F.relu(F.conv2d(x, s["conv1.weight"], s["conv1.bias"], stride, 2))
        x = F.max_pool2d(x, pool)
        x = F.relu(F.conv2d(x, s["conv2.weight"], s["conv2.bias"]))
        x = F.max_pool2d(x, 2).flatten(1)
        return linear(s, "fc3", F.relu(linear(s, "fc2", F.relu(linear(s, "fc1", x)))))

    for request, rest, kernel in (
            ("operator=LCS site=conv1/conv2d to=2", {"stride": 2}, 5),
            ("operator=LCP site=conv1/max_pool2d to=4", {"pool": 4}, 5),
            ("operator=LKS site=conv2/conv2d to=2", {}, 2)):
        run = mutant(path, request)
        x, _ = run.batch()
        s = state(run)
        assert s["conv2.weight"].shape[-1] == kernel
        close(run.module.forward(x), lenet(s, x, **rest))
        # The new fan-in's bound, as PyTorch's layers have it.
        fan = s["fc1.weight"].shape[1]
        bound = 1 / math.sqrt(fan)
        assert float(s["fc1.bias"].abs().max()) <= bound
        assert float(s["fc1.weight"].abs().max()) <= bound * (1 + 1e-6)


def recurrent():
    """LCT, LCO: torch.nn's layer with the mutant's weights computes the same."""
    path = program("lstm_rows")

    def head(s, hidden):
        x = F.batch_norm(hidden, s["bn.running_mean"].clone(), s["bn.running_var"].clone(),
                         s["bn.weight"], s["bn.bias"], False)
        return F.log_softmax(linear(s, "fc2", F.relu(linear(s, "fc1", x))), 1)

    for request, layer in (("operator=LCT", torch.nn.GRU(28, 32, batch_first=True)),
                           ("operator=LCO factor=0.5", torch.nn.LSTM(28, 16, batch_first=True))):
        run = mutant(path, request)
        x, _ = run.batch()
        s = state(run)
        layer.load_state_dict({k[5:]: v for k, v in s.items() if k.startswith("lstm.")})
        close(evaluated(run, x), head(s, layer(x.squeeze(1))[0][:, -1]))

    path = program("gru_rows")
    for request, layer in (
            ("operator=LCT", torch.nn.LSTM(28, 16, 2, batch_first=True, bidirectional=True)),
            ("operator=LCO factor=2", torch.nn.GRU(28, 32, 2, batch_first=True,
                                                   bidirectional=True))):
        run = mutant(path, request)
        x, _ = run.batch()
        s = state(run)
        layer.load_state_dict({k[4:]: v for k, v in s.items() if k.startswith("gru.")})
        close(evaluated(run, x), linear(s, "fc", layer(x.squeeze(1))[0].mean(1)))


def normalisation():
    """LNM: no parameters, the other order, statistics that stay."""
    for path, site in ((program("resnet_fashion_mnist"), "stem.bn/batch_norm"),
                       (program("bn_tanh"), "bn/batch_norm")):
        scope = site.split("/")[0]
        request = "operator=LNM site=%s how=" % site
        frozen, normal = mutant(path, request + "freeze"), clean(path)
        x, target = frozen.batch()
        before = {k: v.clone() for k, v in state(frozen).items()}
        for run in (frozen, normal):
            for _ in range(3):
                run.step(x, target)
        for statistic in ("running_mean", "running_var"):
            name = scope + "." + statistic
            assert torch.equal(state(frozen)[name], before[name])
            assert not torch.equal(state(normal)[name], before[name])
        # Its scale is still trained.
        assert not torch.equal(state(frozen)[scope + ".weight"], before[scope + ".weight"])
        removed = mutant(path, request + "remove")
        assert not any(k.startswith(scope + ".") for k in state(removed))
        assert math.isfinite(removed.step(x, target))
    path = program("resnet_fashion_mnist")
    run = mutant(path, ["operator=LNM site=stem.bn/batch_norm how=misplace"])
    x, target = run.batch()
    s = {k: v.clone() for k, v in state(run).items()}
    run.step(x, target)
    # The statistics are those of rectified values: none is negative.
    stem = F.relu(F.conv2d(x, s["stem.weight"], None, 2, 1))
    close(state(run)["stem.bn.running_mean"], 0.1 * stem.mean((0, 2, 3)))
    assert float(state(run)["stem.bn.running_mean"].min()) >= 0


def connections():
    """LRS: the block's branch alone; ATP: a sequence without an order."""
    path = program("transformer_encoder")
    run = mutant(path, ["operator=ATP", "operator=ATM how=missing"])
    x, _ = run.batch()
    order = torch.randperm(28, generator=torch.Generator().manual_seed(0))
    shuffled = x[:, :, order]
    # The mean over positions does not see their order without positions and mask.
    close(evaluated(run, shuffled), evaluated(run, x), 1e-4)
    both = mutant(path, "operator=ATM how=missing")
    difference = evaluated(both, shuffled) - evaluated(both, x)
    assert float(difference.abs().max()) > 1e-2

    path = program("resnet_fashion_mnist")
    run = mutant(path, ["operator=LRS site=block1/add", "operator=LRS site=block2/add"])
    x, _ = run.batch()
    s = state(run)

    def conv_norm(y, conv, norm, stride=1, padding=1):
        y = F.conv2d(y, s[conv + ".weight"], None, stride, padding)
        return F.batch_norm(y, s[norm + ".running_mean"], s[norm + ".running_var"],
                            s[norm + ".weight"], s[norm + ".bias"], False)

    y = F.relu(conv_norm(x, "stem", "stem.bn", 2))
    for block, stride in (("block1", 1), ("block2", 2)):
        y = F.relu(conv_norm(y, block + ".conv1", block + ".bn1", stride))
        y = F.relu(conv_norm(y, block + ".conv2", block + ".bn2"))
    close(evaluated(run, x), linear(s, "fc", y.mean((2, 3))))


def attention():
    """ATM, ATS, SMD: the attention's own formula with the mask, scale or softmax of
    the fault."""

    def reference(s, x, heads, mask=None, scale=True, dim=-1):
        d = x.shape[-1]
        q, k, v = (linear(s, "attention." + n, x).view(len(x), 28, heads, -1).transpose(1, 2)
                   for n in "qkv")
        scores = q @ k.transpose(-2, -1)
        if scale:
            scores = scores / math.sqrt(d // heads)
        if mask is not None:
            scores = scores.masked_fill(mask, -math.inf)
        weights = scores.softmax(dim)
        return linear(s, "attention.out",
                      (weights @ v).transpose(1, 2).reshape(len(x), 28, d))

    future = torch.ones(28, 28, dtype=torch.bool).triu(1)

    def gpt(s, x, **rest):
        x = linear(s, "embed", x.squeeze(1)) + s["positions"]
        y = F.layer_norm(x, [16], s["norm1.weight"], s["norm1.bias"])
        x = x + reference(s, y, 2, **rest)
        y = F.layer_norm(x, [16], s["norm2.weight"], s["norm2.bias"])
        x = x + linear(s, "fc2", F.gelu(linear(s, "fc1", y)))
        return linear(s, "head", x[:, -1])

    def encoder(s, x, **rest):
        x = linear(s, "embed", x.squeeze(1)) + s["positions.weight"]
        x = F.layer_norm(x + reference(s, x, 4, **rest), [16], s["norm1.weight"],
                         s["norm1.bias"])
        y = linear(s, "fc2", F.relu(linear(s, "fc1", x)))
        x = F.layer_norm(x + y, [16], s["norm2.weight"], s["norm2.bias"])
        return linear(s, "head", x.mean(1))

    for name, model in (("causal_transformer", gpt), ("transformer_encoder", encoder)):
        path = program(name)
        x, _ = clean(path).batch()
        close(evaluated(clean(path), x), model(state(clean(path)), x, mask=future), 1e-4)
        for request, rest in (("operator=ATM how=missing", {}),
                              ("operator=ATS", {"mask": future, "scale": False}),
                              ("operator=SMD dim=1", {"mask": None, "dim": 1})):
            # Along the heads masked scores have no softmax.
            requests = [request] + (["operator=ATM how=missing"] if "SMD" in request else [])
            run = mutant(path, requests)
            close(evaluated(run, x), model(state(run), x, **rest), 1e-4)
        # Inverted, the last position sees nothing and its softmax is not defined.
        run = mutant(path, "operator=ATM how=inverted")
        expected = model(state(run), x, mask=~future)
        assert torch.equal(evaluated(run, x).isnan(), expected.isnan())
        assert bool(expected.isnan().all())


def parameters():
    """WAB, WRB, WCI: which parameters there are, and what is drawn for them."""
    for path, site in ((program("mlp_spambase"), "fc2/linear"),
                       (program("lenet5"), "conv2/conv2d")):
        scope = site.split("/")[0]
        removed = mutant(path, "operator=WRB site=" + site)
        assert state(clean(path)).keys() - state(removed).keys() >= {scope + ".bias"}
        added = mutant(path, ["operator=WRB site=" + site, "operator=WAB site=" + site])
        added.step(*added.batch())
        bias = dict(added.module.named_parameters())[scope + ".bias"]
        fan = state(added)[scope + ".weight"][0].numel()
        assert float(bias.grad.abs().max()) > 0
        fresh = state(mutant(path, ["operator=WRB site=" + site,
                                    "operator=WAB site=" + site]))[scope + ".bias"]
        assert 0 < float(fresh.abs().max()) <= 1 / math.sqrt(fan)

        def drawn(to):
            return state(mutant(path, "operator=WCI site=%s to=%s" % (site, to)))[
                scope + ".weight"].flatten(1)

        rows = drawn("orthogonal")
        gram = rows @ rows.t() if rows.shape[0] <= rows.shape[1] else rows.t() @ rows
        close(gram, torch.eye(len(gram)), 1e-5)
        fan_in, fan_out = rows.shape[1], state(added)[scope + ".weight"][:, 0].numel()
        count = rows.numel()
        for to, std in (("normal", 0.05), ("uniform", 0.05 / math.sqrt(3)),
                        ("xavier_uniform", math.sqrt(2 / (fan_in + fan_out))),
                        ("kaiming_normal", math.sqrt(2 / fan_in)),
                        ("lecun_normal", math.sqrt(1 / fan_in))):
            try:
                values = drawn(to)
            except Exception:
                # The layer's own initialiser is refused.
                assert "xavier_uniform" == to and "spambase" in path
                continue
            assert abs(float(values.std()) - std) <= 5 * std / math.sqrt(count), to
            assert abs(float(values.mean())) <= 5 * std / math.sqrt(count), to
        assert float(drawn("zeros").abs().max()) == 0
        assert torch.equal(drawn("ones"), torch.ones_like(rows))
    eye = state(mutant(program("mlp_spambase"), "operator=WCI site=fc2/linear to=identity"))
    assert torch.equal(eye["fc2.weight"], torch.eye(32, 64))


globals()[check]()
