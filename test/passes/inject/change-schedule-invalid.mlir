// What HBS, HDB and HNE refuse.

// DEFINE: %{request} =
// DEFINE: %{input} = %t/usual.mlir
// DEFINE: %{check} = not dynfault-opt %{input} --dynfault-inject="%{request}" 2>&1 | FileCheck %s --check-prefix

// RUN: split-file %s %t

// REDEFINE: %{request} = operator=HBS size=3
// RUN: %{check}=CHOICE
// CHOICE: error: parameter 'size' of operator HBS has no choice '3'; the choices are: 8, 256, 4, 512, 1, 2
// REDEFINE: %{request} = operator=HBS size=4
// RUN: %{check}=SAME
// SAME: error: operator HBS at 'schedule' with size=4: batches have 4 rows already, so the mutant would be equivalent
// REDEFINE: %{request} = operator=HBS size=256
// RUN: %{check}=WHOLE
// WHOLE: with size=256: the training part has 100 rows; HDB makes one batch of them
// REDEFINE: %{request} = operator=HNE factor=0.6
// RUN: %{check}=RANGE
// RANGE: must be a number from 0.05 to 0.5, got '0.6'
// REDEFINE: %{input} = %t/whole.mlir
// REDEFINE: %{request} = operator=HDB
// RUN: %{check}=HDB
// HDB: error: operator HDB at 'schedule': the whole training part is one batch already, so the mutant would be equivalent
// REDEFINE: %{request} = operator=HNE factor=0.5
// RUN: %{check}=ONE
// ONE: with factor=0.5: of 1 epochs it leaves 1, so the mutant would be equivalent

//--- usual.mlir
dynfault.dataset @data {source = "iris", train = 100, validation = 50}
dynfault.schedule {epochs = 10, batch_size = 4}
//--- whole.mlir
dynfault.dataset @data {source = "iris", train = 100, validation = 50}
dynfault.schedule {epochs = 1, batch_size = 100}
