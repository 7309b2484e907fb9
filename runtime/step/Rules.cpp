//===- Rules.cpp - The table of all rules ---------------------------------===//

#include "runtime/step/Rules.h"

#include <unordered_map>

using namespace dynfault;

PlanValue *PlanArguments::tensor(size_t index) const {
  require(index < arguments.size() && arguments[index].tensor,
          "an argument that is not a tensor");
  return arguments[index].tensor;
}

bool PlanArguments::isNone(size_t index) const {
  return index >= arguments.size() ||
         (!arguments[index].tensor && arguments[index].constant.isNone());
}

const c10::IValue &PlanArguments::constant(size_t index) const {
  require(index < arguments.size() && !arguments[index].tensor,
          "an argument that is not a constant");
  return arguments[index].constant;
}

Rule dynfault::findRule(const std::string &name) {
  static const std::unordered_map<std::string, Rule> rules = [] {
    std::unordered_map<std::string, Rule> table;
    auto add = [&table](const char *operation, Rule rule) {
      table[operation] = rule;
    };
    for (auto family :
         {addActivationRules, addConvolutionRules, addDropoutRules,
          addLinearRules, addLossRules, addNormalizationRules, addShapeRules})
      family(add);
    return table;
  }();
  auto found = rules.find(name);
  return found == rules.end() ? nullptr : found->second;
}
