//===- ModuleWriter.cpp - Slots become submodules -------------------------===//

#include "passes/torchscript/ModuleWriter.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace dynfault::torchscript;
namespace jit = ::torch::jit;
using jit::IValue;
using jit::Module;

/// A Python identifier made of `text`, for the name of a class.
static std::string toIdentifier(StringRef text) {
  std::string identifier;
  for (char c : text)
    identifier += isAlnum(c) ? c : '_';
  if (identifier.empty() || isDigit(identifier.front()))
    identifier.insert(identifier.begin(), '_');
  return identifier;
}

ModuleWriter::ModuleWriter(StringRef className)
    : className(toIdentifier(className)),
      unit(std::make_shared<jit::CompilationUnit>()),
      root(makeModule("__torch__." + this->className)) {}

Module ModuleWriter::makeModule(const std::string &qualifiedName) {
  Module module(c10::QualifiedName(qualifiedName), unit, /*shouldMangle=*/true);
  module.register_attribute("training", c10::BoolType::get(), IValue(true));
  return module;
}

std::optional<Module> ModuleWriter::getSubmodule(StringRef name) {
  Module module = root;
  std::string path = "__torch__." + className;
  SmallVector<StringRef> parts;
  name.split(parts, '.');
  for (StringRef part : parts) {
    std::string key = part.str();
    path += "." + toIdentifier(part);
    if (!module.hasattr(key)) {
      Module child = makeModule(path);
      module.register_module(key, child);
      module = child;
      continue;
    }
    IValue child = module.attr(key);
    if (!child.isModule())
      return std::nullopt;
    module = child.toModule();
  }
  return module;
}

std::optional<std::pair<Module, std::string>>
ModuleWriter::findPlace(StringRef name) {
  auto [scope, leaf] = name.rsplit('.');
  if (leaf.empty())
    std::swap(scope, leaf);
  std::optional<Module> module = scope.empty() ? root : getSubmodule(scope);
  if (!module || module->hasattr(leaf.str()))
    return std::nullopt;
  return std::make_pair(*module, leaf.str());
}

static std::string describeCollision(StringRef name) {
  return ("the name '" + name +
          "' collides with that of another slot or of "
          "a part of the archive")
      .str();
}

std::string ModuleWriter::addTensor(StringRef name, at::IntArrayRef sizes,
                                    at::ScalarType dtype, bool isBuffer) {
  at::Tensor tensor = at::zeros(sizes, dtype);
  if (!isBuffer)
    tensor.set_requires_grad(true);
  return addTensor(name, tensor, isBuffer);
}

std::string ModuleWriter::addTensor(StringRef name, const at::Tensor &tensor,
                                    bool isBuffer) {
  auto place = findPlace(name);
  if (!place)
    return describeCollision(name);
  place->first.register_parameter(place->second, tensor, isBuffer);
  return {};
}

std::string ModuleWriter::addValue(StringRef name, const jit::TypePtr &type,
                                   const IValue &value) {
  auto place = findPlace(name);
  if (!place)
    return describeCollision(name);
  place->first.register_attribute(place->second, type, value);
  return {};
}

void ModuleWriter::addAttribute(StringRef name, const jit::TypePtr &type,
                                const IValue &value) {
  root.register_attribute(name.str(), type, value);
}

std::string ModuleWriter::setTraining(StringRef scope, bool isTraining) {
  std::optional<Module> module = scope.empty() ? root : getSubmodule(scope);
  if (!module)
    return describeCollision(scope);
  module->setattr("training", isTraining);
  return {};
}
