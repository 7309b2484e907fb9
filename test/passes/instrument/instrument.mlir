// The pipeline inserts the probe families of a preset, on every program of models/.

// `standard` is the default: of 141 steps one in 20 is sampled, and for curvature the first and the last.
// RUN: dynfault-opt %models/lenet5_fashion_mnist.mlir --dynfault-instrument | FileCheck %s
// CHECK-LABEL: func.func @forward
// CHECK-COUNT-4: dynfault.probe_activation {{.*}} {every = 20 : i64, kind = "relu",
// CHECK-NOT: dynfault.probe_activation
// CHECK: dynfault.training_step
// CHECK-NEXT: dynfault.probe_curvature {{.*}} {every = 200 : i64, fixed_batch = true, lanczos_steps = 4 : i64, lanczos_stop = "error", rows = 16 : i64, seed = 0 : i64, trace_samples = 2 : i64, training = true}
// CHECK: dynfault.backward
// CHECK-NEXT: dynfault.probe_gradients {every = 20 : i64}
// CHECK: dynfault.snapshot_parameters {every = 20 : i64}
// CHECK-NEXT: dynfault.optimizer_step
// CHECK-NEXT: dynfault.probe_optimizer {every = 20 : i64}
// CHECK-NEXT: dynfault.yield

// Long trainings get 48 samples, and 12 of curvature.
// RUN: sed 's/epochs = 3/epochs = 300/' %models/lenet5_fashion_mnist.mlir | dynfault-opt --dynfault-instrument | FileCheck %s --check-prefix=LONG
// LONG: dynfault.probe_activation {{.*}} {every = 294 : i64,
// LONG: dynfault.probe_curvature {{.*}} {every = 1175 : i64,

// What the corpus of docs/results was recorded with.
// RUN: dynfault-opt %models/lenet5_fashion_mnist.mlir --dynfault-instrument="preset=study" | FileCheck %s --check-prefix=STUDY
// STUDY-COUNT-4: dynfault.probe_activation {{.*}} {every = 3 : i64,
// STUDY: dynfault.probe_curvature {{.*}} {every = 36 : i64, fixed_batch = true, lanczos_steps = 4 : i64, seed = 0 : i64, trace_samples = 2 : i64, training = true}
// STUDY: dynfault.probe_optimizer {every = 3 : i64}

// RUN: dynfault-opt %models/lenet5_fashion_mnist.mlir --dynfault-instrument="preset=economy" | FileCheck %s --check-prefix=ECONOMY
// ECONOMY-COUNT-4: dynfault.probe_activation {{.*}} {every = 25 : i64,
// ECONOMY-NOT: dynfault.probe_curvature
// ECONOMY: dynfault.probe_optimizer {every = 25 : i64}

// RUN: dynfault-opt %models/lenet5_fashion_mnist.mlir --dynfault-instrument="preset=full" | FileCheck %s --check-prefix=FULL
// FULL: dynfault.probe_activation {{.*}}every = 1 : i64, {{.*}}warm_up = 16 : i64
// FULL: dynfault.probe_curvature {{.*}}every = 3 : i64, {{.*}}lanczos_steps = 20 : i64, {{.*}}trace_samples = 10 : i64, {{.*}}
// FULL: dynfault.probe_gradients {every = 1 : i64, warm_up = 16 : i64}

// RUN: dynfault-opt %models/lenet5_fashion_mnist.mlir --dynfault-instrument="every=3 curvature-every=4 warm-up=2 epochs=1" | FileCheck %s --check-prefix=OPTIONS
// OPTIONS: dynfault.probe_activation {{.*}}{epochs = 1 : i64, every = 3 : i64, {{.*}}warm_up = 2 : i64}
// OPTIONS: dynfault.probe_curvature {{.*}}{every = 4 : i64
// OPTIONS: dynfault.probe_gradients {epochs = 1 : i64, every = 3 : i64, warm_up = 2 : i64}
// OPTIONS: dynfault.snapshot_parameters {epochs = 1 : i64, every = 3 : i64, warm_up = 2 : i64}
// OPTIONS: dynfault.probe_optimizer {epochs = 1 : i64, every = 3 : i64, warm_up = 2 : i64}

// Curvature is to be had with `economy`, too, and some places only.
// RUN: dynfault-opt %models/lenet5_fashion_mnist.mlir --dynfault-instrument="preset=economy curvature-every=40 sites=fc?/relu parameters=*.weight" | FileCheck %s --check-prefix=SOME
// SOME-NOT: dynfault.probe_activation {{.*}}conv
// SOME-COUNT-2: dynfault.probe_activation {{.*}} site = "fc{{[12]}}/relu"
// SOME: dynfault.probe_curvature {{.*}} {every = 40 : i64, fixed_batch = true, lanczos_steps = 10 : i64
// SOME: dynfault.probe_gradients {every = 25 : i64, parameters = ["conv1.weight", "conv2.weight", "fc1.weight", "fc2.weight", "fc3.weight"]}

// The same as its four passes in any order, and twice the same as once.
// RUN: for program in %models/*.mlir; do \
// RUN:   dynfault-opt $program --dynfault-instrument -o %t.pipeline && \
// RUN:   dynfault-opt $program --dynfault-insert-curvature-probes="samples=12 min-every=200 lanczos-steps=4 lanczos-stop=error trace-samples=2 rows=16" \
// RUN:       --dynfault-insert-optimizer-probes="samples=48 min-every=20" --dynfault-insert-gradient-probes="samples=48 min-every=20" \
// RUN:       --dynfault-insert-activation-probes="samples=48 min-every=20" | diff - %t.pipeline && \
// RUN:   dynfault-opt %t.pipeline --dynfault-instrument | diff - %t.pipeline || exit 1; \
// RUN: done

// Taking the probes out again gives the program back: nothing else was touched but
// the sites' names, and those are the ones that are listed.
// RUN: for program in %models/*.mlir; do \
// RUN:   dynfault-opt $program --list-sites -o %t.plain && \
// RUN:   dynfault-opt $program --dynfault-instrument --list-sites | diff - %t.plain || exit 1; \
// RUN: done
