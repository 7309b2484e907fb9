//===- Help.cpp - dynfault-opt --help -------------------------------------===//

#include "Help.h"

#include "passes/inject/FaultOperator.h"

#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

static constexpr StringLiteral kUsage = R"(dynfault-opt: inject faults and insert probes into deep learning programs

usage: dynfault-opt [PASSES] [INPUT.mlir] [-o OUTPUT.mlir | OUTPUT.mlirbc | OUTPUT.pt]

INPUT is MLIR text or bytecode; without it, or with '-', standard input is read.
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

passes:
)";

static constexpr StringLiteral kFooter = R"(
options of passes go in quotes: --dynfault-inject="operator=HLR factor=100"
dynfault-opt is an mlir-opt: it also takes MLIR's own passes and options, such as
--canonicalize, --pass-pipeline, --split-input-file, --verify-diagnostics and
--mlir-print-ir-after-all. --help-all lists them all.

  --help, --help-all, --version

exit status: 0 done, 1 failed, 2 wrong usage
)";

static constexpr StringLiteral kPasses[] = {"dynfault-insert-activation-probes",
                                            "dynfault-insert-gradient-probes",
                                            "dynfault-insert-optimizer-probes",
                                            "dynfault-insert-curvature-probes",
                                            "dynfault-instrument"};

static void printEntry(raw_ostream &os, StringRef argument,
                       StringRef description) {
  os << "  --" << argument << "\n      " << description << "\n";
}

/// The options of a pass as MLIR prints them, indented below its entry.
template <typename EntryT>
static void printEntry(raw_ostream &os, const EntryT &entry) {
  printEntry(os, entry.getPassArgument(), entry.getPassDescription());
}

void dynfault::printHelp(raw_ostream &os) {
  os << kUsage;
  printEntry(os, "dynfault-inject=\"operator=... [site=...] [PARAMETER=...]\"",
             "Inject a fault; parameters not given are drawn "
             "([severity=low|medium|high] [seed=N])");
  os << "      operators:";
  for (const inject::FaultOperator *op : inject::getFaultOperators())
    os << ' ' << op->id << " (" << op->name << ')';
  os << '\n';
  for (StringRef name : kPasses) {
    if (const mlir::PassInfo *pass = mlir::PassInfo::lookup(name))
      printEntry(os, *pass);
    else if (const auto *pipeline = mlir::PassPipelineInfo::lookup(name))
      printEntry(os, *pipeline);
  }
  os << kFooter;
}
