// What TDS refuses.

// RUN: split-file %s %t

// RUN: not dynfault-opt %t/no-schedule.mlir --dynfault-inject="operator=TDS" 2>&1 | FileCheck %s --check-prefix=NOSCHEDULE
// NOSCHEDULE: error: operator TDS (no shuffling) has no site here; it needs the data set of a program with a schedule

// RUN: not dynfault-opt %t/sorted.mlir --dynfault-inject="operator=TDS" 2>&1 | FileCheck %s --check-prefix=SORTED
// SORTED: error: operator TDS at 'data': the training rows are sorted already, so the mutant would be equivalent

// RUN: not dynfault-opt %t/one-batch.mlir --dynfault-inject="operator=TDS" 2>&1 | FileCheck %s --check-prefix=ONEBATCH
// ONEBATCH: error: operator TDS at 'data': the whole training part is one batch, so the mutant would be equivalent

// It takes no parameter.
// RUN: not dynfault-opt %t/sorted.mlir --dynfault-inject="operator=TDS share=0.5" 2>&1 | FileCheck %s --check-prefix=PARAMETER
// PARAMETER: error: operator TDS has no parameter 'share'; it takes none

//--- no-schedule.mlir
dynfault.dataset @data {source = "iris", train = 100, validation = 50}
//--- sorted.mlir
dynfault.dataset @data {source = "iris", train = 100, validation = 50, transforms = [#dynfault.transform<sort_by_target>]}
dynfault.schedule {epochs = 3, batch_size = 5, shuffle = false}
//--- one-batch.mlir
dynfault.dataset @data {source = "iris", train = 100, validation = 50}
dynfault.schedule {epochs = 3, batch_size = 100}
