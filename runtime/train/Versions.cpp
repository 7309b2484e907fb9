//===- Versions.cpp - What computed a run ---------------------------------===//

#include "runtime/train/Versions.h"

#include <ATen/Parallel.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <dlfcn.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <torch/version.h>

namespace dynfault {

namespace {

/// OpenBLAS describes itself; of any other BLAS only the file's name is known.
std::string blasName() {
  using Describe = char *(*)();
  if (auto describe = reinterpret_cast<Describe>(
          dlsym(RTLD_DEFAULT, "openblas_get_config")))
    return describe();
  void *symbol = dlsym(RTLD_DEFAULT, "sgemm_");
  Dl_info info{};
  if (!symbol || !dladdr(symbol, &info) || !info.dli_fname)
    return "unknown";
  std::error_code error;
  std::filesystem::path file =
      std::filesystem::canonical(info.dli_fname, error);
  return error ? "unknown" : file.filename().string();
}

} // namespace

std::string dynfaultVersion() { return DYNFAULT_VERSION; }

std::string versionsJson() {
  nlohmann::json json = {{"dynfault", dynfaultVersion()},
                         {"libtorch", TORCH_VERSION},
                         {"blas", blasName()}};
  return json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

void setThreadCount(int threads) {
  at::set_num_threads(threads);
  using Set = void (*)(int);
  if (auto set = reinterpret_cast<Set>(
          dlsym(RTLD_DEFAULT, "openblas_set_num_threads")))
    set(threads);
}

void startBlas() {
  // A smaller product does without buffers on some processors.
  at::Tensor matrix = at::ones({256, 256});
  at::mm(matrix, matrix);
}

} // namespace dynfault
