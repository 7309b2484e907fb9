//===- ImageReaders.cpp - Formats that hold images ------------------------===//

#include "runtime/data/Bundle.h"
#include "runtime/data/FileBytes.h"
#include "runtime/data/Png.h"
#include "runtime/data/Readers.h"

#include <ATen/ATen.h>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace dynfault {

namespace {

/// `png_rows` {`height`, `width`}: a picture with an image in each row of
/// pixels, and a JSON array with the classes, from the part's `first` on.
class PngReader : public DatasetReader {
public:
  explicit PngReader(const DatasetEntry &entry) : DatasetReader(entry) {
    entry.options.checkMembers({"height", "width"});
    height = entry.options.at("height").asIntAtLeast(1);
    width = entry.options.at("width").asIntAtLeast(1);
  }
  RawRows read(const DataPart &part) override {
    std::string file = path(part.inputs);
    RawRows rows;
    rows.inputs = imagesOfRows(parsePng(contents(part.inputs), file), height,
                               width, file);
    std::vector<int64_t> classes =
        JsonField::parse(contents(part.targets), path(part.targets)).asInts();
    int64_t count = rows.inputs.size(0);
    if (part.first + count > int64_t(classes.size()))
      fail(part.targets, fmt::format("holds {} classes, {} are needed from {}",
                                     classes.size(), count, part.first));
    rows.targets = at::tensor(
        at::ArrayRef<int64_t>(classes).slice(part.first, count), at::kLong);
    return rows;
  }

private:
  int64_t height, width;
};

/// `json_images` {`height`, `width`}: a bundle with a file for each class, in
/// the order of their names, each with a JSON array of grey values from 0 to 1
/// on every line. They become 0 to 255, as other images are.
class JsonImageReader : public DatasetReader {
public:
  explicit JsonImageReader(const DatasetEntry &entry) : DatasetReader(entry) {
    entry.options.checkMembers({"height", "width"});
    height = entry.options.at("height").asIntAtLeast(1);
    width = entry.options.at("width").asIntAtLeast(1);
  }
  RawRows read(const DataPart &part) override {
    std::vector<uint8_t> pixels;
    std::vector<int64_t> classes;
    int64_t label = 0;
    for (BundleMember &member :
         readBundle(contents(part.table), path(part.table))) {
      std::string file = path(part.table) + ": " + member.name;
      readClass(gunzipIfPacked(std::move(member.bytes), file), file, label++,
                pixels, classes);
    }
    RawRows rows;
    rows.inputs = at::tensor(pixels, at::kByte)
                      .reshape({int64_t(classes.size()), height, width});
    rows.targets = at::tensor(classes, at::kLong);
    return rows;
  }

private:
  void readClass(const std::string &text, const std::string &file,
                 int64_t label, std::vector<uint8_t> &pixels,
                 std::vector<int64_t> &classes) const {
    size_t begin = 0;
    for (int64_t line = 1; begin < text.size(); ++line) {
      size_t end = std::min(text.find('\n', begin), text.size());
      std::string place = fmt::format("{}:{}", file, line);
      JsonField json = JsonField::parse(text.substr(begin, end - begin), place);
      size_t before = pixels.size();
      for (double value : json.asDoubles())
        pixels.push_back(std::lround(255 * std::clamp(value, 0.0, 1.0)));
      if (int64_t(pixels.size() - before) != height * width)
        json.fail(fmt::format("{} values are no image of {} x {}",
                              pixels.size() - before, height, width));
      classes.push_back(label);
      begin = end + 1;
    }
  }

  int64_t height, width;
};

} // namespace

std::unique_ptr<DatasetReader> makePngReader(const DatasetEntry &entry) {
  return std::make_unique<PngReader>(entry);
}
std::unique_ptr<DatasetReader> makeJsonImageReader(const DatasetEntry &entry) {
  return std::make_unique<JsonImageReader>(entry);
}

} // namespace dynfault
