//===- VerifySchemas.cpp - Checks operators against schemas ---------------===//
//
// A module holds few different operators and types and many operations, so each
// operator's schemas are looked up once and each pair of a type and a schema's
// type is compared once.
//
//===----------------------------------------------------------------------===//

#include "passes/torch/Passes.h"
#include "passes/torch/Schemas.h"
#include "passes/torch/TorchOps.h"

using namespace mlir;
using namespace dynfault::torch;

namespace dynfault::torch {
#define GEN_PASS_DEF_VERIFYSCHEMAS
#include "passes/torch/Passes.h.inc"
} // namespace dynfault::torch

namespace {

struct Overload {
  Schema schema;
  Signature signature;
};

class SchemaVerifier {
public:
  LogicalResult verify(Operation *op);

private:
  const std::vector<Overload> &getOverloads(Operation *op);
  bool isOfType(Type type, StringRef schemaType);
  bool matches(Operation *op, const Overload &overload, bool isStable);

  /// The first operand or result that is wrong, as a sentence.
  std::string describe(Operation *op, const Overload &overload);

  /// By operation name, or by the name attribute of a torch.operator.
  llvm::DenseMap<const void *, std::vector<Overload>> overloads;
  /// By type and the place of the schema's type in the table.
  llvm::DenseMap<std::pair<const void *, const void *>, bool> comparisons;
};

} // namespace

const std::vector<Overload> &SchemaVerifier::getOverloads(Operation *op) {
  const void *key = op->getName().getAsOpaquePointer();
  if (auto operatorOp = dyn_cast<OperatorOp>(op))
    key = operatorOp.getNameAttr().getAsOpaquePointer();
  auto [entry, isNew] = overloads.try_emplace(key);
  if (isNew)
    for (const Schema &schema : findSchemas(getTorchName(op)))
      entry->second.push_back({schema, parseSignature(schema.text)});
  return entry->second;
}

bool SchemaVerifier::isOfType(Type type, StringRef schemaType) {
  auto [entry, isNew] =
      comparisons.try_emplace({type.getAsOpaquePointer(), schemaType.data()});
  if (isNew)
    entry->second = isOfSchemaType(type, schemaType);
  return entry->second;
}

/// The least number of operands. Releases that the table does not have may lack
/// trailing arguments with defaults, where the operator changed between those
/// that it has.
static size_t getLeastOperands(const Signature &signature, bool isStable) {
  size_t least = signature.arguments.size();
  while (!isStable && least > 0 && signature.arguments[least - 1].hasDefault)
    --least;
  return least;
}

bool SchemaVerifier::matches(Operation *op, const Overload &overload,
                             bool isStable) {
  const Signature &signature = overload.signature;
  size_t count = op->getNumOperands();
  if (count < getLeastOperands(signature, isStable) ||
      (count > signature.arguments.size() && !signature.isVariadic))
    return false;
  if (op->getNumResults() != signature.results.size() &&
      !signature.returnsAnything)
    return false;
  for (auto [type, argument] :
       llvm::zip(op->getOperandTypes(), signature.arguments))
    if (!isOfType(type, argument.type))
      return false;
  for (auto [type, result] : llvm::zip(op->getResultTypes(), signature.results))
    if (!isOfType(type, result.type))
      return false;
  return true;
}

std::string SchemaVerifier::describe(Operation *op, const Overload &overload) {
  const Signature &signature = overload.signature;
  std::string text;
  llvm::raw_string_ostream os(text);
  unsigned index = 0;
  for (auto [type, argument] :
       llvm::zip(op->getOperandTypes(), signature.arguments)) {
    if (!isOfType(type, argument.type)) {
      os << "has '" << type << "' for '" << argument.name << "' (operand #"
         << index << "), which is of type " << argument.type;
      return text;
    }
    ++index;
  }
  index = 0;
  for (auto [type, result] :
       llvm::zip(op->getResultTypes(), signature.results)) {
    if (!isOfType(type, result.type)) {
      os << "has '" << type << "' as result #" << index << ", which is of type "
         << result.type;
      return text;
    }
    ++index;
  }
  return text;
}

LogicalResult SchemaVerifier::verify(Operation *op) {
  // What the dialect declares has verifiers of its own.
  if (op->isRegistered() && !isa<OperatorOp>(op))
    return success();
  if (op->getName().getDialectNamespace() !=
      TorchDialect::getDialectNamespace())
    return success();
  const std::vector<Overload> &candidates = getOverloads(op);
  if (candidates.empty())
    return success();
  unsigned versions = 0;
  bool isStable = true;
  for (const Overload &overload : candidates) {
    versions |= overload.schema.versions;
    isStable &= overload.signature.arguments.size() ==
                candidates.front().signature.arguments.size();
  }
  isStable &= versions == (1u << getSchemaVersions().size()) - 1;
  for (const Overload &overload : candidates)
    if (matches(op, overload, isStable))
      return success();

  // The newest release's is what the message compares with.
  const Overload &newest = candidates.back();
  const Signature &signature = newest.signature;
  InFlightDiagnostic diagnostic = op->emitError();
  diagnostic << "'" << getTorchName(op) << "' ";
  size_t operands = op->getNumOperands(), results = op->getNumResults();
  if (operands != signature.arguments.size() && !signature.isVariadic)
    diagnostic << "takes " << signature.arguments.size() << " operands, got "
               << operands;
  else if (results != signature.results.size() && !signature.returnsAnything)
    diagnostic << "has " << signature.results.size() << " results, got "
               << results;
  else
    diagnostic << describe(op, newest);
  for (const Overload &overload : candidates)
    diagnostic << "; " << overload.schema.getVersionNames() << ": "
               << overload.schema.text;
  return diagnostic;
}

namespace {

class VerifySchemas
    : public dynfault::torch::impl::VerifySchemasBase<VerifySchemas> {
  void runOnOperation() override {
    SchemaVerifier verifier;
    bool hasFailed = false;
    getOperation()->walk(
        [&](Operation *op) { hasFailed |= failed(verifier.verify(op)); });
    if (hasFailed)
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};

} // namespace
