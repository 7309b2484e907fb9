//===- OperatorRecorder.h - See what a thread computes ----------*- C++ -*-===//
//
// Below autograd a computation is a sequence of operators. A fallback for a
// dispatch key that lies there sees each of them with its arguments, whoever
// calls it. The key is part of a thread's state only while one records, so that
// nothing else is slower.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_CURVATURE_OPERATORRECORDER_H
#define DYNFAULT_RUNTIME_CURVATURE_OPERATORRECORDER_H

#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include <vector>

namespace dynfault {

/// An operator that ran below autograd and was called by none such.
struct OperatorCall {
  const c10::OperatorHandle &op;
  c10::DispatchKeySet keys; ///< What it was dispatched on.
  c10::ArrayRef<c10::IValue> results;
};

/// Told of the calls of its thread.
class OperatorListener {
public:
  virtual ~OperatorListener() = default;
  /// An operator will be called: what it works on in place is not changed yet.
  virtual void willCall(const c10::OperatorHandle &op,
                        c10::ArrayRef<c10::IValue> arguments) = 0;
  /// That operator has returned. Not told if it throws.
  virtual void called(const OperatorCall &call) = 0;
};

/// Tells `listener` of the calls that this thread makes while it lives. Must
/// be the only one of its thread.
class OperatorRecording {
public:
  explicit OperatorRecording(OperatorListener &listener);
  ~OperatorRecording();
  OperatorRecording(const OperatorRecording &) = delete;
  OperatorRecording &operator=(const OperatorRecording &) = delete;

  /// False where another library uses the dispatch key, or where this thread
  /// records already.
  static bool available();

private:
  c10::impl::IncludeDispatchKeyGuard included;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_CURVATURE_OPERATORRECORDER_H
