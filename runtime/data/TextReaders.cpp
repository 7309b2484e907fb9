//===- TextReaders.cpp - Formats that hold text ---------------------------===//

#include "runtime/data/Bundle.h"
#include "runtime/data/Csv.h"
#include "runtime/data/Readers.h"
#include "runtime/data/Tokens.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <fmt/format.h>

namespace dynfault {

namespace {

/// A text and, where its file says so, its target.
struct TextRecord {
  std::string text, target;
};

/// Where the texts of a part stand: `container` is `lines`, `documents` (a
/// bundle, each file a text), `csv` or `json` (a file or a bundle of files,
/// each an array of objects). For the last two `text` and `target` say which
/// column (by number) or member holds them; a list of members is joined. An
/// object without text, or whose target is a list that does not hold exactly
/// one element, is left out. With `mail` the headers, up to the first empty
/// line, are left out.
class TextSource {
public:
  explicit TextSource(const JsonField &options)
      : options(options), container(options.at("container").asString()) {
    if (container != "lines" && container != "documents" &&
        container != "csv" && container != "json")
      options.at("container")
          .fail("expected 'lines', 'documents', 'csv' or 'json'");
    mail = options.find("mail") && options.at("mail").asBool();
  }

  static std::vector<std::string> members() {
    return {"container", "text", "target", "mail"};
  }

  std::vector<TextRecord> read(const std::string &bytes,
                               const std::string &file) const {
    std::vector<TextRecord> records;
    if (container == "lines")
      readLines(bytes, records);
    else if (container == "csv")
      readCsv(bytes, file, records);
    else if (container == "documents")
      for (BundleMember &member : readBundle(bytes, file))
        records.push_back({std::move(member.bytes), ""});
    else if (bytes.compare(0, 1, "[") == 0)
      readJson(bytes, file, records);
    else
      for (const BundleMember &member : readBundle(bytes, file))
        readJson(member.bytes, file + ": " + member.name, records);
    if (mail)
      for (TextRecord &record : records)
        dropHeaders(record.text);
    return records;
  }

private:
  static void readLines(const std::string &bytes,
                        std::vector<TextRecord> &records) {
    for (size_t begin = 0; begin < bytes.size();) {
      size_t end = std::min(bytes.find('\n', begin), bytes.size());
      std::string line = bytes.substr(begin, end - begin);
      if (line.find_first_not_of(" \t\r") != std::string::npos)
        records.push_back({line, ""});
      begin = end + 1;
    }
  }

  void readCsv(const std::string &bytes, const std::string &file,
               std::vector<TextRecord> &records) const {
    size_t text = options.at("text").asIntAtLeast(0);
    size_t target = options.at("target").asIntAtLeast(0);
    for (CsvRecord &record : parseCsv(bytes, file)) {
      // A comment line of the file's author.
      if (record.fields[0].compare(0, 1, "#") == 0)
        continue;
      if (record.fields.size() <= std::max(text, target))
        throw std::runtime_error(fmt::format(
            "{}:{}: record has {} fields, expected text and target in {} and "
            "{} (from 0)",
            file, record.line, record.fields.size(), text, target));
      records.push_back({record.fields[text], record.fields[target]});
    }
  }

  void readJson(const std::string &bytes, const std::string &file,
                std::vector<TextRecord> &records) const {
    std::vector<std::string> texts;
    JsonField textOption = options.at("text");
    if (textOption.isString())
      texts = {textOption.asString()};
    else
      for (const JsonField &name : textOption.elements())
        texts.push_back(name.asString());
    std::string target = options.at("target").asString();
    for (const JsonField &object : JsonField::parse(bytes, file).elements()) {
      TextRecord record;
      bool whole = readTarget(object, target, record.target);
      for (const std::string &name : texts) {
        auto field = object.find(name);
        whole = whole && field;
        if (whole)
          record.text += (record.text.empty() ? "" : "\n") + field->asString();
      }
      if (whole)
        records.push_back(std::move(record));
    }
  }

  /// False if the object has no single target.
  static bool readTarget(const JsonField &object, const std::string &name,
                         std::string &target) {
    auto field = object.find(name);
    if (field && field->isArray()) {
      std::vector<JsonField> several = field->elements();
      if (several.size() != 1)
        return false;
      field = several[0];
    }
    if (!field)
      return false;
    target =
        field->isString() ? field->asString() : std::to_string(field->asInt());
    return true;
  }

  static void dropHeaders(std::string &text) {
    size_t end = text.find("\n\n");
    text.erase(0, end == std::string::npos ? text.size() : end + 2);
  }

  JsonField options;
  std::string container;
  bool mail = false;
};

/// How text becomes numbers: `tokens` is `words` or `characters`, `lower` =
/// true.
class Tokenizer {
public:
  explicit Tokenizer(const JsonField &options) {
    std::string tokens = options.at("tokens").asString();
    if (tokens != "words" && tokens != "characters")
      options.at("tokens").fail("expected 'words' or 'characters'");
    kind = tokens == "words" ? TokenKind::Words : TokenKind::Characters;
    if (auto field = options.find("lower"))
      lower = field->asBool();
  }

  static std::vector<std::string> members() { return {"tokens", "lower"}; }

  std::vector<int32_t> run(const std::string &text) {
    std::vector<int32_t> tokens;
    for (const std::string &token : tokenize(text, kind, lower))
      tokens.push_back(numbers.number(token));
    return tokens;
  }

