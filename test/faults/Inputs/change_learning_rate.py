"""HLR: the first update is `factor` times as large, and nothing else changes."""

from faults import changes, programs, twins

for program in programs("bn_tanh_breast", "lenet5_fashion", "mlp_abalone", "mlp_spambase"):
    for factor in (0.01, 10):
        clean, mutant = twins(program, f"operator=HLR factor={factor}")
        x, target = clean.batch()
        expected = changes(clean, x, target)
        actual = changes(mutant, x, target)
        for name, change in expected.items():
            assert float(change.abs().max()) > 0, (program, name)
            scale = float(change.abs().max()) * factor
            # The change is a difference of two rounded parameters.
            rounding = 2e-7 * float(mutant.parameters()[name].abs().max())
            error = float((actual[name] - change * factor).abs().max())
            assert error <= 1e-4 * scale + rounding, (program, factor, name, error)
