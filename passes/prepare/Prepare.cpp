//===- Prepare.cpp - From an imported module to a program -----------------===//

#include "passes/prepare/Passes.h"
#include "passes/program/Sites.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::prepare;

namespace dynfault::prepare {
#define GEN_PASS_REGISTRATION
#include "passes/prepare/Passes.h.inc"
} // namespace dynfault::prepare

void dynfault::prepare::registerPasses() { registerPreparePasses(); }

LogicalResult dynfault::prepare::prepareProgram(ModuleOp module) {
  if (isObjectGraph(module)) {
    if (failed(globalize(module)))
      return failure();
    simplify(module);
  }
  return program::assignSites(module);
}
