//===- Png.cpp - Reader for PNG images ------------------------------------===//

#include "runtime/data/Png.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <png.h>
#include <stdexcept>

namespace dynfault {

at::Tensor parsePng(const std::string &bytes, const std::string &file) {
  constexpr int64_t MostPixels = int64_t(1) << 28;
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  auto fail = [&](const std::string &what) {
    png_image_free(&image);
    throw std::runtime_error(fmt::format("{}: {}", file, what));
  };
  if (!png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()))
    fail(fmt::format("is no PNG file ({})", image.message));
  if (int64_t(image.width) * image.height > MostPixels)
    fail(fmt::format("{} x {} pixels are too many", image.width, image.height));
  bool colour = image.format & PNG_FORMAT_FLAG_COLOR;
  image.format = colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  at::Tensor picture = at::empty(
      {int64_t(image.height), int64_t(image.width), colour ? 3 : 1}, at::kByte);
  if (!png_image_finish_read(&image, nullptr, picture.data_ptr(), 0, nullptr))
    fail(fmt::format("the PNG file is damaged ({})", image.message));
  return picture;
}

at::Tensor imagesOfRows(const at::Tensor &picture, int64_t height,
                        int64_t width, const std::string &file) {
  if (picture.size(1) != height * width)
    throw std::runtime_error(
        fmt::format("{}: rows of {} pixels are no images of {} x {}", file,
                    picture.size(1), height, width));
  return picture.reshape({picture.size(0), height, width, picture.size(2)})
      .permute({0, 3, 1, 2})
      .contiguous();
}

} // namespace dynfault
