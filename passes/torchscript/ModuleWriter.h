//===- ModuleWriter.h - Slots become submodules -----------------*- C++ -*-===//
//
// `@layer1.0.conv1.weight` becomes the parameter `weight` of the submodule
// `conv1` of `0` of `layer1`, so that an archive's state_dict has the keys that
// PyTorch users know.
//
//===----------------------------------------------------------------------===//

#ifndef DYNFAULT_PASSES_TORCHSCRIPT_MODULEWRITER_H
#define DYNFAULT_PASSES_TORCHSCRIPT_MODULEWRITER_H

#include <torch/script.h>

#include "passes/program/Program.h"

#include "llvm/ADT/StringMap.h"

namespace dynfault::torchscript {

// `torch` inside dynfault is the dialect, not LibTorch.
namespace jit = ::torch::jit;

class ModuleWriter {
public:
  explicit ModuleWriter(llvm::StringRef className);

  jit::Module &getRoot() { return root; }

  /// Adds a tensor of zeros under a dotted name. An empty result is success;
  /// else it says why the name is impossible.
  std::string addTensor(llvm::StringRef name, at::IntArrayRef sizes,
                        at::ScalarType dtype, bool isBuffer);
  /// The same for a tensor that has values.
  std::string addTensor(llvm::StringRef name, const at::Tensor &tensor,
                        bool isBuffer);

  /// Adds an attribute of the root module.
  void addAttribute(llvm::StringRef name, const jit::TypePtr &type,
                    const jit::IValue &value);
  /// Adds an attribute under a dotted name; the result is as of addTensor.
  std::string addValue(llvm::StringRef name, const jit::TypePtr &type,
                       const jit::IValue &value);
  /// Sets the training flag of the module of that dotted name, which is made
  /// where it does not exist; the root's is empty. The result is as of
  /// addTensor.
  std::string setTraining(llvm::StringRef scope, bool isTraining);

private:
  jit::Module makeModule(const std::string &qualifiedName);
  /// The submodule of that dotted name, made where it does not exist.
  std::optional<jit::Module> getSubmodule(llvm::StringRef name);
  /// The module that gets the attribute of that dotted name, and the name
  /// there; nothing where the name is impossible.
  std::optional<std::pair<jit::Module, std::string>>
  findPlace(llvm::StringRef name);

  std::string className;
  std::shared_ptr<jit::CompilationUnit> unit;
  jit::Module root;
};

} // namespace dynfault::torchscript

#endif // DYNFAULT_PASSES_TORCHSCRIPT_MODULEWRITER_H
