# ===- operators_in_python.py - The operator library from Python -----------=== #
#
# Scripts a module that uses the operators, saves and loads it, trains it, and
# compares the updates with torch.optim to the bit. Exit status 77: no PyTorch.
#
# ===-----------------------------------------------------------------------=== #
import copy
import math
import sys
import tempfile

try:
    import torch
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

torch.ops.load_library(sys.argv[1])
ops = torch.ops.dynfault


class Program(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = torch.nn.Linear(4, 8)
        self.norm = torch.nn.BatchNorm1d(8)
        self.drop = torch.nn.Dropout(0.3)
        self.out = torch.nn.Linear(8, 3)
        self.recorder = torch.classes.dynfault.Recorder()
        self.steps_done = 0

    def forward(self, x):
        h = self.norm(self.hidden(x))
        h = ops.record_activation(self.recorder, h, "norm/relu", "relu", 2)
        return self.out(self.drop(torch.relu(h)))

    @torch.jit.export
    def loss(self, output, target):
        return torch.nn.functional.cross_entropy(output, target)

    @torch.jit.export
    def training_step(self, x, target):
        parameters = [self.hidden.weight, self.hidden.bias, self.out.weight, self.out.bias]
        names = ["hidden.weight", "hidden.bias", "out.weight", "out.bias"]
        ops.begin_step(self.recorder, self.steps_done)
        ops.record_curvature(
            self, self.recorder, x, target, parameters, 0.1, 2, 10, 4, 7, True, True
        )
        loss = self.loss(self.forward(x), target)
        ops.zero_grad_(parameters)
        loss.backward()
        ops.clip_grad_norm_(parameters, 1.0)
        ops.record_gradients(self.recorder, parameters, names, 2)
        ops.snapshot_parameters(self.recorder, parameters, 2)
        ops.sgd_(parameters, [], [0, 0, 0, 0], 0.1, 0.0, 0.0, 0.0, False)
        self.steps_done += 1
        ops.record_optimizer(
            self.recorder, parameters, names, [], [], "sgd", [self.steps_done], 0.0, 0.0, 0.0, 2
        )
        ops.end_step(self.recorder)
        return loss.detach()


def check(condition, what):
    if not condition:
        sys.exit(f"operators_in_python.py: {what}")


def round_trip(module):
    with tempfile.NamedTemporaryFile(suffix=".pt") as archive:
        module.save(archive.name)
        return torch.jit.load(archive.name)


def archive_trains_and_records():
    torch.manual_seed(0)
    module = round_trip(torch.jit.script(Program()))
    reference = Program()
    reference.load_state_dict(module.state_dict())
    # The probed module must train as a plain eager loop does.
    state = torch.random.get_rng_state()
    batches = [(torch.randn(16, 4), torch.randint(3, (16,))) for _ in range(5)]
    after_batches = torch.random.get_rng_state()
    module.recorder.set_planned_steps(5)
    losses = [module.training_step(x, t) for x, t in batches]
    after_training = torch.random.get_rng_state()

    torch.random.set_rng_state(after_batches)
    trained = [p for n, p in reference.named_parameters() if not n.startswith("norm")]
    optimizer = torch.optim.SGD(trained, lr=0.1)
    for (x, t), recorded in zip(batches, losses):
        optimizer.zero_grad(set_to_none=True)
        loss = reference.loss(reference.forward(x), t)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        check(torch.allclose(loss, recorded, rtol=1e-5), "losses differ from eager training")
    check(torch.equal(torch.random.get_rng_state(), after_training), "random state differs")
    for (name, mine), theirs in zip(
        module.state_dict().items(), reference.state_dict().values()
    ):
        check(torch.allclose(mine, theirs, rtol=1e-4, atol=1e-6), f"{name} differs")

    recorder = module.recorder
    names = recorder.names()
    for name in ("curvature/hessian_top_eigenvalue", "activation/dead_share",
                 "baseline/gradient_norm", "optimizer/update_ratio"):
        check(name in names, f"{name} was not recorded")
        for site in recorder.sites(name):
            check(recorder.steps(name, site) == [0, 2, 4], f"{name} {site}: wrong steps")
            values = recorder.values(name, site)
            check(len(values) == 3 and all(map(math.isfinite, values)),
                  f"{name} {site}: {values}")
    again = round_trip(module).recorder
    check(again.names() == names and again.planned_steps() == 5, "recorder lost in the archive")
    recorder.clear()
    check(recorder.names() == [], "clear() leaves signals")


def updates_are_those_of_torch_optim():
    def sgd(momentum, dampening, decay, nesterov):
        return (
            lambda ps: torch.optim.SGD(ps, 0.1, momentum, dampening, decay, nesterov),
            lambda ps, s, t: ops.sgd_(
                ps, s[0] if momentum else [], t, 0.1, momentum, dampening, decay, nesterov
            ),
        )

    def adam(decay, decoupled):
        kind = torch.optim.AdamW if decoupled else torch.optim.Adam
        return (
            lambda ps: kind(ps, 1e-2, (0.8, 0.99), 1e-6, decay),
            lambda ps, s, t: ops.adam_(
                ps, s[0], s[1], t, 1e-2, 0.8, 0.99, 1e-6, decay, decoupled
            ),
        )

    def rmsprop(decay, momentum=0.0, centered=False):
        return (
            lambda ps: torch.optim.RMSprop(ps, 1e-2, 0.9, 1e-7, decay, momentum, centered),
            lambda ps, s, t: ops.rmsprop_(
                ps, s[0], s[1] if centered else [], s[2] if momentum else [], t, 1e-2, 0.9,
                1e-7, decay, momentum
            ),
        )

    def adagrad(decay, lr_decay, start):
        return (
            lambda ps: torch.optim.Adagrad(ps, 1e-2, lr_decay, decay, start),
            lambda ps, s, t: ops.adagrad_(ps, s[0], t, 1e-2, lr_decay, decay, start, 1e-10),
        )

    def adadelta(decay):
        return (
            lambda ps: torch.optim.Adadelta(ps, 0.5, 0.8, 1e-5, decay),
            lambda ps, s, t: ops.adadelta_(ps, s[0], s[1], t, 0.5, 0.8, 1e-5, decay),
        )

    def adamax(decay):
        return (
            lambda ps: torch.optim.Adamax(ps, 1e-2, (0.8, 0.99), 1e-6, decay),
            lambda ps, s, t: ops.adamax_(ps, s[0], s[1], t, 1e-2, 0.8, 0.99, 1e-6, decay),
        )

    def nadam(decay):
        return (
            lambda ps: torch.optim.NAdam(ps, 1e-2, (0.8, 0.99), 1e-6, decay),
            lambda ps, s, t: ops.nadam_(
                ps, s[0], s[1], t, 1e-2, 0.8, 0.99, 1e-6, decay, 4e-3
            ),
        )

    cases = {
        "sgd": sgd(0.0, 0.0, 0.0, False),
        "sgd, momentum": sgd(0.9, 0.2, 0.01, False),
        "sgd, nesterov": sgd(0.9, 0.0, 0.01, True),
        "adam": adam(0.0, False),
        "adam, weight decay": adam(0.1, False),
        "adamw": adam(0.1, True),
        "rmsprop": rmsprop(0.0),
        "rmsprop, weight decay": rmsprop(0.1),
        "rmsprop, momentum": rmsprop(0.0, 0.9),
        "rmsprop, centred": rmsprop(0.0, 0.0, True),
        "rmsprop, both": rmsprop(0.1, 0.9, True),
        "adagrad": adagrad(0.0, 0.0, 0.0),
        "adagrad, all": adagrad(0.1, 0.05, 0.1),
        "adadelta": adadelta(0.0),
        "adadelta, weight decay": adadelta(0.1),
        "adamax": adamax(0.0),
        "adamax, weight decay": adamax(0.1),
        "nadam": nadam(0.0),
        "nadam, weight decay": nadam(0.1),
    }

    def rounds_otherwise(name):
        # Averages are b a + (1 - b) g here and in C++ with any release; Python's
        # optimizers take lerp, which is a + (1 - b) (g - a), since PyTorch 2. NAdam's
        # product of momenta is rounded to float32 in all.
        kinds = ("adam", "nadam", "rmsprop, centred", "rmsprop, both")
        return name.startswith(kinds if torch.__version__ >= "2" else "nadam")

    torch.manual_seed(1)
    for name, (make, update) in cases.items():
        mine = [torch.randn(19, 13).requires_grad_(), torch.randn(6).requires_grad_(),
                torch.randn(2).requires_grad_()]
        theirs = copy.deepcopy(mine)
        optimizer = make(theirs)
        states = [[torch.zeros_like(p) for p in mine] for _ in range(3)]
        count = [0, 0, 0]
        for step in range(60):
            # The second parameter gets its first gradient late, the third never.
            for a, b in list(zip(mine, theirs))[: 1 if step < 4 else 2]:
                a.grad = torch.randn_like(a)
                b.grad = a.grad.clone()
            count = update(mine, states, count)
            optimizer.step()
        check(count == [60, 56, 0], f"{name}: {count} updates counted")
        for a, b in zip(mine, theirs):
            difference = (a - b).abs().max().item()
            allowed = 1e-6 if rounds_otherwise(name) else 0
            check(difference <= allowed, f"{name} differs by {difference}")


def schedules_are_those_of_torch():
    scheduler = torch.optim.lr_scheduler
    cases = {
        # kind, warmup, period, milestones, gamma, minimum, power
        ("step", 0, 3, (), 0.5, 0.0, 1.0): lambda o: scheduler.StepLR(o, 3, 0.5),
        ("multistep", 0, 0, (2, 5, 9), 0.3, 0.0, 1.0):
            lambda o: scheduler.MultiStepLR(o, [2, 5, 9], 0.3),
        ("exponential", 0, 0, (), 0.9, 0.0, 1.0): lambda o: scheduler.ExponentialLR(o, 0.9),
        ("cosine", 0, 10, (), 1.0, 0.01, 1.0):
            lambda o: scheduler.CosineAnnealingLR(o, 10, 0.01),
        ("polynomial", 0, 8, (), 1.0, 0.0, 2.0):
            lambda o: scheduler.PolynomialLR(o, 8, 2.0),
        ("constant", 4, 0, (), 1.0, 0.0, 1.0):
            lambda o: scheduler.LinearLR(o, 1 / 5, 1.0, 4),
        ("cosine", 4, 12, (), 1.0, 0.0, 1.0): lambda o: scheduler.SequentialLR(
            o, [scheduler.LinearLR(o, 1 / 5, 1.0, 4), scheduler.CosineAnnealingLR(o, 12)], [4]),
        ("multistep", 3, 0, (1, 6), 0.1, 0.0, 1.0): lambda o: scheduler.SequentialLR(
            o, [scheduler.LinearLR(o, 1 / 4, 1.0, 3), scheduler.MultiStepLR(o, [1, 6])], [3]),
    }
    for (kind, warmup, period, milestones, gamma, minimum, power), make in cases.items():
        optimizer = torch.optim.SGD([torch.zeros(1).requires_grad_()], lr=0.2)
        theirs = make(optimizer)
        for time in range(20):
            mine = ops.scheduled_lr(0.2, time, kind, warmup, period, list(milestones), gamma,
                                    minimum, power)
            expected = optimizer.param_groups[0]["lr"]
            check(abs(mine - expected) < 1e-6, f"{kind} at {time}: {mine}, not {expected}")
            optimizer.step()
            theirs.step()


def gradients_of_the_step_before():
    p = torch.zeros(2).requires_grad_()
    previous = [torch.zeros(2)]
    seen = []
    for step in range(3):
        p.grad = torch.full((2,), step + 1.0)
        ops.delay_gradients_([p], previous)
        seen.append(p.grad[0].item())
    p.grad = None
    ops.delay_gradients_([p], previous)
    seen.append(p.grad[0].item())
    check(seen == [0, 1, 2, 3] and previous[0].eq(0).all(), f"delayed gradients {seen}")


def errors_say_what_to_do():
    recorder = torch.classes.dynfault.Recorder()
    ops.begin_step(recorder, 0)
    try:
        ops.record_activation(recorder, torch.ones(2), "s", "relu", -1)
    except RuntimeError as error:
        check("must not be negative" in str(error), f"unclear error: {error}")
    else:
        check(False, "every = -1 was accepted")


archive_trains_and_records()
updates_are_those_of_torch_optim()
schedules_are_those_of_torch()
gradients_of_the_step_before()
errors_say_what_to_do()
