//===- ErrorText.h - What an exception says ---------------------*- C++ -*-===//
//
// LibTorch's messages are long: call stacks of TorchScript and of C++. A user
// is told the one line that says what is wrong.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_OPS_ERRORTEXT_H
#define DYNFAULT_RUNTIME_OPS_ERRORTEXT_H

#include <exception>
#include <string>

namespace dynfault {

/// The first line of an exception's message, without LibTorch's call stack.
std::string firstLine(const std::exception &error);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_OPS_ERRORTEXT_H
