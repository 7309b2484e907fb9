//===- DatasetRewrites.cpp - What faults of the data share ----------------===//

#include "passes/inject/DatasetRewrites.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using dynfault::program::DatasetOp;
using dynfault::program::Program;
using dynfault::program::TransformAttr;

SmallVector<FaultSite> dynfault::inject::findDataset(const Program &program) {
  DatasetOp dataset = program.getDataset();
  if (!dataset)
    return {};
  return {{dataset.getSymName().str(), dataset}};
}

/// The type of a batch of inputs, or null where nothing says it.
SmallVector<FaultSite> dynfault::inject::findRows(const Program &program) {
  DatasetOp dataset = program.getDataset();
  if (!dataset || dataset.getTrain() < 2)
    return {};
  return findDataset(program);
}

SmallVector<FaultSite>
dynfault::inject::findClassedRows(const Program &program) {
  if (auto step = program.getTrainingStep()) {
    auto info = torch::getTensorInfo(step.getTarget().getType());
    if (info && info->sizes && info->sizes->size() > 1 && info->dtype &&
        !isa<FloatType>(info->dtype))
      return {};
  }
  return findRows(program);
}

static Type getInputType(const Program &program) {
  if (auto step = program.getTrainingStep())
    return step.getInput().getType();
  func::FuncOp forward = program.getForward();
  if (!forward || forward.getNumArguments() == 0)
    return {};
  return forward.getArgumentTypes().front();
}

static std::optional<torch::TensorInfo> getInputInfo(const Program &program) {
  Type type = getInputType(program);
  return type ? torch::getTensorInfo(type) : std::nullopt;
}

SmallVector<FaultSite>
dynfault::inject::findFloatDataset(const Program &program) {
  auto info = getInputInfo(program);
  if (info && info->dtype && !isa<FloatType>(info->dtype))
    return {};
  return findDataset(program);
}

int64_t dynfault::inject::getInputWidth(const FaultSite &site) {
  auto info = getInputInfo(Program(site.op->getParentOfType<ModuleOp>()));
  if (!info || !info->sizes || info->sizes->empty())
    return 0;
  int64_t width = 1;
  for (int64_t size : ArrayRef<int64_t>(*info->sizes).drop_front()) {
    if (ShapedType::isDynamic(size))
      return 0;
    width *= size;
  }
  return width;
}

Recipe dynfault::inject::getRecipe(DatasetOp dataset) {
  return llvm::to_vector(dataset.getTransforms().getAsRange<TransformAttr>());
}

void dynfault::inject::setRecipe(DatasetOp dataset,
                                 ArrayRef<TransformAttr> recipe) {
  SmallVector<Attribute> transforms(recipe.begin(), recipe.end());
  dataset.setTransformsAttr(ArrayAttr::get(dataset.getContext(), transforms));
}

TransformAttr
dynfault::inject::makeTransform(MLIRContext *context, StringRef kind,
                                ArrayRef<NamedAttribute> parameters) {
  return TransformAttr::get(context, kind,
                            DictionaryAttr::get(context, parameters));
}

void dynfault::inject::appendShareTransform(DatasetOp dataset, StringRef kind,
                                            const FaultArguments &arguments,
                                            uint64_t seed,
                                            FaultRecord &record) {
  Builder builder(dataset.getContext());
  TransformAttr added = makeTransform(
      builder.getContext(), kind,
      {builder.getNamedAttr("share", arguments.lookup("share")),
       builder.getNamedAttr("seed", builder.getI64IntegerAttr(seed))});
  Recipe recipe = getRecipe(dataset);
  recipe.push_back(added);
  setRecipe(dataset, recipe);
  llvm::raw_string_ostream(record.after) << added;
}

std::string dynfault::inject::describe(ArrayRef<TransformAttr> recipe) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << '[';
  llvm::interleaveComma(recipe, os);
  os << ']';
  return text;
}
