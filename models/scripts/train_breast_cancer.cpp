//===- train_breast_cancer.cpp - A training loop of one's own -------------===//
//
// An ordinary LibTorch program: its own data, loss, optimizer and evaluation.
// The three lines marked (1) to (3) are all that a trace of it takes, besides
// loading the model from an instrumented archive:
//
//   dynfault-opt --dynfault-instrument models/bn_tanh_breast_cancer.mlir
//       -o program.pt
//   build/bin/train-breast-cancer breast_cancer.csv program.pt trace.sqlite
//
//===----------------------------------------------------------------------===//
#include "runtime/script/TrainingLoop.h" // (1)

#include <torch/script.h>
#include <torch/torch.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <sstream>

using Tensors = std::vector<at::Tensor>;

/// Rows of numbers without the header line, as float32.
static at::Tensor readCsv(const std::string &path) {
  std::ifstream file(path);
  std::vector<float> numbers;
  std::string line, cell;
  int64_t rows = 0;
  for (std::getline(file, line); std::getline(file, line); ++rows)
    for (std::stringstream cells(line); std::getline(cells, cell, ',');)
      numbers.push_back(std::stof(cell));
  TORCH_CHECK(rows > 0, path, ": is missing or has no rows");
  return torch::tensor(numbers).view({rows, -1});
}

static void run(const std::string &data, const std::string &archive,
                const std::string &trace) {
  torch::manual_seed(0);
  at::Tensor rows = readCsv(data);
  rows = rows.index_select(0, torch::randperm(rows.size(0)));
  at::Tensor targets = rows.slice(1, 30), inputs = rows.slice(1, 0, 30);
  at::Tensor train = inputs.slice(0, 0, 400);
  inputs = (inputs - train.mean(0)) / train.std(0);

  torch::jit::Module model = torch::jit::load(archive);
  model.get_method("reset_parameters")({});
  Tensors parameters;
  for (const at::Tensor &parameter : model.parameters())
    parameters.push_back(parameter);
  torch::optim::Adam optimizer(parameters, torch::optim::AdamOptions(0.001));

  for (int epoch = 1; epoch <= 10; ++epoch) {
    model.train();
    double sum = 0;
    for (const at::Tensor &batch : torch::randperm(400).split(16)) {
      optimizer.zero_grad();
      at::Tensor output =
          model.forward({inputs.index_select(0, batch)}).toTensor();
      at::Tensor loss = torch::binary_cross_entropy_with_logits(
          output, targets.index_select(0, batch));
      loss.backward();
      optimizer.step();
      dynfault::recordStep(dynfault::recorderOf(model), loss, optimizer); // (2)
      sum += loss.item<double>() / 25;
    }
    model.eval();
    torch::NoGradGuard noGradients;
    at::Tensor output = model.forward({inputs.slice(0, 400)}).toTensor();
    at::Tensor right = output.gt(0).eq(targets.slice(0, 400).gt(0.5));
    std::printf("epoch %d: loss %.4f, accuracy %.3f\n", epoch, sum,
                right.to(torch::kDouble).mean().item<double>());
  }
  dynfault::writeTrace(dynfault::recorderOf(model), archive, trace, 0); // (3)
}

int main(int argc, char **argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: train-breast-cancer DATA.csv ARCHIVE.pt "
                         "TRACE.sqlite\n");
    return 2;
  }
  try {
    run(argv[1], argv[2], argv[3]);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "train-breast-cancer: %s\n", error.what());
    return 1;
  }
}
