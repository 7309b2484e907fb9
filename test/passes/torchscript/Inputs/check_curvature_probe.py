"""Curvature that a pass asked for equals that of the dense matrix, for each optimizer.

The archive is trained in float64; before each step the dense Hessian of its own
loss is computed, and the optimizer's preconditioner from the state in the archive.
"""

import torch

from archives import export
from linear import classifier

OUT = "!torch.vtensor<[?,3],f32>"
BIAS = "!torch.vtensor<[3],f32>"
SLOTS = ("torch.global_slot @out.bias {dynfault.init = #dynfault.init<uniform, "
         f"low = -1.0, high = 1.0>}} : {BIAS}")
# Not convex in the parameters, so that the Hessian has eigenvalues of both signs.
FORWARD = f"""%one = torch.constant.int 1
    %b = torch.global_slot.get @out.bias : {BIAS}
    %t = torch.aten.tanh %y : {OUT} -> {OUT}
    %out = torch.aten.add.Tensor %t, %b, %one : {OUT}, {BIAS}, !torch.int -> {OUT}"""
SIZES = {"fc.weight": 12, "out.bias": 3}
FROZEN = "{frozen = [@out.bias]}"


def adam(state, name, t):
    v = state[f"optimizer.exp_avg_sq.{name}"]
    return (1 - 0.8**t) * ((v / (1 - 0.9**t)).sqrt() + 1e-3)


# Optimizer, what follows it, P of a parameter after t updates, and the factor that
# makes the largest eigenvalue of P^-1 H 1 at the threshold.
CASES = [
    ("adam, lr = 0.05, beta1 = 0.8, beta2 = 0.9, eps = 1.0e-3", "", adam, 0.05 * 0.2 / 3.6),
    ("adamw, lr = 0.05, beta1 = 0.8, beta2 = 0.9, eps = 1.0e-3", FROZEN, adam, 0.05 * 0.2 / 3.6),
    ("rmsprop, lr = 0.02, eps = 1.0e-2", "",
     lambda state, name, t: state[f"optimizer.square_avg.{name}"].sqrt() + 1e-2, 0.01),
    ("adagrad, lr = 0.02, eps = 1.0e-2", "",
     lambda state, name, t: state[f"optimizer.sum.{name}"].sqrt() + 1e-2, 0.01),
    ("sgd, lr = 0.1, momentum = 0.5, nesterov = true", "", None, None),
]
ROWS = 7  # of 8
QUANTITIES = "quantities=gauss_newton,groups,preconditioned,spectral_density"


def dense_hessian(module, x, target):
    parameters = [module.fc.weight, module.out.bias]
    loss = module.loss(module.forward(x), target)
    gradient = torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, parameters, create_graph=True)])
    rows = [torch.cat([r.reshape(-1) for r in torch.autograd.grad(entry, parameters, retain_graph=True)])
            for entry in gradient]
    return torch.stack(rows)


def dense_gauss_newton(module, x, target):
    parameters = [module.fc.weight, module.out.bias]
    output = module.forward(x)
    jacobian = torch.stack([
        torch.cat([r.reshape(-1) for r in torch.autograd.grad(entry, parameters, retain_graph=True)])
        for entry in output.reshape(-1)])
    inner = torch.autograd.functional.hessian(
        lambda o: torch.nn.functional.cross_entropy(o.reshape(output.shape), target),
        output.detach().reshape(-1))
    return jacobian.t() @ inner @ jacobian


generator = torch.Generator().manual_seed(3)
for optimizer, rest, preconditioner, factor in CASES:
    text = classifier(f"dynfault.optimizer_step #dynfault.optimizer<{optimizer}> {rest}",
                      slots=SLOTS, forward=FORWARD)
    module, info = export(
        text, "--dynfault-insert-curvature-probes=every=1 lanczos-steps=15 trace-samples=16 "
        f"trace-estimator=xtrace tolerance=1e-10 batch=current rows={ROWS} lanczos-stop=error "
        f"{QUANTITIES}")
    (probe,) = info["probes"]
    assert probe["rows"] == ROWS and probe["lanczos_stop"] == "error"
    assert probe["trace_estimator"] == "xtrace" and probe["tolerance"] == 1e-10
    assert probe["quantities"] == QUANTITIES.partition("=")[2].split(",")
    module.double()
    torch.manual_seed(0)
    module.reset_parameters()
    recorder = module.recorder
    for step in range(4):
        x = torch.randn(8, 4, generator=generator, dtype=torch.double)
        target = torch.randint(0, 3, (8,), generator=generator)
        with torch.jit.optimized_execution(False):
            dense = dense_hessian(module, x[:ROWS], target[:ROWS])
            gauss_newton = dense_gauss_newton(module, x[:ROWS], target[:ROWS])
            state = {name: value.clone() for name, value in module.state_dict().items()}
            module.training_step(x, target)
        scale = float(dense.norm())

        def expect(name, value, site="", unit=scale):
            got = recorder.values(f"curvature/{name}", site)[-1]
            assert recorder.steps(f"curvature/{name}", site)[-1] == step, name
            assert abs(got - float(value)) < 2e-6 * float(unit), (optimizer, step, name, site, got, float(value))

        values = torch.linalg.eigvalsh(dense)
        assert values[0] < -1e-3 < 1e-3 < values[-1]
        expect("hessian_top_eigenvalue", values[-1])
        expect("hessian_bottom_eigenvalue", values[0])
        # With as many products as half the dimensions XTrace is exact up to
        # what it says itself.
        stderr = recorder.values("curvature/hessian_trace_stderr", "")[-1]
        expect("hessian_trace", dense.trace(), unit=scale + 3e6 * stderr)
        expect("gauss_newton_top_eigenvalue", torch.linalg.eigvalsh(gauss_newton)[-1])
        assert recorder.sites("curvature/group_top_eigenvalue") == ["fc", "out"]
        expect("group_top_eigenvalue", torch.linalg.eigvalsh(dense[:12, :12])[-1], "fc")
        expect("group_top_eigenvalue", torch.linalg.eigvalsh(dense[12:, 12:])[-1], "out")
        weights = [recorder.values("curvature/spectral_density_weight", site)[-1]
                   for site in recorder.sites("curvature/spectral_density_weight")]
        assert abs(sum(weights) - 1) < 1e-5, weights

        if preconditioner is None:
            assert not recorder.sites("curvature/preconditioned_top_eigenvalue")
            expect("momentum_sharpness", 0.1 * 2 / 3 * values[-1])
            continue
        if step == 0:
            got = recorder.values("curvature/preconditioned_sharpness", "")
            assert len(got) == 1 and got[0] != got[0], got
            continue
        moved = [name for name in SIZES if not rest or name != "out.bias"]
        keep = [i for i in range(15) if i < 12 or len(moved) == 2]
        p = torch.cat([preconditioner(state, name, step).reshape(-1) for name in moved])
        scaled = dense[keep][:, keep] / (p.sqrt()[:, None] * p.sqrt()[None])
        expected = torch.linalg.eigvalsh(scaled)
        expect("preconditioned_top_eigenvalue", expected[-1], unit=expected.abs().max())
        expect("preconditioned_sharpness", factor * expected[-1], unit=factor * expected.abs().max())
    print(optimizer)
