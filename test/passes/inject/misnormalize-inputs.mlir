// TNP breaks the normalisation of both parts, TLK that of the validation part.

// RUN: split-file %s %t

// TNP. Missing: the raw values.
// RUN: dynfault-opt %t/image.mlir --dynfault-inject="operator=TNP which=missing" | FileCheck %s --check-prefix=MISSING
// MISSING: dynfault.faults = [{after = "[#dynfault.transform<change_labels, share = 1.000000e-01>]", before = "[#dynfault.transform<unit>, #dynfault.transform<change_labels, share = 1.000000e-01>]", class = "data", operator = "TNP", parameters = {which = "missing"}, site = "data"}]
// MISSING: transforms = [#dynfault.transform<change_labels, share = 1.000000e-01>]
// RUN: dynfault-opt %t/table.mlir --dynfault-inject="operator=TNP which=missing" | FileCheck %s --check-prefix=MISSINGTABLE
// MISSINGTABLE: dynfault.dataset @data
// MISSINGTABLE-NOT: standardize>

// Twice: 1/255 of what it should be. A standardization has no second time.
// RUN: dynfault-opt %t/image.mlir --dynfault-inject="operator=TNP which=twice" | FileCheck %s --check-prefix=TWICE
// TWICE: transforms = [#dynfault.transform<unit>, #dynfault.transform<unit>, #dynfault.transform<change_labels, share = 1.000000e-01>]

// Wrong statistics: those of 0..255 where the values are in 0..1 already.
// RUN: dynfault-opt %t/image.mlir --dynfault-inject="operator=TNP which=wrong_statistics" | FileCheck %s --check-prefix=WRONG
// WRONG: transforms = [#dynfault.transform<unit>, #dynfault.transform<normalize, mean = 1.275000e+02, std = 1.275000e+02>, #dynfault.transform<change_labels, share = 1.000000e-01>]

// Wrong axis: each row by itself.
// RUN: dynfault-opt %t/table.mlir --dynfault-inject="operator=TNP which=wrong_axis" | FileCheck %s --check-prefix=AXIS
// AXIS: transforms = [#dynfault.transform<standardize_rows>, #dynfault.transform<standardize_target>]

// Separate statistics: the validation part by its own.
// RUN: dynfault-opt %t/table.mlir --dynfault-inject="operator=TNP which=separate_statistics" | FileCheck %s --check-prefix=SEPARATE
// SEPARATE: transforms = [#dynfault.transform<standardize, separate = true>, #dynfault.transform<standardize_target>]

// TLK.
// RUN: dynfault-opt %t/image.mlir --dynfault-inject="operator=TLK which=raw" | FileCheck %s --check-prefix=RAW
// RAW: transforms = [#dynfault.transform<unit, validation = false>, #dynfault.transform<change_labels, share = 1.000000e-01>]
// RUN: dynfault-opt %t/table.mlir --dynfault-inject="operator=TLK which=raw" | FileCheck %s --check-prefix=RAWTABLE
// RAWTABLE: transforms = [#dynfault.transform<standardize, validation = false>, #dynfault.transform<standardize_target>]
// RUN: dynfault-opt %t/image.mlir --dynfault-inject="operator=TLK which=twice" | FileCheck %s --check-prefix=VALIDATIONTWICE
// VALIDATIONTWICE: transforms = [#dynfault.transform<unit>, #dynfault.transform<unit, train = false>, #dynfault.transform<change_labels, share = 1.000000e-01>]
// RUN: dynfault-opt %t/table.mlir --dynfault-inject="operator=TLK which=reversed_features" | FileCheck %s --check-prefix=REVERSED
// REVERSED: transforms = [#dynfault.transform<standardize>, #dynfault.transform<standardize_target>, #dynfault.transform<reverse_features, train = false>]

// The same request gives the same bytes.
// RUN: for operator in TNP TLK; do \
// RUN:   dynfault-opt %t/image.mlir --dynfault-inject="operator=$operator severity=high seed=3" -o %t.1.mlirbc && \
// RUN:   dynfault-opt %t/image.mlir --dynfault-inject="operator=$operator severity=high seed=3" -o %t.2.mlirbc && \
// RUN:   cmp %t.1.mlirbc %t.2.mlirbc || exit 1; \
// RUN: done

//--- image.mlir
dynfault.dataset @data {source = "fashion-mnist", train = 100, validation = 50, transforms = [#dynfault.transform<unit>, #dynfault.transform<change_labels, share = 0.1>]}
//--- table.mlir
dynfault.dataset @data {source = "abalone", train = 100, validation = 50, transforms = [#dynfault.transform<standardize>, #dynfault.transform<standardize_target>]}
