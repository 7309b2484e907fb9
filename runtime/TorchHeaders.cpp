//===- TorchHeaders.cpp - Owner of the precompiled header -----------------===//
//
// A precompiled header belongs to a target, and a target needs a source file.
//
//===----------------------------------------------------------------------===//
