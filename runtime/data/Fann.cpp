//===- Fann.cpp - Reader for FANN's training files ------------------------===//

#include "runtime/data/Fann.h"

#include "runtime/data/Table.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace dynfault {

RawRows parseFann(const std::string &text, const std::string &file) {
  std::string_view rest(text);
  int64_t line = 1;
  auto fail = [&](const std::string &what) {
    throw std::runtime_error(fmt::format("{}:{}: {}", file, line, what));
  };
  auto takeNumber = [&](const char *what) {
    size_t begin = std::min(rest.find_first_not_of(" \t\r\n"), rest.size());
    line += std::count(rest.begin(), rest.begin() + begin, '\n');
    rest.remove_prefix(begin);
    if (rest.empty())
      fail(fmt::format("truncated: expected {}", what));
    std::string_view word =
        rest.substr(0, std::min(rest.find_first_of(" \t\r\n"), rest.size()));
    rest.remove_prefix(word.size());
    auto number = parseNumber(word);
    if (!number)
      fail(fmt::format("'{}' is not a finite number", word.substr(0, 40)));
    return *number;
  };
  int64_t sizes[3];
  for (int64_t &size : sizes) {
    double number = takeNumber("the numbers of rows, inputs and outputs");
    // More values than bytes cannot be there.
    if (number < 1 || number != int64_t(number) || number > text.size())
      fail(fmt::format("'{}' is not a number of rows, inputs or outputs",
                       number));
    size = number;
  }
  auto [rows, inputs, outputs] = sizes;
  if (double(rows) * (inputs + outputs) > text.size())
    fail("truncated: the header announces more values than the file can hold");
  RawRows result;
  result.inputs = at::empty({rows, inputs}, at::kDouble);
  result.targets = at::empty({rows, outputs}, at::kDouble);
  double *input = result.inputs.data_ptr<double>();
  double *output = result.targets.data_ptr<double>();
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t i = 0; i < inputs; ++i)
      *input++ = takeNumber("an input");
    for (int64_t i = 0; i < outputs; ++i)
      *output++ = takeNumber("an output");
  }
  if (rest.find_first_not_of(" \t\r\n") != std::string_view::npos)
    fail(fmt::format("more than the {} rows of the header", rows));
  return result;
}

at::Tensor classesOfUnitVectors(const at::Tensor &outputs,
                                const std::string &file) {
  at::Tensor ones = outputs.eq(1);
  at::Tensor wrong =
      ones.sum(1).ne(1).logical_or(ones.logical_or(outputs.eq(0)).all(1).eq(0));
  if (wrong.any().item<bool>())
    throw std::runtime_error(
        fmt::format("{}: the outputs of row {} are not one 1 among zeros", file,
                    wrong.nonzero()[0].item<int64_t>() + 1));
  return outputs.argmax(1).to(at::kDouble);
}

} // namespace dynfault
