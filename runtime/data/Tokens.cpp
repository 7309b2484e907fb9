//===- Tokens.cpp - Text as numbers ---------------------------------------===//

#include "runtime/data/Tokens.h"

#include <ATen/ATen.h>
#include <algorithm>

namespace dynfault {

namespace {

char lowered(char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; }

bool isWordByte(char c) {
  char small = lowered(c);
  return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') ||
         c == '\'' || (c & 0x80);
}

bool isSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/// Bytes of the UTF-8 sequence at the beginning of `text`; 1 if it is none.
size_t sequenceLength(std::string_view text) {
  auto lead = static_cast<unsigned char>(text[0]);
  size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  if (length > text.size())
    return 1;
  for (size_t i = 1; i < length; ++i)
    if ((text[i] & 0xc0) != 0x80)
      return 1;
  return length;
}

std::vector<std::string> words(std::string_view text, bool lower) {
  constexpr std::string_view LineBreak = "<br />";
  std::vector<std::string> tokens;
  std::string word;
  auto finish = [&] {
    if (!word.empty())
      tokens.push_back(std::move(word));
    word.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (isWordByte(text[i])) {
      word += lower ? lowered(text[i]) : text[i];
      continue;
    }
    finish();
    if (text.compare(i, LineBreak.size(), LineBreak) == 0)
      i += LineBreak.size() - 1;
  }
  finish();
  return tokens;
}

std::vector<std::string> characters(std::string_view text, bool lower) {
  std::vector<std::string> tokens;
  for (size_t i = 0; i < text.size();) {
    if (isSpace(text[i])) {
      while (i < text.size() && isSpace(text[i]))
        ++i;
      tokens.emplace_back(" ");
      continue;
    }
    size_t length = sequenceLength(text.substr(i));
    std::string token(text.substr(i, length));
    if (lower)
      token[0] = lowered(token[0]);
    tokens.push_back(std::move(token));
    i += length;
  }
  return tokens;
}

} // namespace

std::vector<std::string> tokenize(std::string_view text, TokenKind kind,
                                  bool lower) {
  return kind == TokenKind::Words ? words(text, lower)
                                  : characters(text, lower);
}

int32_t TokenNumbers::number(const std::string &token) {
  return numbers.emplace(token, int32_t(numbers.size()) + 1).first->second;
}

std::vector<std::string> TokenNumbers::sorted() const {
  std::vector<std::string> tokens;
  for (const auto &[token, number] : numbers)
    tokens.push_back(token);
  std::sort(tokens.begin(), tokens.end());
  return tokens;
}

at::Tensor TokenNumbers::renumber(const at::Tensor &tokens) const {
  std::vector<std::string> order = sorted();
  std::vector<int32_t> final(order.size() + 1);
  for (size_t i = 0; i < order.size(); ++i)
    final[numbers.at(order[i])] = i + 1;
  at::Tensor result = tokens.clone();
  auto *value = result.data_ptr<int32_t>();
  for (int64_t i = 0; i < result.numel(); ++i)
    value[i] = final[value[i]];
  return result;
}

void TokenRows::add(const std::vector<int32_t> &tokens) {
  int64_t kept = std::min<int64_t>(tokens.size(), length);
  if (keepEnd) {
    values.insert(values.end(), length - kept, 0);
    values.insert(values.end(), tokens.end() - kept, tokens.end());
    return;
  }
  values.insert(values.end(), tokens.begin(), tokens.begin() + kept);
  values.insert(values.end(), length - kept, 0);
}

at::Tensor TokenRows::tensor() const {
  return at::tensor(values, at::kInt).reshape({-1, length});
}

} // namespace dynfault
