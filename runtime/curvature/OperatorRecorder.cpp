//===- OperatorRecorder.cpp - See what a thread computes ------------------===//
//
// The key is the one that LibTorch reserves for fake tensors of other
// libraries: below those of autograd, of views and of in-place operators,
// above all devices', and without a kernel in LibTorch itself.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/OperatorRecorder.h"

#include <torch/library.h>

using namespace dynfault;

static constexpr c10::DispatchKey kKey = c10::DispatchKey::Fake;

static thread_local OperatorListener *listening = nullptr;

static void tell(const c10::OperatorHandle &op, c10::DispatchKeySet keys,
                 torch::jit::Stack *stack) {
  // What an operator calls in its turn is part of it.
  c10::impl::ExcludeDispatchKeyGuard outermost(kKey);
  keys = keys & c10::DispatchKeySet(c10::DispatchKeySet::FULL_AFTER, kKey);
  OperatorListener *listener = listening;
  if (listener)
    listener->willCall(
        op, torch::jit::last(*stack, op.schema().arguments().size()));
  op.redispatchBoxed(keys, stack);
  if (listener)
    listener->called(
        {op, keys, torch::jit::last(*stack, op.schema().returns().size())});
}

static bool registered() {
  static const bool first = [] {
    if (c10::Dispatcher::singleton().hasBackendFallbackForDispatchKey(kKey))
      return false;
    static torch::Library library = MAKE_TORCH_LIBRARY_IMPL(_, Fake);
    library.fallback(torch::CppFunction::makeFromBoxedFunction<&tell>());
    return true;
  }();
  return first;
}

// With the library, not at the first use: other threads may call operators
// then.
[[maybe_unused]] static const bool atLoad = registered();

bool OperatorRecording::available() { return registered() && !listening; }

OperatorRecording::OperatorRecording(OperatorListener &listener)
    : included(kKey) {
  TORCH_CHECK(available(), "dynfault: operators are recorded already");
  listening = &listener;
}

OperatorRecording::~OperatorRecording() { listening = nullptr; }
