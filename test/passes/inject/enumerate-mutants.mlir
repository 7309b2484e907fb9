// A program's mutants as files with a manifest.

// RUN: rm -rf %t && mkdir %t
// The module goes on as it is.
// RUN: dynfault-opt %models/mlp_spambase.mlir -o %t/printed
// RUN: dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/all" | diff - %t/printed
// RUN: %python %S/Inputs/check_mutants.py %t/all %models/mlp_spambase.mlir

// The same request gives the same bytes, in every format.
// RUN: dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/again" -o /dev/null
// RUN: diff -r %t/all %t/again
// RUN: dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/code1 format=mlirbc sample=9 seed=3" -o /dev/null
// RUN: dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/code2 format=mlirbc sample=9 seed=3" -o /dev/null
// RUN: diff -r %t/code1 %t/code2

// A sample is spread over classes, operators and severities, and another seed
// gives another one.
// RUN: dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/sample sample=40 seed=1" -o /dev/null
// RUN: dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/other sample=40 seed=2" -o /dev/null
// RUN: %python %S/Inputs/check_mutants.py %t/sample %models/mlp_spambase.mlir 40
// RUN: not diff -q %t/sample/manifest.json %t/other/manifest.json

// Some operators and severities.
// RUN: dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/some operators=HLR,TCL,OZG severities=low,high" -o /dev/null
// RUN: grep -c '"file": "[HTO]' %t/some/manifest.json | FileCheck %s --check-prefix=SOME
// HLR has two intervals per severity, TCL one, and OZG no severity at all.
// SOME: 7

// Passes that run on what is written; what is a mutant does not depend on them.
// RUN: dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/plain operators=OZG,LRD" -o /dev/null
// RUN: dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/probed operators=OZG,LRD pipeline=dynfault-instrument" -o /dev/null
// RUN: ls %t/plain > %t/plain.txt && ls %t/probed | diff - %t/plain.txt
// RUN: dynfault-opt --dynfault-instrument %t/plain/clean.mlir | diff - %t/probed/clean.mlir
// RUN: dynfault-opt --dynfault-instrument %t/plain/OZG_*.mlir | diff - %t/probed/OZG_*.mlir
// RUN: grep -q dynfault.probe_gradients %t/probed/OZG_*.mlir

// Refusals; nothing is written.
// RUN: not dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/none pipeline=dynfault-no-such-pass" 2>&1 | FileCheck %s --check-prefix=PIPELINE
// PIPELINE: error: pipeline='dynfault-no-such-pass' cannot be read: {{.*}}dynfault-no-such-pass
// RUN: not dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants 2>&1 | FileCheck %s --check-prefix=NOOUT
// NOOUT: error: dynfault-enumerate-mutants needs out=FOLDER
// RUN: not dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/none operators=HLX" 2>&1 | FileCheck %s --check-prefix=OPERATOR
// OPERATOR: error: unknown operator 'HLX'; did you mean 'HLR'? the operators are: TCL,
// RUN: not dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/none severities=mild" 2>&1 | FileCheck %s --check-prefix=SEVERITY
// SEVERITY: error: unknown severity 'mild'; it is low, medium or high
// RUN: not dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/none format=onnx" 2>&1 | FileCheck %s --check-prefix=FORMAT
// FORMAT: error: unknown format 'onnx'; it is mlir, mlirbc or pt
// RUN: not dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/all" 2>&1 | FileCheck %s --check-prefix=EXISTS
// EXISTS: error: cannot write '{{.*}}/all': Directory not empty; give out=... a folder that does not exist yet or is empty, in one that may be written
// RUN: not dynfault-opt %models/mlp_spambase.mlir --dynfault-enumerate-mutants="out=%t/no/folder" 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: error: cannot write '{{.*}}/no/folder': No such file or directory;
// RUN: ls %t | FileCheck %s --check-prefix=LEFT --implicit-check-not=tmp --implicit-check-not=none
// LEFT: all
