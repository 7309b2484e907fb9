//===- Operators.h - Declarations of all fault operators --------*- C++ -*-===//

#ifndef DYNFAULT_PASSES_INJECT_OPERATORS_H
#define DYNFAULT_PASSES_INJECT_OPERATORS_H

#include "passes/inject/FaultOperator.h"

namespace dynfault::inject {

// data
extern const FaultOperator kChangeLabels;          // TCL
extern const FaultOperator kDeleteTrainingData;    // TRD
extern const FaultOperator kUnbalanceTrainingData; // TUD
extern const FaultOperator kAddNoise;              // TAN
extern const FaultOperator kOverlapClasses;        // TCO
extern const FaultOperator kRepeatData;            // TDR
extern const FaultOperator kSortTrainingData;      // TDS
extern const FaultOperator kMisnormalizeInputs;    // TNP
extern const FaultOperator kMismatchPreprocessing; // TLK

// model
extern const FaultOperator kAddActivation;       // AAL
extern const FaultOperator kChangeActivation;    // ACH
extern const FaultOperator kRemoveActivation;    // ARM
extern const FaultOperator kChangeMask;          // ATM
extern const FaultOperator kRemovePositions;     // ATP
extern const FaultOperator kRemoveScale;         // ATS
extern const FaultOperator kAddLayer;            // LAD
extern const FaultOperator kChangeFilters;       // LCF
extern const FaultOperator kChangeNeurons;       // LCN
extern const FaultOperator kChangeUnits;         // LCO
extern const FaultOperator kChangePool;          // LCP
extern const FaultOperator kChangeStride;        // LCS
extern const FaultOperator kSwapRecurrent;       // LCT
extern const FaultOperator kChangeKernel;        // LKS
extern const FaultOperator kChangeNormalisation; // LNM
extern const FaultOperator kRemoveLayer;         // LRM
extern const FaultOperator kRemoveResidual;      // LRS
extern const FaultOperator kChangeSoftmaxDim;    // SMD
extern const FaultOperator kAddBias;             // WAB
extern const FaultOperator kChangeInitialiser;   // WCI
extern const FaultOperator kRemoveBias;          // WRB

// objective
extern const FaultOperator kChangeLoss;             // LCH
extern const FaultOperator kChangeOutputActivation; // LDS
extern const FaultOperator kChangeReduction;        // LRD
extern const FaultOperator kChangeLossSign;         // LSG
extern const FaultOperator kSmoothLabels;           // LSM
extern const FaultOperator kAddPenalty;             // RAW
extern const FaultOperator kChangeDropout;          // RCD
extern const FaultOperator kChangePenalty;          // RCW
extern const FaultOperator kRemovePenalty;          // RRW

// optimization
extern const FaultOperator kChangeLearningRate;   // HLR
extern const FaultOperator kChangeBatchSize;      // HBS
extern const FaultOperator kDisableBatching;      // HDB
extern const FaultOperator kChangeEpochs;         // HNE
extern const FaultOperator kChangeOptimizer;      // OCH
extern const FaultOperator kChangeClipping;       // OCG
extern const FaultOperator kChangeMomentum;       // OMO
extern const FaultOperator kChangeEpsilon;        // OEP
extern const FaultOperator kNeverZeroGradients;   // OZG
extern const FaultOperator kFreezeParameters;     // OMP
extern const FaultOperator kUpdateBeforeBackward; // OSO
extern const FaultOperator kChangeLrSchedule;     // OSC
extern const FaultOperator kRemoveWarmup;         // OWU

} // namespace dynfault::inject

#endif // DYNFAULT_PASSES_INJECT_OPERATORS_H
