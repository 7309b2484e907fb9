// HBS changes the batch size, HDB makes one batch of all rows, HNE cuts epochs.

// RUN: dynfault-opt %s --dynfault-inject="operator=HBS size=1" | FileCheck %s --check-prefix=HBS
// HBS: dynfault.faults = [{after = "batches of 1", before = "batches of 5", class = "optimization", operator = "HBS", parameters = {size = 1 : i64}, site = "schedule"}]
// HBS: dynfault.schedule {batch_size = 1 : i64, epochs = 10 : i64}

// RUN: dynfault-opt %s --dynfault-inject="operator=HDB" | FileCheck %s --check-prefix=HDB
// HDB: dynfault.faults = [{after = "batches of 100", before = "batches of 5", {{.*}}operator = "HDB", parameters = {}, site = "schedule"}]
// HDB: dynfault.schedule {batch_size = 100 : i64, epochs = 10 : i64}

// The number of epochs is rounded, and at least 1.
// RUN: dynfault-opt %s --dynfault-inject="operator=HNE factor=0.25" | FileCheck %s --check-prefix=HNE
// HNE: after = "3 epochs", before = "10 epochs"
// HNE: dynfault.schedule {batch_size = 5 : i64, epochs = 3 : i64}
// RUN: dynfault-opt %s --dynfault-inject="operator=HNE factor=0.05" | FileCheck %s --check-prefix=LEAST
// LEAST: epochs = 1 : i64

// They change different aspects of one place, so their order does not matter.
// RUN: dynfault-opt %s --dynfault-inject="operator=HNE factor=0.5" --dynfault-inject="operator=HBS size=2" -o %t.1
// RUN: dynfault-opt %s --dynfault-inject="operator=HBS size=2" --dynfault-inject="operator=HNE factor=0.5" | cmp - %t.1

dynfault.dataset @data {source = "iris", train = 100, validation = 50}
dynfault.schedule {epochs = 10, batch_size = 5}
