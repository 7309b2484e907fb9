//===- Tokens.h - Text as numbers -------------------------------*- C++ -*-===//
//
// A reader numbers all words of a data set in byte order, so that the numbers
// depend on nothing else. Which of them a program knows is decided later, from
// its training rows alone (Derive.h, `vocabulary`).
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_TOKENS_H
#define DYNFAULT_RUNTIME_DATA_TOKENS_H

#include <ATen/core/Tensor.h>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dynfault {

enum class TokenKind { Words, Characters };

/// The tokens of `text`. Words: longest runs of letters, digits and
/// apostrophes, every byte of a character outside ASCII counted as a letter;
/// `<br />` separates, too. Characters: UTF-8 sequences, or single bytes where
/// the text is none; runs of white space count as one blank. ASCII letters
/// become small if `lower`.
std::vector<std::string> tokenize(std::string_view text, TokenKind kind,
                                  bool lower);

/// Numbers for tokens. 0 stands for "none".
class TokenNumbers {
public:
  /// The token's number so far, from 1 in the order in which they came.
  int32_t number(const std::string &token);
  /// All tokens in byte order; the one at place i has the number i + 1 in the
  /// end.
  std::vector<std::string> sorted() const;
  /// `tokens` (int32, numbers so far) with the numbers of the end.
  at::Tensor renumber(const at::Tensor &tokens) const;

private:
  std::unordered_map<std::string, int32_t> numbers;
};

/// Rows of tokens under construction, all equally long.
class TokenRows {
public:
  /// Longer texts lose their end, or with `keepEnd` their beginning; shorter
  /// ones get 0 at the end, or with `keepEnd` at the beginning (Keras' "post"
  /// and "pre").
  TokenRows(int64_t length, bool keepEnd) : length(length), keepEnd(keepEnd) {}

  void add(const std::vector<int32_t> &tokens);
  /// int32 [rows, length].
  at::Tensor tensor() const;

private:
  int64_t length;
  bool keepEnd;
  std::vector<int32_t> values;
};

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_TOKENS_H
