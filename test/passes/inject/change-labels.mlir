// TCL adds a step to the data recipe that changes labels.

// RUN: dynfault-opt %s --dynfault-inject="operator=TCL share=0.25 seed=7" | FileCheck %s
// CHECK: dynfault.faults = [{after = "#dynfault.transform<change_labels, share = 2.500000e-01, seed = 7>", before = "labels as they are", class = "data", operator = "TCL", parameters = {seed = 7 : i64, share = 2.500000e-01 : f64}, site = "data"}]
// It comes after what is there.
// CHECK: dynfault.dataset @data {source = "iris", train = 100 : i64, transforms = [#dynfault.transform<standardize>, #dynfault.transform<change_labels, share = 2.500000e-01, seed = 7>], validation = 50 : i64}

// The seed decides which labels change, so it is written down even at its default.
// RUN: dynfault-opt %s --dynfault-inject="operator=TCL share=0.25" | FileCheck %s --check-prefix=DEFAULT
// DEFAULT: #dynfault.transform<change_labels, share = 2.500000e-01, seed = 0>], validation

// The bounds are allowed.
// RUN: dynfault-opt %s --dynfault-inject="operator=TCL share=0.03" | FileCheck %s --check-prefix=LOWEST
// LOWEST: dynfault.dataset {{.*}}change_labels, share = 3.000000e-02
// RUN: dynfault-opt %s --dynfault-inject="operator=TCL share=0.6" | FileCheck %s --check-prefix=HIGHEST
// HIGHEST: dynfault.dataset {{.*}}change_labels, share = 6.000000e-01

dynfault.dataset @data {source = "iris", train = 100, validation = 50, transforms = [#dynfault.transform<standardize>]}

// A data set without transforms gets its first.
// RUN: dynfault-opt %models/lenet5_fashion_mnist.mlir --dynfault-inject="operator=TCL share=0.5" | FileCheck %s --check-prefix=PROGRAM
// PROGRAM: dynfault.dataset @data {{.*}}#dynfault.transform<change_labels, share = 5.000000e-01, seed = 0>]
