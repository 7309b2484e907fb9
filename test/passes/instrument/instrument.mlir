// The pipeline inserts all four probe families, on every program of models/.

// RUN: dynfault-opt %models/lenet5_fashion_mnist.mlir --dynfault-instrument | FileCheck %s
// CHECK-LABEL: func.func @forward
// CHECK-COUNT-4: dynfault.probe_activation {{.*}} {every = 10 : i64, kind = "relu",
// CHECK-NOT: dynfault.probe_activation
// CHECK: dynfault.training_step
// CHECK-NEXT: dynfault.probe_curvature {{.*}} {every = 50 : i64, fixed_batch = true, lanczos_steps = 10 : i64, seed = 0 : i64, trace_samples = 5 : i64, training = true}
// CHECK: dynfault.backward
// CHECK-NEXT: dynfault.probe_gradients {every = 10 : i64}
// CHECK: dynfault.snapshot_parameters {every = 10 : i64}
// CHECK-NEXT: dynfault.optimizer_step
// CHECK-NEXT: dynfault.probe_optimizer {every = 10 : i64}
// CHECK-NEXT: dynfault.yield

// RUN: dynfault-opt %models/lenet5_fashion_mnist.mlir --dynfault-instrument="every=3 curvature-every=4" | FileCheck %s --check-prefix=OPTIONS
// OPTIONS: dynfault.probe_activation {{.*}}every = 3 : i64
// OPTIONS: dynfault.probe_curvature {{.*}}every = 4 : i64
// OPTIONS: dynfault.probe_gradients {every = 3 : i64}
// OPTIONS: dynfault.snapshot_parameters {every = 3 : i64}
// OPTIONS: dynfault.probe_optimizer {every = 3 : i64}

// The same as its four passes in any order, and twice the same as once.
// RUN: for program in %models/*.mlir; do \
// RUN:   dynfault-opt $program --dynfault-instrument -o %t.pipeline && \
// RUN:   dynfault-opt $program --dynfault-insert-curvature-probes --dynfault-insert-optimizer-probes \
// RUN:       --dynfault-insert-gradient-probes --dynfault-insert-activation-probes | diff - %t.pipeline && \
// RUN:   dynfault-opt %t.pipeline --dynfault-instrument | diff - %t.pipeline || exit 1; \
// RUN: done

// Taking the probes out again gives the program back: nothing else was touched but
// the sites' names, and those are the ones that are listed.
// RUN: for program in %models/*.mlir; do \
// RUN:   dynfault-opt $program --list-sites -o %t.plain && \
// RUN:   dynfault-opt $program --dynfault-instrument --list-sites | diff - %t.plain || exit 1; \
// RUN: done
