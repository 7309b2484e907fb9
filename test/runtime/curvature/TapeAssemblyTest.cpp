//===- TapeAssemblyTest.cpp -----------------------------------------------===//
//
// A tape's memory is laid out when it is made, and used more than once: what
// it computes must not show it.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/ElementwiseLoop.h"
#include "runtime/curvature/OutVariant.h"
#include "runtime/curvature/TapeBuilder.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cstring>
#include <functional>
#include <limits>
#include <random>
#include <set>

using namespace dynfault;

namespace {

using Tensors = std::vector<at::Tensor>;
using Function = std::function<Tensors(const Tensors &)>;

std::unique_ptr<OperatorTape> tapeOf(const Function &function,
                                     const Tensors &inputs) {
  at::NoGradGuard noGrad;
  TapeBuilder builder(inputs);
  Tensors results;
  {
    OperatorRecording recording(builder);
    results = function(inputs);
  }
  return builder.finish(results);
}

void expectSame(const Tensors &results, const Tensors &expected) {
  ASSERT_EQ(results.size(), expected.size());
  for (size_t i = 0; i < results.size(); ++i) {
    at::Tensor a = results[i].contiguous(), b = expected[i].contiguous();
    ASSERT_EQ(a.sizes(), b.sizes());
    EXPECT_EQ(std::memcmp(a.data_ptr(), b.data_ptr(), a.nbytes()), 0);
  }
}

std::vector<std::string> namesOf(const OperatorTape &tape) {
  std::vector<std::string> names;
  for (const OperatorTape::Step &step : tape.steps)
    names.push_back(toString(step.op.operator_name()));
  return names;
}

std::string outVariantOf(const char *name, const char *overload,
                         size_t results = 1) {
  auto op = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
  auto out = findOutVariant(op, results);
  return out ? toString(out->operator_name()) : "";
}

/// A program of random operators on square matrices: each makes a matrix of
/// what there is, is a view of it, or changes one that it may.
class RandomProgram {
public:
  explicit RandomProgram(uint64_t seed) : seed(seed) {
    torch::manual_seed(seed);
    for (int i = 0; i < 3; ++i)
      constants.push_back(torch::randn({4, 4}));
  }

  Tensors operator()(const Tensors &inputs) const {
    std::mt19937 random(seed);
    Tensors pool = inputs;
    pool.insert(pool.end(), constants.begin(), constants.end());
    size_t given = pool.size();
    std::vector<bool> mine(given, false);
    auto any = [&] { return pool[random() % pool.size()]; };
    for (int i = 0; i < 30; ++i) {
      at::Tensor result;
      bool isNew = true;
      switch (random() % 12) {
      case 0:
        result = any().mul(any());
        break;
      case 1:
        result = any().add(any(), random() % 2 ? 1 : 3);
        break;
      case 2:
        result = any().sub(any());
        break;
      case 3:
        result = at::mm(any(), any());
        break;
      case 4:
        result = any().tanh();
        break;
      case 5:
        result = any().sum(1, /*keepdim=*/true).expand({4, 4});
        isNew = false;
        break;
      case 6:
        result = any().t();
        isNew = false;
        break;
      case 7:
        result = at::cat({any().narrow(0, 1, 2), any().narrow(0, 0, 2)});
        break;
      case 8:
        result = any().narrow(1, 0, 2).contiguous().view({2, 4}).repeat({2, 1});
        break;
      case 9:
        result = at::addmm(any(), any(), any());
        break;
      case 10:
        result = at::threshold_backward(any(), any(), 0);
        break;
      default:
        // In place, on something that was made here.
        size_t target = random() % pool.size();
        if (!mine[target])
          continue;
        pool[target].narrow(0, 0, 3).mul_(0.5).add_(
            any().narrow(0, 1, 3).clone());
        continue;
      }
      // Numbers stay small, so that rounding shows.
      if (isNew)
        result = result.div(result.abs().max().clamp_min(1).expand({4, 4}));
      pool.push_back(result);
      mine.push_back(isNew);
    }
    Tensors results;
    for (int i = 0; i < 4; ++i)
      results.push_back(pool[given + random() % (pool.size() - given)]);
    return results;
  }

private:
  uint64_t seed;
  Tensors constants;
};

} // namespace

