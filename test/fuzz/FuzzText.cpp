//===- FuzzText.cpp - Fuzzes the text reader ------------------------------===//
//
// Whatever bytes come: they are read or refused with an error, and what is read
// prints to a text that reads and prints the same again, directly and through
// bytecode.
//
//===----------------------------------------------------------------------===//

#include "passes/program/ProgramDialect.h"
#include "passes/torch/ConversionDialect.h"
#include "passes/torch/Nesting.h"
#include "passes/torch/TorchDialect.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace dynfault;

static std::string print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  return text;
}

static void expectEqual(const std::string &text, const std::string &again,
                        StringRef how) {
  if (text == again)
    return;
  llvm::errs() << "changed by " << how << ":\n"
               << text << "-----\n"
               << again << "\n";
  abort();
}

static const DialectRegistry &getRegistry() {
  static const DialectRegistry registry = [] {
    DialectRegistry dialects;
    dialects.insert<func::FuncDialect, torch::TorchDialect,
                    torch_c::TorchCDialect, program::DynfaultDialect>();
    return dialects;
  }();
  return registry;
}

/// Reads `text`, which was printed, and prints it again. In a context of its
/// own: resources of one name are two in a shared one.
static std::string readAgain(StringRef text) {
  MLIRContext context(getRegistry(), MLIRContext::Threading::DISABLED);
  ParserConfig config(&context);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, config);
  return module ? print(*module) : "cannot be read";
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  MLIRContext context(getRegistry(), MLIRContext::Threading::DISABLED);
  // Errors are expected, and nobody reads them.
  context.getDiagEngine().registerHandler([](Diagnostic &) {});

  // MLIR's lexer looks for the null byte that ends a file's buffer.
  std::string input(reinterpret_cast<const char *>(data), size);
  if (torch::findTooDeepNesting(input) != StringRef::npos)
    return 0;
  ParserConfig config(&context);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(input, config);
  if (!module)
    return 0;
  std::string text = print(*module);
  expectEqual(text, readAgain(text), "reading its text");

  std::string bytecode;
  llvm::raw_string_ostream stream(bytecode);
  if (succeeded(writeBytecodeToFile(*module, stream)))
    expectEqual(text, readAgain(bytecode), "reading its bytecode");
  return 0;
}
