//===- Help.h - dynfault-opt --help -----------------------------*- C++ -*-===//

#ifndef DYNFAULT_TOOLS_DYNFAULT_OPT_HELP_H
#define DYNFAULT_TOOLS_DYNFAULT_OPT_HELP_H

namespace dynfault {

/// Prints what a newcomer needs to standard output; MLIR's several hundred
/// options are left to `--help-all`.
void printHelp();

} // namespace dynfault

#endif // DYNFAULT_TOOLS_DYNFAULT_OPT_HELP_H
