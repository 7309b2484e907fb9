// TRD, TUD, TAN, TCO and TDR add a step to the data recipe that changes a share of
// the training rows. What the step does is measured in DataFaultsTest.cpp.

// RUN: dynfault-opt %s --dynfault-inject="operator=TRD share=0.5 seed=7" | FileCheck %s --check-prefixes=TRD
// TRD: dynfault.faults = [{after = "#dynfault.transform<delete_training_data, share = 5.000000e-01, seed = 7>", before = "training rows as they are", class = "data", operator = "TRD", parameters = {seed = 7 : i64, share = 5.000000e-01 : f64}, site = "data"}]
// It comes after what is there.
// TRD: transforms = [#dynfault.transform<standardize>, #dynfault.transform<delete_training_data, share = 5.000000e-01, seed = 7>]

// RUN: dynfault-opt %s --dynfault-inject="operator=TUD share=0.75" | FileCheck %s --check-prefix=TUD
// TUD: transforms = [#dynfault.transform<standardize>, #dynfault.transform<unbalance_training_data, share = 7.500000e-01, seed = 0>]
// RUN: dynfault-opt %s --dynfault-inject="operator=TAN share=1" | FileCheck %s --check-prefix=TAN
// TAN: transforms = [#dynfault.transform<standardize>, #dynfault.transform<add_noise, share = 1.000000e+00, seed = 0>]
// RUN: dynfault-opt %s --dynfault-inject="operator=TCO share=0.05" | FileCheck %s --check-prefix=TCO
// TCO: transforms = [#dynfault.transform<standardize>, #dynfault.transform<overlap_classes, share = 5.000000e-02, seed = 0>]
// RUN: dynfault-opt %s --dynfault-inject="operator=TDR share=0.25" | FileCheck %s --check-prefix=TDR
// TDR: transforms = [#dynfault.transform<standardize>, #dynfault.transform<repeat_data, share = 2.500000e-01, seed = 0>]

// One after the other: the recipe has them in the order of injection.
// RUN: dynfault-opt %s --dynfault-inject="operator=TDR share=0.25" --dynfault-inject="operator=TRD share=0.5" | FileCheck %s --check-prefix=BOTH
// BOTH: transforms = [#dynfault.transform<standardize>, #dynfault.transform<repeat_data, {{[^>]*}}>, #dynfault.transform<delete_training_data, {{[^>]*}}>]

// The same request gives the same bytes.
// RUN: for operator in TRD TUD TAN TCO TDR; do \
// RUN:   dynfault-opt %s --dynfault-inject="operator=$operator severity=high seed=3" -o %t.1.mlirbc && \
// RUN:   dynfault-opt %s --dynfault-inject="operator=$operator severity=high seed=3" -o %t.2.mlirbc && \
// RUN:   cmp %t.1.mlirbc %t.2.mlirbc || exit 1; \
// RUN: done

dynfault.dataset @data {source = "iris", train = 100, validation = 50, transforms = [#dynfault.transform<standardize>]}
