//===- CodeCheck.cpp - Source text that LibTorch can parse ----------------===//
//
// LibTorch's parser and compiler recurse over brackets, operators and blocks,
// and its compiler unrolls loops over tuples. PyTorch writes flat code with
// loops over ranges only, so anything else is refused.
//
//===----------------------------------------------------------------------===//

#include "passes/torchscript/ArchiveCheck.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace dynfault::torchscript;

namespace {
constexpr size_t kMaximalSize = 64u << 20;
constexpr size_t kMaximalDepth = 1000;

class CodeScanner {
public:
  explicit CodeScanner(StringRef code) : code(code) {}

  std::string scan();

private:
  std::string error(const Twine &what) {
    return ("line " + Twine(line) + ": " + what).str();
  }
  std::string scanWord();
  std::string scanString();
  /// An expression's tree gets one level deeper, at most.
  std::string deepen() {
    ++operators.back();
    return ++depth > kMaximalDepth ? error("the code nests too deeply")
                                   : std::string();
  }
  void endItem() {
    depth -= operators.back();
    operators.back() = 0;
  }

  StringRef code;
  size_t at = 0, line = 1;
  /// Operators since the last comma, for each open bracket.
  SmallVector<size_t> operators{0};
  size_t depth = 0;
  bool startsStatement = true;
};
} // namespace

std::string CodeScanner::scanString() {
  char quote = code[at];
  // A triple quote spans lines; PyTorch never writes one.
  if (code.substr(at, 3) == std::string(3, quote))
    return error("strings over several lines are not allowed");
  for (++at; at < code.size() && code[at] != quote; ++at) {
    if (code[at] == '\\')
      ++at;
    if (at < code.size() && code[at] == '\n')
      return error("a string is not closed");
  }
  if (at >= code.size())
    return error("a string is not closed");
  ++at;
  return {};
}

std::string CodeScanner::scanWord() {
  StringRef word = code.drop_front(at).take_while(
      [](char c) { return isAlnum(c) || c == '_'; });
  at += word.size();
  bool isFirst = startsStatement;
  startsStatement = false;
  if (word == "for") {
    // The loop's variable, `in`, and a range.
    StringRef rest = code.drop_front(at).ltrim(' ');
    rest = rest.drop_while([](char c) { return isAlnum(c) || c == '_'; });
    rest = rest.ltrim(' ');
    if (!isFirst || !rest.consume_front("in ") ||
        !rest.ltrim(' ').starts_with("range("))
      return error("a loop must run over a range");
  }
  if (word == "elif" || word == "lambda")
    return error("'" + word + "' is not allowed");
  if (word == "__setstate__")
    return error("a class defines __setstate__, which would run while the "
                 "archive is read; remove it (quantized modules have one)");
  for (StringRef keyword : {"if", "else", "and", "or", "not", "in", "is"})
    if (word == keyword && !isFirst)
      return deepen();
  return {};
}

std::string CodeScanner::scan() {
  if (code.size() > kMaximalSize)
    return "the code is larger than 64 MiB";
  std::string problem;
  while (at < code.size() && problem.empty()) {
    char c = code[at];
    if (c == '\n') {
      ++line;
      ++at;
      if (operators.size() > 1)
        continue;
      endItem();
      startsStatement = true;
      size_t indent = code.find_first_not_of(" \t", at);
      if (indent != StringRef::npos && indent - at > kMaximalDepth)
        problem = error("the code nests too deeply");
    } else if (c == ' ' || c == '\t') {
      ++at;
    } else if (c == '"' || c == '\'') {
      startsStatement = false;
      problem = scanString();
    } else if (c == '#') {
      at = std::min(code.find('\n', at), code.size());
    } else if (isAlnum(c) || c == '_') {
      problem = scanWord();
    } else if (c == '(' || c == '[' || c == '{') {
      // A call of a call of a call nests, too.
      problem = deepen();
      operators.push_back(0);
      ++at;
    } else if (c == ')' || c == ']' || c == '}') {
      if (operators.size() == 1)
        return error("a bracket closes that was never opened");
      endItem();
      operators.pop_back();
      ++at;
    } else if (c == ',') {
      endItem();
      ++at;
    } else if (isPrint(c)) {
      startsStatement = false;
      problem = deepen();
      ++at;
    } else {
      problem = error("a character that is no text");
    }
  }
  if (problem.empty() && operators.size() > 1)
    return error("a bracket is not closed");
  return problem;
}

std::string dynfault::torchscript::checkCode(StringRef code) {
  return CodeScanner(code).scan();
}
