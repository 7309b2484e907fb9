//===- Nesting.cpp - How deep a text nests --------------------------------===//

#include "passes/torch/Nesting.h"

using llvm::StringRef;

/// The offset after the string that begins at `open`.
static size_t skipString(StringRef text, size_t open) {
  size_t i = open + 1;
  while (i < text.size() && text[i] != '"')
    i += text[i] == '\\' ? 2 : 1;
  return i + 1;
}

size_t dynfault::torch::findTooDeepNesting(StringRef text) {
  unsigned depth = 0;
  for (size_t i = text.find_first_of("<([{\"/"); i < text.size(); ++i) {
    switch (text[i]) {
    case '"':
      i = skipString(text, i) - 1;
      break;
    case '/':
      if (text.substr(i).starts_with("//"))
        i = text.find('\n', i);
      if (i == StringRef::npos)
        return i;
      break;
    case '<':
    case '(':
    case '[':
    case '{':
      if (++depth > kMaximumNesting)
        return i;
      break;
    case '>':
      // An arrow and a comparison close nothing.
      if (text[i - 1] == '-' || text.substr(i + 1).starts_with("="))
        break;
      [[fallthrough]];
    case ')':
    case ']':
    case '}':
      depth -= depth > 0;
      break;
    default:
      break;
    }
  }
  return StringRef::npos;
}
