//===- Png.h - Reader for PNG images ----------------------------*- C++ -*-===//
//
// Some packages carry a whole set of images as one picture.
//
//===----------------------------------------------------------------------===//
#ifndef DYNFAULT_RUNTIME_DATA_PNG_H
#define DYNFAULT_RUNTIME_DATA_PNG_H

#include <ATen/core/Tensor.h>
#include <string>

namespace dynfault {

/// The picture in `bytes` as uint8 [height, width, channels]: one channel if it
/// is grey, three (red, green, blue) otherwise. Transparency is dropped and
/// 16-bit samples are scaled to 8. Throws std::runtime_error that names `file`
/// if it is no PNG file, is damaged, or has more than 2^28 pixels.
at::Tensor parsePng(const std::string &bytes, const std::string &file);

/// A picture whose every row is an image of `height` x `width` pixels in
/// reading order, as uint8 [rows, channels, height, width]. Throws if the sizes
/// do not fit.
at::Tensor imagesOfRows(const at::Tensor &picture, int64_t height,
                        int64_t width, const std::string &file);

} // namespace dynfault

#endif // DYNFAULT_RUNTIME_DATA_PNG_H
