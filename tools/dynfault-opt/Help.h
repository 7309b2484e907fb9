//===- Help.h - dynfault-opt --help -----------------------------*- C++ -*-===//

#ifndef DYNFAULT_TOOLS_DYNFAULT_OPT_HELP_H
#define DYNFAULT_TOOLS_DYNFAULT_OPT_HELP_H

#include "llvm/Support/raw_ostream.h"

namespace dynfault {

/// Prints what a newcomer needs; MLIR's several hundred options are left to
/// `--help-all`.
void printHelp(llvm::raw_ostream &os);

} // namespace dynfault

#endif // DYNFAULT_TOOLS_DYNFAULT_OPT_HELP_H
