//===- Help.cpp - dynfault-opt --help -------------------------------------===//

#include "Help.h"

#include "passes/inject/FaultOperator.h"

#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

static constexpr StringLiteral kUsage =
    R"(dynfault-opt: inject faults and insert probes into deep learning programs

usage: dynfault-opt [PASSES] [INPUT.mlir | INPUT.pt] [-o OUTPUT.mlir | OUTPUT.mlirbc | OUTPUT.pt]

INPUT is MLIR text or bytecode, or a TorchScript archive (docs/torchscript.md);
without it, or with '-', standard input is read.
Passes run in the order in which they are written. The output's kind follows its
suffix: MLIR text, MLIR bytecode, or a TorchScript archive that trains
(docs/archive.md); without -o, MLIR text goes to standard output.

  dynfault-opt --list-operators
  dynfault-opt --list-sites models/lenet5_fashion_mnist.mlir
  dynfault-opt --dynfault-inject="operator=ACH site=conv1/relu to=sigmoid" \
               --dynfault-instrument models/lenet5_fashion_mnist.mlir -o mutant.pt

reports (text, =json, or for operators =markdown):
  --list-operators        all fault operators; needs no input
  --list-sites            where in INPUT which operator applies
  --inventory             what INPUT holds: operations, unknown ones among them,
                          parameters, buffers, and numbers of sites

passes:
)";

static constexpr StringLiteral kFooter = R"(
options of passes go in quotes: --dynfault-inject="operator=HLR factor=100"
dynfault-opt is an mlir-opt: it also takes MLIR's own passes and options, such as
--canonicalize, --pass-pipeline, --split-input-file, --verify-diagnostics and
--mlir-print-ir-after-all. --help-all lists them all.

  --weights=external|inline|initialiser   where weights go in MLIR output: a
      safetensors file next to it (default for archives), the module itself, or
      nowhere (parameters get the initialisers of their layers)
  --torch-library=FILE    further PyTorch operators that an archive uses

  --help, --help-all, --version

exit status: 0 done, 1 failed, 2 wrong usage
)";

static constexpr StringLiteral kInject =
    R"(  --dynfault-inject="operator=... [site=...] [PARAMETER=...]"
      Inject a fault; parameters not given are drawn ([severity=low|medium|high] [seed=N])
)";

static constexpr size_t kOptionColumn = 42;

static constexpr StringLiteral kPasses[] = {
    "dynfault-insert-activation-probes", "dynfault-insert-gradient-probes",
    "dynfault-insert-optimizer-probes", "dynfault-insert-curvature-probes",
    "dynfault-instrument"};

void dynfault::printHelp() {
  outs() << kUsage << kInject << "      operators:";
  for (const inject::FaultOperator *op : inject::getFaultOperators())
    outs() << ' ' << op->id << " (" << op->name << ')';
  outs() << '\n';
  // MLIR prints a pass with its options, and always to standard output.
  for (StringRef name : kPasses) {
    if (const mlir::PassInfo *pass = mlir::PassInfo::lookup(name))
      pass->printHelpStr(2, kOptionColumn);
    else if (const auto *pipeline = mlir::PassPipelineInfo::lookup(name))
      pipeline->printHelpStr(2, kOptionColumn);
  }
  outs() << kFooter;
}