TEST(TapeAssembly, RandomProgramsGiveTheSameBits) {
  // As in a product: the inputs are parts of one vector.
  auto parts = [] {
    at::Tensor flat = torch::randn({32});
    return Tensors{flat.narrow(0, 0, 16).view({4, 4}),
                   flat.narrow(0, 16, 16).view({4, 4})};
  };
  size_t tapes = 0, loops = 0, steps = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    RandomProgram program(seed);
    auto tape = tapeOf(program, parts());
    // What is changed in place later cannot always be kept.
    if (!tape)
      continue;
    ++tapes;
    steps += tape->steps.size();
    for (const OperatorTape::Step &step : tape->steps)
      loops += step.loop.has_value();
    for (int call = 0; call < 3; ++call) {
      Tensors v = parts();
      if (call == 2)
        v = {v[0].clone(), v[1].clone()};
      expectSame(tape->run(v), program(v));
    }
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
  EXPECT_GT(tapes, 200u);
  EXPECT_GT(steps, 1000u);
  EXPECT_GT(loops, 100u);
}

TEST(TapeAssembly, ResultsBelongToTheCaller) {
  torch::manual_seed(1);
  at::Tensor c = torch::randn({3, 3});
  Function function = [&](const Tensors &v) {
    at::Tensor product = at::mm(v[0], c);
    return Tensors{product, product.t().add(v[0]), v[0]};
  };
  auto tape = tapeOf(function, {torch::randn({3, 3})});
  ASSERT_TRUE(tape);
  Tensors first = {torch::randn({3, 3})}, second = {torch::randn({3, 3})};
  Tensors results = tape->run(first), expected = function(first);
  tape->run(second);
  expectSame(results, expected);
}

TEST(TapeAssembly, AnInputsNeighboursAreNotCopied) {
  // What is read lies before the input in the same memory.
  Function function = [](const Tensors &v) {
    return Tensors{v[0].mul(v[0].as_strided({3}, {1}, 1)).mul(2)};
  };
  auto part = [] { return Tensors{torch::randn({8}).narrow(0, 4, 3)}; };
  auto tape = tapeOf(function, part());
  ASSERT_TRUE(tape);
  for (int call = 0; call < 3; ++call) {
    Tensors v = part();
    expectSame(tape->run(v), function(v));
  }
}

TEST(TapeAssembly, MemoryIsUsedAgain) {
  Function function = [](const Tensors &v) {
    at::Tensor x = v[0].mul(2);
    for (int i = 0; i < 20; ++i)
      x = x.tanh().t();
    return Tensors{x.sum()};
  };
  Tensors v = {torch::randn({8, 8})};
  auto tape = tapeOf(function, v);
  ASSERT_TRUE(tape);
  expectSame(tape->run(v), function(v));
  std::set<const void *> places;
  for (const OperatorTape::Step &step : tape->steps)
    for (const OperatorTape::Operand &operand : step.operands)
      if (operand.constant.isTensor())
        places.insert(operand.constant.toTensor().data_ptr());
  // An operator's argument and its result, and the input's copy.
  EXPECT_LE(places.size(), 3u);
}

TEST(TapeAssembly, ViewsAreMadeOnce) {
  at::Tensor c = torch::randn({4, 6});
  Function function = [&](const Tensors &v) {
    at::Tensor x = at::mm(v[0].view({3, 4}), c);
    std::vector<at::Tensor> parts = x.t().chunk(2);
    return Tensors{parts[0].mul(parts[1]).add(parts[1].unsqueeze(0)[0]).sum()};
  };
  Tensors v = {torch::randn({12})};
  auto tape = tapeOf(function, v);
  ASSERT_TRUE(tape);
  EXPECT_EQ(namesOf(*tape),
            (std::vector<std::string>{"aten::mm.out", "aten::mul.out",
                                      "aten::add.out", "aten::sum"}));
  expectSame(tape->run(v), function(v));
}

