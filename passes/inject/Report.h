//===- Report.h - Lists of operators and sites ------------------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_INJECT_REPORT_H
#define DYNFAULT_PASSES_INJECT_REPORT_H

#include "mlir/IR/BuiltinOps.h"

namespace dynfault::inject {

enum class ReportFormat { Text, Json, Markdown };

/// Lists all operators with class, site, parameters and source. The Markdown
/// form is docs/operators.md.
void listOperators(llvm::raw_ostream &os, ReportFormat format);

/// Lists every (operator, site) of the program with the parameters' ranges or
/// permitted choices. Text or JSON. Fails where two sites have one name.
mlir::LogicalResult listSites(mlir::ModuleOp module, llvm::raw_ostream &os,
                              ReportFormat format);

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_REPORT_H
