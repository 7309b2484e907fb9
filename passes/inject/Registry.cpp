//===- Registry.cpp - The list of fault operators -------------------------===//

#include "passes/inject/FaultOperator.h"
#include "passes/inject/Operators.h"

using namespace mlir;
using namespace dynfault::inject;

ArrayRef<const FaultOperator *> dynfault::inject::getFaultOperators() {
  static const FaultOperator *const operators[] = {
      // data
      &kChangeLabels,
      // model
      &kChangeActivation,
      // objective
      &kChangeLoss,
      // optimization
      &kChangeLearningRate,
  };
  return operators;
}

const FaultOperator *dynfault::inject::findFaultOperator(StringRef id) {
  for (const FaultOperator *op : getFaultOperators())
    if (op->id == id)
      return op;
  return nullptr;
}

SmallVector<StringRef>
dynfault::inject::getPermittedChoices(const FaultOperator &op,
                                      const FaultParameter &parameter,
                                      const FaultSite &site) {
  SmallVector<StringRef> permitted;
  for (ArrayRef<StringRef> choices : parameter.choices)
    for (StringRef choice : choices) {
      auto value = StringAttr::get(site.op->getContext(), choice);
      if (!op.refuses || op.refuses(site, parameter, value).empty())
        permitted.push_back(choice);
    }
  return permitted;
}
