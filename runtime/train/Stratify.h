//===- Stratify.h - Which mutants stand for all -----------------*- C++ -*-===//
//
// A program has far more mutants of some operators than of others (one for each
// layer and activation function), and most of the severe ones are trivial. A
// sample that is drawn evenly from all would be made of these.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_TRAIN_STRATIFY_H
#define DYNFAULT_RUNTIME_TRAIN_STRATIFY_H

#include <cstdint>
#include <string>
#include <vector>

namespace dynfault {

/// What a mutant is by class, operator, severity; from the coarsest to the
/// finest. All have the same length.
using Strata = std::vector<std::string>;

/// The numbers 0 .. `mutants.size()` - 1 in an order of which every beginning
/// is a stratified sample: the turn goes round the values of the first level,
/// within one of these round those of the second, and so on. Which value comes
/// first, and the order within a stratum, are drawn with `seed`; `stream` makes
/// programs independent of each other. A value that runs out of mutants is
/// passed over. The result does not depend on the order of `mutants` but
/// through the numbers, provided that `names`, their sort keys, are distinct.
std::vector<size_t> stratify(const std::vector<Strata> &mutants,
                             const std::vector<std::string> &names,
                             uint64_t seed, const std::string &stream);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_TRAIN_STRATIFY_H