TEST(TapeAssembly, OutVariants) {
  EXPECT_EQ(outVariantOf("aten::mm", ""), "aten::mm.out");
  EXPECT_EQ(outVariantOf("aten::add", "Tensor"), "aten::add.out");
  EXPECT_EQ(outVariantOf("aten::sum", "dim_IntList"), "aten::sum.IntList_out");
  EXPECT_EQ(outVariantOf("aten::tanh_backward", ""),
            "aten::tanh_backward.grad_input");
  // None, and none for as many results.
  EXPECT_EQ(outVariantOf("aten::t", ""), "");
  EXPECT_EQ(outVariantOf("aten::mm", "", 2), "");
  // In releases that have one it only copies.
  EXPECT_EQ(outVariantOf("aten::convolution", ""), "");
}

TEST(ElementwiseLoop, SameBitsAsLibTorch) {
  torch::manual_seed(2);
  for (at::ScalarType dtype : {at::kFloat, at::kDouble}) {
    for (int call = 0; call < 3; ++call) {
      // Dense, but not row by row.
      auto make = [&] {
        at::Tensor x = torch::randn({7, 5, 9}, dtype).transpose(0, 2);
        x[0][0][0] = std::numeric_limits<double>::infinity();
        x[1][0][0] = std::numeric_limits<double>::quiet_NaN();
        x[2][0][0] = 1e-45;
        x[3][0][0] = -0.0;
        return x;
      };
      at::Tensor a = make(), b = make(), out = at::empty_like(a);
      ASSERT_EQ(out.strides(), a.strides());
      auto expect = [&](const char *op, std::vector<c10::IValue> arguments,
                        const at::Tensor &expected) {
        out.fill_(7);
        arguments.push_back(out);
        auto loop = ElementwiseLoop::create(op, arguments);
        ASSERT_TRUE(loop) << op;
        loop->run();
        expectSame({out}, {expected});
      };
      expect("aten::mul", {a, b}, a.mul(b));
      expect("aten::add", {a, b, 1}, a.add(b));
      expect("aten::sub", {a, b, 1.0}, a.sub(b));
      expect("aten::mul", {a, a}, a.mul(a));
    }
  }
}

TEST(ElementwiseLoop, OnlyWhereMemoryMatches) {
  at::Tensor a = torch::randn({4, 4}), out = torch::empty({4, 4});
  auto loops = [&](const char *op, const std::vector<c10::IValue> &arguments) {
    return ElementwiseLoop::create(op, arguments).has_value();
  };
  EXPECT_TRUE(loops("aten::mul", {a, a, out}));
  EXPECT_FALSE(loops("aten::div", {a, a, out}));
  EXPECT_FALSE(loops("aten::add", {a, a, 2, out}));
  EXPECT_FALSE(loops("aten::mul", {a, a.t(), out})) << "strides";
  EXPECT_FALSE(loops("aten::mul", {a, a[0], out})) << "broadcast";
  EXPECT_FALSE(loops("aten::mul", {a, a.to(at::kDouble), out})) << "dtypes";
  EXPECT_FALSE(loops("aten::mul", {a, 2.0, out})) << "number";
  at::Tensor wide = torch::randn({4, 8}).narrow(1, 0, 4);
  EXPECT_FALSE(loops("aten::mul", {wide, wide, wide})) << "gaps";
  at::Tensor whole = torch::ones({4, 4}, at::kLong);
  EXPECT_FALSE(loops("aten::mul", {whole, whole, whole})) << "integers";
}
