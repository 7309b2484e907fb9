//===- Upstream.cpp - What MLIR itself brings -----------------------------===//
//
// A file of its own: the headers of all dialects take a minute to compile.
//
//===----------------------------------------------------------------------===//

#include "Upstream.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"

void dynfault::registerUpstream(mlir::DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllPasses();
}
