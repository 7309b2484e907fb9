"""lit's configuration for dynfault-opt and its passes.

Features:
  runtime       the build has the runtime, so archives can be written
  python-torch  %torch_python can import torch and load an archive
Substitutions:
  %models        the folder of programs
  %quickstart    the programs of tools/quickstart, for tests that take seconds a program
  %bin           the folder of the built commands
  %programs      the folder of programs that only tests use
  %docs          the folder of documentation
  %python        any Python 3
  %torch_python  the Python of the feature python-torch
  %operators     the library that registers the dynfault:: operators
"""

import os

import lit.formats

config.name = "dynfault"
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.dynfault_build_dir, "test")

# The commands under test come before anything that is installed.
config.environment["PATH"] = os.pathsep.join(
    [
        os.path.join(config.dynfault_build_dir, "bin"),
        config.llvm_tools_dir,
        config.environment.get("PATH", ""),
    ]
)
config.environment["FILECHECK_OPTS"] = "--enable-var-scope --dump-input-filter=error"

config.substitutions += [
    ("%models", os.path.join(config.dynfault_source_dir, "models")),
    (
        "%programs",
        os.path.join(config.dynfault_source_dir, "test", "Inputs", "programs"),
    ),
    (
        "%quickstart",
        " ".join(
            os.path.join(config.dynfault_source_dir, "models", name + ".mlir")
            for name in (
                "bn_tanh_breast_cancer",
                "lenet5_fashion_mnist",
                "mlp_abalone",
                "mlp_spambase",
            )
        ),
    ),
    ("%bin", os.path.join(config.dynfault_build_dir, "bin")),
    ("%docs", os.path.join(config.dynfault_source_dir, "docs")),
    ("%python", config.python),
    ("%torch_python", config.torch_python),
    (
        "%operators",
        os.path.join(config.dynfault_build_dir, "lib", "libdynfault-ops.so"),
    ),
]

if config.dynfault_has_runtime:
    config.available_features.add("runtime")
    if config.torch_python:
        config.available_features.add("python-torch")
