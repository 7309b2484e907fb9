// Where functions are inside of a recurrent layer, or there are none, layers' outputs are probed.

// A recurrent layer and the activation function of another layer.
// RUN: dynfault-opt %models/cnn_lstm_polarity_nl.mlir --dynfault-insert-activation-probes | FileCheck %s --check-prefix=LSTM
// LSTM: dynfault.probe_activation {{.*}} kind = "relu"
// LSTM: %[[H:.*]]:3 = torch.operator "aten.lstm.input"
// LSTM-NEXT: %[[P:.*]] = dynfault.probe_activation %[[H]]#0 {{.*}}kind = "lstm"
// LSTM-NEXT: torch.aten.select.int %[[P]]
// LSTM-NOT: dynfault.probe_activation

// The kind says which function it is.
// RUN: dynfault-opt %models/irnn_mnist.mlir --dynfault-insert-activation-probes | FileCheck %s --check-prefix=RNN
// RNN: dynfault.probe_activation {{.*}}kind = "rnn_relu"
// RNN-NOT: dynfault.probe_activation

// A linear model, with and without an activation function that a fault adds.
// RUN: dynfault-opt %models/polynomial_regression.mlir --dynfault-insert-activation-probes | FileCheck %s --check-prefix=LINEAR
// RUN: dynfault-opt %models/polynomial_regression.mlir --dynfault-inject="operator=AAL to=relu" --dynfault-insert-activation-probes | FileCheck %s --check-prefix=LINEAR
// LINEAR: torch.aten.linear
// LINEAR-NEXT: dynfault.probe_activation {{.*}}kind = "identity"
// LINEAR-NOT: dynfault.probe_activation

// Twice is once.
// RUN: dynfault-opt %models/cnn_lstm_polarity_nl.mlir --dynfault-insert-activation-probes -o %t.once
// RUN: dynfault-opt %t.once --dynfault-insert-activation-probes | diff - %t.once
// RUN: dynfault-opt %models/polynomial_regression.mlir --dynfault-insert-activation-probes -o %t.once
// RUN: dynfault-opt %t.once --dynfault-insert-activation-probes | diff - %t.once
