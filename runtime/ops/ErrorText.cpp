//===- ErrorText.cpp - What an exception says -----------------------------===//

#include "runtime/ops/ErrorText.h"

#include <c10/util/Exception.h>

std::string dynfault::firstLine(const std::exception &error) {
  std::string text;
  if (auto *torchError = dynamic_cast<const c10::Error *>(&error))
    text = torchError->what_without_backtrace();
  else
    text = error.what();
  // An error inside TorchScript begins with the call stack; what was wrong
  // stands last.
  const std::string marker = "\nRuntimeError: ";
  size_t last = text.rfind(marker);
  if (last != std::string::npos)
    text = text.substr(last + marker.size());
  // Errors of the TorchScript compiler begin with an empty line.
  text.erase(0, text.find_first_not_of(" \n"));
  return text.substr(0, text.find('\n'));
}
