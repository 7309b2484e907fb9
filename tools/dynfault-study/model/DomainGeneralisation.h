//===- DomainGeneralisation.h - Training across programs --------*- C++ -*-===//
//
// Methods that use which program a training run is of, so that what is learned
// holds for a program that is not there. All are applied to the same linear
// classifier, with the default parameters of I. Gulrajani and D. Lopez-Paz, "In
// Search of Lost Domain Generalization" (ICLR 2021), as the middle of a grid.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_STUDY_MODEL_DOMAINGENERALISATION_H
#define DYNFAULT_STUDY_MODEL_DOMAINGENERALISATION_H

#include "tools/dynfault-study/model/LogisticRegression.h"

#include <string>
#include <vector>

namespace dynfault::study {

enum class DomainMethod {
  /// M. Arjovsky et al. 2019, IRMv1: mean risk plus lambda times the mean
  /// squared derivative of each program's risk by a common scale of the scores.
  Irm,
  /// D. Krueger et al. 2021: mean risk plus beta times the variance of the
  /// programs' risks.
  Vrex,
  /// S. Sagawa et al. 2020: the risk weighted by programs, whose weights grow
  /// exponentially with their risk (step size eta).
  GroupDro
};

/// The parameters that are tried: lambda, beta or eta.
std::vector<double> domainGrid(DomainMethod method);

/// Fits a linear softmax classifier with L2 `strength`. A program's risk is its
/// class-balanced log loss (balanced within the whole training part).
/// `start` is the plain fit of the same rows (empirical risk minimisation),
/// from which the penalised problem starts; DomainBed's annealing does the
/// same. `domains` lie in [0, count of domains).
LogisticFit fitAcrossDomains(const Design<float> &rows,
                             const std::vector<int> &labels,
                             const std::vector<int> &domains, int classes,
                             DomainMethod method, double parameter,
                             double strength, const LogisticFit &start,
                             LogisticMetric &metric);

/// CORAL (B. Sun, J. Feng, K. Saenko, "Return of Frustratingly Easy Domain
/// Adaptation", AAAI 2016): training rows with the covariance of the test rows,
/// rows * (C_train + I)^(-1/2) * (C_test + I)^(1/2). Uses the test rows, not
/// their labels.
RowMatrix coralAligned(const RowMatrix &train, const RowMatrix &test);

/// Removes the `directions` along which the programs' means differ most (mean
/// of class means, so that no class is removed with them): principal axes of
/// the training programs' means. Returns features x directions, orthonormal.
Eigen::MatrixXd programSubspace(const RowMatrix &rows,
                                const std::vector<int> &labels,
                                const std::vector<int> &programs,
                                int directions);

} // namespace dynfault::study

#endif
