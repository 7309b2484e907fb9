"""OZG, OSO, OMP, OCG, OMO, OEP and OCH, measured on gradients and parameters."""

import torch

from faults import changes, export, largest_difference, mutant, programs, twins

for program in programs("mlp_spambase", "lenet5_fashion"):
    # OZG: the gradient of a step is the sum of all until then.
    clean, faulty = twins(program, "operator=OZG")
    x, target = clean.batch()
    faulty.step(x, target)
    first = faulty.gradients()
    weights = faulty.parameters()
    faulty.step(x, target)
    # The second batch's own gradient, at the same parameters.
    clean.module.load_state_dict({**clean.module.state_dict(), **weights})
    clean.step(x, target)
    own = clean.gradients()
    expected = {name: first[name] + own[name] for name in first}
    scale = max(float(g.abs().max()) for g in expected.values())
    assert largest_difference(faulty.gradients(), expected) < 1e-5 * scale, program
    assert largest_difference(faulty.gradients(), own) > 1e-3 * scale, program

    # OSO: without gradients nothing ever moves, although they are computed.
    faulty = mutant(program, "operator=OSO which=no_gradients")
    before = faulty.parameters()
    for seed in range(3):
        faulty.step(*faulty.batch(seed=seed))
    assert largest_difference(before, faulty.parameters()) == 0, program
    assert all(float(g.abs().max()) > 0 for g in faulty.gradients().values()), program

    # OSO: stale gradients are those that the clean program had one step before.
    clean, faulty = twins(program, "operator=OSO which=stale_gradients")
    before = faulty.parameters()
    clean.step(x, target)
    faulty.step(x, target)
    assert largest_difference(before, faulty.parameters()) == 0, program
    faulty.step(*faulty.batch(seed=1))
    assert largest_difference(clean.gradients(), faulty.gradients()) == 0, program
    assert largest_difference(before, faulty.parameters()) > 0, program

    # OMP: the layer's parameters stay, all others move.
    clean = twins(program, "operator=OMP site=fc2 which=all")[1]
    moved = changes(clean, x, target)
    for name, change in moved.items():
        assert (float(change.abs().max()) > 0) == (not name.startswith("fc2.")), name
    moved = changes(mutant(program, "operator=OMP site=fc2 which=biases"), x, target)
    assert float(moved["fc2.bias"].abs().max()) == 0 < float(moved["fc2.weight"].abs().max())

    # OCG: the joint norm, or each entry, is bounded.
    faulty = mutant(program, "operator=OCG to=norm")
    faulty.step(x, target)
    norm = sum(float(g.square().sum()) for g in faulty.gradients().values()) ** 0.5
    assert abs(norm - 0.01) < 1e-4, norm
    faulty = mutant(program, "operator=OCG to=value")
    faulty.step(1000 * x, target)
    assert max(float(g.abs().max()) for g in faulty.gradients().values()) <= 0.5

    # OEP: with an epsilon far above the gradient's size Adam hardly moves.
    clean, faulty = twins(program, "operator=OEP eps=0.1")
    usual, slow = changes(clean, x, target), changes(faulty, x, target)
    size = lambda tensors: sum(float(t.abs().sum()) for t in tensors.values())  # noqa: E731
    assert size(slow) < 0.5 * size(usual), (size(slow), size(usual))

    # OMO: without a first moment an update follows the last gradient alone.
    faulty = mutant(program, "operator=OMO momentum=0")
    faulty.step(x, target)
    faulty.step(*faulty.batch(seed=1))
    state = dict(faulty.module.named_buffers())
    for name, gradient in faulty.gradients().items():
        assert torch.allclose(state["optimizer.exp_avg." + name], gradient, atol=1e-9), name

    # OCH: the first update is that of torch.optim's default.
    for to, make in (("sgd", lambda p: torch.optim.SGD(p, 0.01)),
                     ("nadam", lambda p: torch.optim.NAdam(p, 0.002))):
        faulty = mutant(program, "operator=OCH to=" + to)
        start = faulty.parameters()
        faulty.step(x, target)
        parameters = {n: v.clone().requires_grad_() for n, v in start.items()}
        for name, gradient in faulty.gradients().items():
            parameters[name].grad = gradient
        make(list(parameters.values())).step()
        assert largest_difference(faulty.parameters(), parameters) < 1e-6, (program, to)

# OSC and OWU: the rate of each step, with 10 batches in an epoch.
with open(programs("mlp_spambase")[0]) as file:
    text = file.read()
start = text.index("dynfault.optimizer_step")
line = text[start:text.index("\n", start)]


def rates(schedule, *requests):
    program = text.replace(line, line + " {lr_schedule = #dynfault.lr_schedule<%s>}" % schedule)
    module, info = export(program, *["--dynfault-inject=" + r for r in requests])
    module.steps_per_epoch = 10
    module.reset_parameters()
    result = []
    for _ in range(40):
        result.append(module.learning_rate_now() / module.learning_rate)
        module.training_step(torch.zeros(2, 57), torch.zeros(2, 1))
    return [round(r, 6) for r in result]


def expect(actual, formula):
    expected = [round(formula(t), 6) for t in range(40)]
    assert actual == expected, (actual, expected)


STEP = "step, step_size = 2, gamma = 0.5"
expect(rates(STEP), lambda t: 0.5 ** (t // 20))
expect(rates(STEP, "operator=OSC which=missing"), lambda t: 1)
expect(rates(STEP, "operator=OSC which=per_batch"), lambda t: 0.5 ** (t // 2))
expect(rates(STEP, "operator=OSC which=wrong_decay"), lambda t: 0.05 ** (t // 20))
WARM = "exponential, gamma = 0.9, warmup = 3, per_batch = true"
expect(rates(WARM), lambda t: (t + 1) / 4 if t < 3 else 0.9 ** (t - 3))
expect(rates(WARM, "operator=OWU"), lambda t: 0.9 ** t)
