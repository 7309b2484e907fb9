//===- ProgramJson.h - program.json -----------------------------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_PROGRAM_PROGRAMJSON_H
#define DYNFAULT_PASSES_PROGRAM_PROGRAMJSON_H

#include "passes/program/Program.h"

namespace dynfault::program {

/// The `program.json` of an instrumented archive (docs/archive.md). The program
/// must have passed `verifyTrainable()`. The same program gives the same text.
std::string toJson(const Program &program);

} // namespace dynfault::program

#endif // DYNFAULT_PASSES_PROGRAM_PROGRAMJSON_H
