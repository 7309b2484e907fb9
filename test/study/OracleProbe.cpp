//===- OracleProbe.cpp - Solves a problem from stdin ----------------------===//
//
// Lets another language's results be compared with ours. Reads a mode, "rows
// features classes strength", then per row the label and the features ("nan" is
// missing), and prints numbers:
//   logistic    coefficients (features x classes), probabilities
//   ridge       coefficients, scores
//   preprocess  the design matrix without missing-value indicators
//   scores      of the features as probabilities: balanced accuracy, macro F1,
//               area under the curve, log loss, Brier score
//   tree        class shares of a tree of depth 5
//
//===----------------------------------------------------------------------===//
#include "tools/dynfault-study/features/Preprocessor.h"
#include "tools/dynfault-study/model/Forest.h"
#include "tools/dynfault-study/model/LogisticRegression.h"
#include "tools/dynfault-study/model/Ridge.h"
#include "tools/dynfault-study/score/Metrics.h"

#include <iomanip>
#include <iostream>
#include <string>

using namespace dynfault::study;

int main() {
  std::string mode;
  Eigen::Index rowCount = 0, features = 0;
  int classes = 0;
  double strength = 0;
  std::cin >> mode >> rowCount >> features >> classes >> strength;
  Eigen::MatrixXd rows(rowCount, features);
  std::vector<int> labels(static_cast<size_t>(rowCount));
  for (Eigen::Index i = 0; i < rowCount; ++i) {
    std::cin >> labels[static_cast<size_t>(i)];
    for (Eigen::Index j = 0; j < features; ++j) {
      std::string value;
      std::cin >> value;
      rows(i, j) = value.empty() ? 0 : std::stod(value);
    }
  }
  if (!std::cin)
    return 1;
  std::cout << std::setprecision(17);
  if (mode == "logistic") {
    LogisticTrainer trainer(rows, labels, classes);
    const LogisticFit fit = trainer.fit(strength, 1e-10);
    std::cout << fit.coefficients << "\n" << fit.probabilities(rows) << "\n";
  } else if (mode == "ridge") {
    const auto fit = RidgeTrainer(rows, labels, classes).fit(strength);
    std::cout << fit.coefficients << "\n" << fit.scores(rows) << "\n";
  } else if (mode == "preprocess") {
    const Preprocessor fitted = Preprocessor::fit(rows);
    const RowMatrix design = fitted.transform(rows);
    Eigen::Index values = 0;
    for (Eigen::Index name : fitted.columnNames())
      values += name >= 0;
    std::cout << design.leftCols(values) << "\n";
  } else if (mode == "scores") {
    std::vector<int> predicted;
    for (Eigen::Index i = 0; i < rowCount; ++i) {
      Eigen::Index best = 0;
      rows.row(i).maxCoeff(&best);
      predicted.push_back(static_cast<int>(best));
    }
    const Confusion confusion = confusionOf(labels, predicted, classes);
    std::cout << balancedAccuracy(confusion) << " " << macroF1(confusion) << " "
              << areaUnderCurve(rows, labels) << " " << logLoss(rows, labels)
              << " " << brierScore(rows, labels) << "\n";
  } else if (mode == "tree") {
    std::cout << Forest(rows, labels, classes, {}).probabilities(rows) << "\n";
  } else {
    return 1;
  }
}