  TokenNumbers numbers;

private:
  TokenKind kind;
  bool lower = true;
};

std::vector<std::string> joined(std::vector<std::string> a,
                                const std::vector<std::string> &b,
                                const std::vector<std::string> &c) {
  a.insert(a.end(), b.begin(), b.end());
  a.insert(a.end(), c.begin(), c.end());
  return a;
}

void renumber(const TokenNumbers &numbers, RawRows &rows, bool targetsToo) {
  if (!rows.inputs.defined())
    return;
  rows.inputs = numbers.renumber(rows.inputs);
  if (targetsToo)
    rows.targets = numbers.renumber(rows.targets);
}

/// `text`: a row for each text: TextSource's and Tokenizer's options, `length`,
/// `keep` (`start` or `end`, what a longer text keeps), `labels` (the targets'
/// names in the order of the classes; texts with others are left out). Without
/// `labels` the part says its class, or the target is a number.
class TextReader : public DatasetReader {
public:
  explicit TextReader(const DatasetEntry &entry)
      : DatasetReader(entry), source(entry.options), tokenizer(entry.options) {
    entry.options.checkMembers(joined(TextSource::members(),
                                      Tokenizer::members(),
                                      {"length", "keep", "labels"}));
    length = entry.options.at("length").asIntAtLeast(1);
    std::string keep = entry.options.at("keep").asString();
    if (keep != "start" && keep != "end")
      entry.options.at("keep").fail("expected 'start' or 'end'");
    keepEnd = keep == "end";
    if (auto field = entry.options.find("labels"))
      for (const JsonField &label : field->elements())
        classNames.push_back(label.asString());
  }

  RawRows read(const DataPart &part) override {
    TokenRows rows(length, keepEnd);
    std::vector<double> targets;
    for (const TextRecord &record :
         source.read(contents(part.table), path(part.table))) {
      std::optional<double> target = targetOf(record, part);
      if (!target)
        continue;
      std::vector<int32_t> tokens = tokenizer.run(record.text);
      // A text without a word says nothing.
      if (tokens.empty())
        continue;
      targets.push_back(*target);
      rows.add(tokens);
    }
    return {rows.tensor(), at::tensor(targets, at::kDouble)};
  }

  void finish(RawData &data) override {
    renumber(tokenizer.numbers, data.train, /*targetsToo=*/false);
    renumber(tokenizer.numbers, data.validation, /*targetsToo=*/false);
  }

private:
  std::optional<double> targetOf(const TextRecord &record,
                                 const DataPart &part) const {
    if (part.label >= 0)
      return part.label;
    if (classNames.empty()) {
      auto number = parseNumber(record.target);
      if (!number)
        fail(part.table,
             fmt::format("'{}' is not a finite number", record.target));
      return number;
    }
    auto found = std::find(classNames.begin(), classNames.end(), record.target);
    if (found == classNames.end())
      return std::nullopt;
    return found - classNames.begin();
  }

  TextSource source;
  Tokenizer tokenizer;
  int64_t length;
  bool keepEnd;
  std::vector<std::string> classNames;
};

/// `text_windows`: running text, cut into windows of `length` tokens that begin
/// every `stride` tokens: TextSource's and Tokenizer's options, and `predict`:
/// `every` (the target of each token is the one after it) or `next` (the target
/// of the window is the token after it). A window never spans two documents,
/// and all windows of one are a group.
class TextWindowReader : public DatasetReader {
public:
  explicit TextWindowReader(const DatasetEntry &entry)
      : DatasetReader(entry), source(entry.options), tokenizer(entry.options) {
    entry.options.checkMembers(joined(TextSource::members(),
                                      Tokenizer::members(),
                                      {"length", "stride", "predict"}));
    length = entry.options.at("length").asIntAtLeast(1);
    stride = entry.options.at("stride").asIntAtLeast(1);
    std::string predict = entry.options.at("predict").asString();
    if (predict != "every" && predict != "next")
      entry.options.at("predict").fail("expected 'every' or 'next'");
    every = predict == "every";
  }

  RawRows read(const DataPart &part) override {
    TokenRows inputs(length, false), targets(every ? length : 1, false);
    std::vector<int64_t> groups;
    for (const TextRecord &record :
         source.read(contents(part.table), path(part.table))) {
      std::vector<int32_t> tokens = tokenizer.run(record.text);
      auto at = tokens.begin();
      for (int64_t first = 0; first + length < int64_t(tokens.size());
           first += stride) {
        inputs.add({at + first, at + first + length});
        targets.add(
            {at + first + (every ? 1 : length), at + first + length + 1});
        groups.push_back(documents);
      }
      ++documents;
    }
    at::Tensor next = targets.tensor();
    return {inputs.tensor(), every ? next : next.reshape(-1),
            at::tensor(groups, at::kLong)};
  }

  void finish(RawData &data) override {
    renumber(tokenizer.numbers, data.train, /*targetsToo=*/true);
    renumber(tokenizer.numbers, data.validation, /*targetsToo=*/true);
  }

private:
  TextSource source;
  Tokenizer tokenizer;
  int64_t length, stride;
  bool every;
  int64_t documents = 0;
};

} // namespace

std::unique_ptr<DatasetReader> makeTextReader(const DatasetEntry &entry) {
  return std::make_unique<TextReader>(entry);
}
std::unique_ptr<DatasetReader> makeTextWindowReader(const DatasetEntry &entry) {
  return std::make_unique<TextWindowReader>(entry);
}

} // namespace dynfault
