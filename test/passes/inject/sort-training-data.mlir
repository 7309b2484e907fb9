// TDS sorts the training rows and stops the shuffling.

// RUN: dynfault-opt %s --dynfault-inject="operator=TDS" | FileCheck %s
// CHECK: dynfault.faults = [{after = "sorted by target, not shuffled", before = "shuffled in each epoch", class = "data", operator = "TDS", parameters = {}, site = "data"}]
// CHECK: transforms = [#dynfault.transform<standardize>, #dynfault.transform<sort_by_target>]
// CHECK: dynfault.schedule {batch_size = 5 : i64, epochs = 3 : i64, shuffle = false}

// Without shuffling the rows are still not sorted.
// RUN: sed 's/epochs = 3/epochs = 3, shuffle = false/' %s | dynfault-opt --dynfault-inject="operator=TDS" | FileCheck %s --check-prefix=UNSHUFFLED
// UNSHUFFLED: before = "in the order of the data set"
// UNSHUFFLED: #dynfault.transform<sort_by_target>

// The same request gives the same bytes.
// RUN: dynfault-opt %s --dynfault-inject="operator=TDS" -o %t.1.mlirbc
// RUN: dynfault-opt %s --dynfault-inject="operator=TDS" -o %t.2.mlirbc
// RUN: cmp %t.1.mlirbc %t.2.mlirbc

dynfault.dataset @data {source = "iris", train = 100, validation = 50, transforms = [#dynfault.transform<standardize>]}
dynfault.schedule {epochs = 3, batch_size = 5}
