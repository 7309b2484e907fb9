//===- LogisticProbe.cpp - Fits a problem from stdin ----------------------===//
//
// Lets another language's solver be compared with ours: reads "rows features
// classes strength", then per row the label and the features; prints the
// coefficients (features x classes), then the probabilities (rows x classes).
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/model/LogisticRegression.h"

#include <iomanip>
#include <iostream>

int main() {
  Eigen::Index rowCount = 0, features = 0;
  int classes = 0;
  double strength = 0;
  std::cin >> rowCount >> features >> classes >> strength;
  Eigen::MatrixXd rows(rowCount, features);
  std::vector<int> labels(static_cast<size_t>(rowCount));
  for (Eigen::Index i = 0; i < rowCount; ++i) {
    std::cin >> labels[static_cast<size_t>(i)];
    for (Eigen::Index j = 0; j < features; ++j)
      std::cin >> rows(i, j);
  }
  if (!std::cin)
    return 1;
  dynfault::study::LogisticTrainer trainer(rows, labels, classes);
  const auto fit = trainer.fit(strength, 1e-10);
  std::cout << std::setprecision(17) << fit.coefficients << "\n"
            << fit.probabilities(rows) << "\n";
}
