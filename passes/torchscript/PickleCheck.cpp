//===- PickleCheck.cpp - Pickles as TorchScript writes them ---------------===//
//
// An archive's values and its debug information, before LibTorch reads them.
//
//===----------------------------------------------------------------------===//

#include "passes/torchscript/ArchiveCheck.h"
#include "passes/torchscript/PickleScanner.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace dynfault::torchscript;

/// Names the first attribute that holds what cannot be expressed; empty where
/// there is none.
static std::string findRefused(PickleValue *result) {
  DenseSet<PickleValue *> seen;
  std::vector<std::pair<PickleValue *, std::string>> worklist{{result, ""}};
  auto join = [](const std::string &path, const Twine &name) {
    return path.empty() ? name.str() : (path + "." + name).str();
  };
  while (!worklist.empty()) {
    auto [value, path] = std::move(worklist.back());
    worklist.pop_back();
    if (value->kind == PickleKind::Refused)
      return ("attribute '" + path + "' is of type " + value->text +
              ", which cannot be expressed in the torch dialect; convert or "
              "remove it before the module is saved")
          .str();
    if (!seen.insert(value).second)
      continue;
    if (value->kind == PickleKind::Object) {
      worklist.emplace_back(value->items.front(), path);
    } else if (value->kind == PickleKind::Dict) {
      for (size_t i = 0; i < value->items.size(); i += 2) {
        PickleValue *key = value->items[i];
        worklist.emplace_back(value->items[i + 1],
                              join(path, key->kind == PickleKind::String
                                             ? Twine(key->text)
                                             : Twine(i / 2)));
      }
    } else {
      for (auto [i, item] : enumerate(value->items))
        worklist.emplace_back(item, join(path, Twine(i)));
    }
  }
  return {};
}

std::string
dynfault::torchscript::checkPickle(StringRef pickle,
                                   const StringMap<StringRef> *storages,
                                   uint64_t maximalTensorBytes) {
  PickleScanner scanner(pickle, storages, maximalTensorBytes);
  std::string problem = scanner.scan();
  return problem.empty() ? findRefused(scanner.getResult()) : problem;
}

//===----------------------------------------------------------------------===//
// Debug information
//===----------------------------------------------------------------------===//

static bool isTuple(const PickleValue *value, size_t size) {
  return value->kind == PickleKind::Tuple && value->items.size() == size;
}
static bool isNumber(const PickleValue *value) {
  return value->kind == PickleKind::Int && value->number >= 0;
}

/// The length of the text that a source stands for, or nothing where it is
/// none: (text, file name, first line), where with a table of texts text and
/// file name are indices into it.
static std::optional<uint64_t> getSourceSize(const PickleValue *source,
                                             const PickleValue *table) {
  if (!isTuple(source, 3) || !isNumber(source->items[2]))
    return std::nullopt;
  const PickleValue *text = source->items[0], *file = source->items[1];
  if (!table) {
    if (text->kind != PickleKind::String ||
        (file->kind != PickleKind::String && file->kind != PickleKind::None))
      return std::nullopt;
    return text->text.size();
  }
  auto isIndex = [&](const PickleValue *value) {
    return isNumber(value) &&
           static_cast<uint64_t>(value->number) < table->items.size();
  };
  if (text->kind != PickleKind::List || !isIndex(file) ||
      !llvm::all_of(text->items, isIndex))
    return std::nullopt;
  uint64_t size = 0;
  for (const PickleValue *index : text->items)
    size += table->items[index->number]->text.size();
  return size;
}

std::string dynfault::torchscript::checkDebugRecord(StringRef pickle) {
  PickleScanner scanner(pickle, nullptr, 0);
  if (std::string problem = scanner.scan(); !problem.empty())
    return problem;
  const std::string wrong = "it is no list of source ranges";
  const PickleValue *root = scanner.getResult(), *table = nullptr;
  if (root->kind != PickleKind::Tuple || root->items.empty())
    return wrong;
  if (root->items[0]->kind == PickleKind::String) {
    if (!isTuple(root, 3) ||
        root->items[0]->text != "FORMAT_WITH_STRING_TABLE" ||
        root->items[1]->kind != PickleKind::Tuple ||
        root->items[2]->kind != PickleKind::Tuple ||
        !llvm::all_of(root->items[1]->items, [](const PickleValue *text) {
          return text->kind == PickleKind::String;
        }))
      return wrong;
    table = root->items[1];
    root = root->items[2];
  }
  DenseSet<const PickleValue *> sources;
  // Texts are shared, but LibTorch looks at each line of each source.
  uint64_t left = SaturatingMultiply<uint64_t>(pickle.size(), 64) + (16u << 20);
  for (const PickleValue *row : root->items) {
    if (row->kind != PickleKind::Tuple || row->items.size() < 2 ||
        !isNumber(row->items[0]) || !isTuple(row->items[1], 3))
      return wrong;
    const PickleValue *range = row->items[1];
    if (sources.insert(range->items[0]).second) {
      auto size = getSourceSize(range->items[0], table);
      if (!size)
        return wrong;
      if (*size > left)
        return "its source texts are far larger than the record";
      left -= *size;
    }
    // PyTorch itself writes ranges that end behind their text.
    if (!isNumber(range->items[1]) || !isNumber(range->items[2]) ||
        range->items[1]->number > INT32_MAX ||
        range->items[2]->number > INT32_MAX)
      return "a source range lies outside of its text";
  }
  return {};
}
