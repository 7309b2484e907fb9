//===- Upstream.h - What MLIR itself brings ---------------------*- C++ -*-===//

#ifndef DYNFAULT_TOOLS_DYNFAULT_OPT_UPSTREAM_H
#define DYNFAULT_TOOLS_DYNFAULT_OPT_UPSTREAM_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace dynfault {

/// Registers all dialects, extensions and passes of MLIR.
void registerUpstream(mlir::DialectRegistry &registry);

} // namespace dynfault

#endif // DYNFAULT_TOOLS_DYNFAULT_OPT_UPSTREAM_H
