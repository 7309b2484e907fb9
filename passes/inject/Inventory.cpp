//===- Inventory.cpp - What a module holds --------------------------------===//
//
// Fault operators register with this folder, so the inventory that counts their
// sites lives here and not with the program's other views.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Inventory.h"
#include "passes/inject/FaultOperator.h"
#include "passes/inject/Sampling.h"
#include "passes/prepare/Prepare.h"
#include "passes/torch/Schemas.h"
#include "passes/torch/TorchOps.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;

namespace {

struct OperationCount {
  std::string name;
  /// Declared by a dialect; otherwise `versions` says which PyTorch has it.
  bool isDeclared = false;
  unsigned versions = 0;
  size_t count = 0;

  bool isKnown() const { return isDeclared || versions != 0; }
};

/// Tensor slots of one kind.
struct SlotCount {
  size_t count = 0;
  /// Of those whose sizes are all known.
  size_t elements = 0;

  void add(torch::TensorInfo info) {
    ++count;
    if (info.isStatic())
      elements += ShapedType::getNumElements(*info.sizes);
  }
};

struct Inventory {
  std::vector<OperationCount> operations;
  SlotCount parameters, buffers;
  std::vector<std::pair<const FaultOperator *, size_t>> sites;
};

} // namespace

/// `torch.aten.relu` under all its spellings, or the operation's own name.
static std::string getName(Operation *op) {
  if (isa<torch::OperatorOp>(op))
    return ("torch." + torch::getTorchName(op)).str();
  return op->getName().getStringRef().str();
}

/// The operations within `module`, the most frequent ones first.
static std::vector<OperationCount> countOperations(ModuleOp module) {
  // By what identifies an operator without building its name each time.
  llvm::DenseMap<const void *, std::pair<Operation *, size_t>> counts;
  module->walk([&](Operation *op) {
    if (op == module.getOperation())
      return;
    const void *key = op->getName().getAsOpaquePointer();
    if (auto operatorOp = dyn_cast<torch::OperatorOp>(op))
      key = operatorOp.getNameAttr().getAsOpaquePointer();
    auto &entry = counts.try_emplace(key, op, 0).first->second;
    ++entry.second;
  });

  llvm::StringMap<OperationCount> byName;
  for (auto &[key, entry] : counts) {
    auto [op, count] = entry;
    OperationCount &operation = byName[getName(op)];
    operation.name = getName(op);
    operation.count += count;
    operation.isDeclared |= op->isRegistered() && !isa<torch::OperatorOp>(op);
    if (StringRef name = torch::getTorchName(op); !name.empty())
      for (const torch::Schema &schema : torch::findSchemas(name))
        operation.versions |= schema.versions;
  }
  std::vector<OperationCount> operations;
  for (auto &entry : byName)
    operations.push_back(std::move(entry.second));
  llvm::sort(operations, [](const auto &a, const auto &b) {
    return a.count != b.count ? a.count > b.count : a.name < b.name;
  });
  return operations;
}

/// Reads the prepared module.
static void countProgram(ModuleOp module, Inventory &inventory) {
  for (auto slot : module.getOps<torch::GlobalSlotOp>()) {
    auto info = torch::getTensorInfo(slot.getTypeBound());
    if (info && program::isParameter(slot))
      inventory.parameters.add(*info);
    else if (info && slot->hasAttr("dynfault.buffer"))
      inventory.buffers.add(*info);
  }
  program::Program program(module);
  for (const FaultOperator *op : getFaultOperators()) {
    size_t count =
        llvm::count_if(op->findSites(program), [&](const FaultSite &site) {
          return isPossible(*op, site);
        });
    if (count > 0)
      inventory.sites.emplace_back(op, count);
  }
}

/// `unknown`, `PyTorch 2.6.0 only`, or nothing to remark.
static std::string getRemark(const OperationCount &operation) {
  if (!operation.isKnown())
    return "unknown";
  unsigned all = (1u << torch::getSchemaVersions().size()) - 1;
  if (operation.isDeclared || operation.versions == all)
    return "";
  return torch::Schema{operation.versions, {}}.getVersionNames() + " only";
}

static void writeText(const Inventory &inventory, raw_ostream &os) {
  size_t total = 0, unknown = 0;
  for (const OperationCount &operation : inventory.operations) {
    total += operation.count;
    unknown += operation.isKnown() ? 0 : operation.count;
  }
  os << "operations: " << total << ", of " << inventory.operations.size()
     << " kinds; " << unknown << " unknown\n";
  for (const OperationCount &operation : inventory.operations) {
    std::string line = llvm::formatv("{0,8}  {1,-40} {2}", operation.count,
                                     operation.name, getRemark(operation));
    os << StringRef(line).rtrim() << '\n';
  }
  os << "trainable parameters: " << inventory.parameters.count << ", "
     << inventory.parameters.elements << " elements\n"
     << "buffers: " << inventory.buffers.count << ", "
     << inventory.buffers.elements << " elements\n"
     << "fault operators that apply: " << inventory.sites.size() << '\n';
  for (auto [op, count] : inventory.sites)
    os << llvm::formatv("{0,8}  {1,-4} {2}\n", count, op->id, op->name);
}

static void writeJson(const Inventory &inventory, raw_ostream &os) {
  llvm::json::OStream json(os, 2);
  auto writeSlots = [&](StringRef name, const SlotCount &slots) {
    json.attributeObject(name, [&] {
      json.attribute("count", static_cast<int64_t>(slots.count));
      json.attribute("elements", static_cast<int64_t>(slots.elements));
    });
  };
  json.object([&] {
    json.attributeArray("operations", [&] {
      for (const OperationCount &operation : inventory.operations)
        json.object([&] {
          json.attribute("name", operation.name);
          json.attribute("count", static_cast<int64_t>(operation.count));
          json.attribute("known", operation.isKnown());
          json.attributeArray("pytorch", [&] {
            for (auto [index, version] :
                 llvm::enumerate(torch::getSchemaVersions()))
              if (operation.versions >> index & 1)
                json.value(StringRef(version));
          });
        });
    });
    writeSlots("parameters", inventory.parameters);
    writeSlots("buffers", inventory.buffers);
    json.attributeArray("operators", [&] {
      for (auto [op, count] : inventory.sites)
        json.object([&, op = op, count = count] {
          json.attribute("operator", op->id);
          json.attribute("sites", static_cast<int64_t>(count));
        });
    });
  });
  os << '\n';
}

LogicalResult dynfault::inject::writeInventory(ModuleOp module, raw_ostream &os,
                                               ReportFormat format) {
  Inventory inventory;
  inventory.operations = countOperations(module);
  if (failed(prepare::prepareProgram(module)))
    return failure();
  countProgram(module, inventory);
  if (format == ReportFormat::Json)
    writeJson(inventory, os);
  else
    writeText(inventory, os);
  return success();
}
