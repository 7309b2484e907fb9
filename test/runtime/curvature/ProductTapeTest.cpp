//===- ProductTapeTest.cpp ------------------------------------------------===//
//
// A tape must give the same bits as autograd, or must not be.
//
//===----------------------------------------------------------------------===//
#include "runtime/curvature/ProductTape.h"

#include "runtime/curvature/GaussNewton.h"
#include "runtime/curvature/LossHessian.h"
#include "runtime/curvature/TapeBuilder.h"
#include "runtime/ops/UnoptimizedMethod.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cstring>

using namespace dynfault;

namespace {

using Tensors = ProductTape::Tensors;

bool same(const at::Tensor &a, const at::Tensor &b) {
  if (!a.defined() || !b.defined())
    return a.defined() == b.defined();
  at::Tensor left = a.contiguous(), right = b.contiguous();
  return a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type() &&
         std::memcmp(left.data_ptr(), right.data_ptr(), left.nbytes()) == 0;
}

Tensors randomLike(const Tensors &tensors) {
  Tensors result;
  for (const at::Tensor &tensor : tensors)
    result.push_back(torch::randn(tensor.sizes(), tensor.options()));
  return result;
}

/// A model in TorchScript, with parameters of the given shapes.
struct Model {
  std::string name, body, target = "classes";
  std::vector<std::vector<int64_t>> shapes;
  std::function<at::Tensor()> input;
};

at::Tensor lossOf(const Model &model, Tensors &parameters) {
  torch::jit::Module module("Model");
  module.register_attribute("training", c10::BoolType::get(), true);
  for (size_t i = 0; i < model.shapes.size(); ++i) {
    at::Tensor value = (0.4 * torch::randn(model.shapes[i])).requires_grad_();
    module.register_parameter("p" + std::to_string(i), value, false);
    parameters.push_back(value);
  }
  module.register_buffer("mean", torch::zeros({6}));
  module.register_buffer("variance", torch::ones({6}));
  module.define("def forward(self, x: Tensor) -> Tensor:\n" + model.body +
                "\ndef loss(self, y: Tensor, t: Tensor) -> Tensor:\n"
                "    return torch.cross_entropy_loss(y, t)\n");
  UnoptimizedMethod forward(module, "forward", /*forCurvature=*/true);
  UnoptimizedMethod loss(module, "loss", /*forCurvature=*/true);
  at::Tensor y = forward({model.input()}).toTensor();
  return loss({y, torch::randint(y.size(1), {y.size(0)})}).toTensor();
}

ProductTape::Function hessianRows(const at::Tensor &loss,
                                  const Tensors &parameters) {
  Tensors gradients = torch::autograd::grad({loss}, parameters, {}, true, true);
  return [gradients, parameters](const Tensors &v) {
    return torch::autograd::grad(gradients, parameters, v, true, false, true);
  };
}

const std::vector<Model> kModels = {
    {"linear",
     "    h = torch.relu(torch.linear(x, self.p0, self.p1))\n"
     "    return torch.linear(torch.tanh(h), self.p2, self.p3)\n",
     "",
     {{7, 5}, {7}, {3, 7}, {3}},
     [] {
       return torch::randn({9, 5});
     }},
    {"convolution",
     "    h = torch.conv2d(x, self.p0, self.p1, [1, 1], [1, 1])\n"
     "    h = torch.max_pool2d(torch.relu(h), [2, 2])\n"
     "    h = torch.sigmoid(torch.conv1d(torch.flatten(h, 2), self.p2))\n"
     "    return torch.linear(torch.flatten(h, 1), self.p3)\n",
     "",
     {{4, 2, 3, 3}, {4}, {3, 4, 2}, {3, 45}},
     [] {
       return torch::randn({6, 2, 8, 8});
     }},
    {"batch normalisation",
     "    h = torch.conv2d(x, self.p0)\n"
     "    h = torch.batch_norm(h, self.p1, self.p2, self.mean, self.variance,"
     " True, 0.1, 1e-5, False)\n"
     "    return torch.linear(torch.mean(torch.relu(h), [2, 3]), self.p3)\n",
     "",
     {{6, 2, 3, 3}, {6}, {6}, {3, 6}},
     [] {
       return torch::randn({5, 2, 6, 6});
     }},
    {"batch normalisation in evaluation",
     "    h = torch.batch_norm(torch.linear(x, self.p0), self.p1, self.p2,"
     " self.mean, self.variance, False, 0.1, 1e-5, False)\n"
     "    return torch.linear(torch.tanh(h), self.p3)\n",
     "",
     {{6, 4}, {6}, {6}, {3, 6}},
     [] {
       return torch::randn({5, 4});
     }},
    {"layer normalisation and dropout",
     "    h = torch.layer_norm(torch.linear(x, self.p0), [8], self.p1, "
     "self.p2)\n"
     "    h = torch.dropout(torch.gelu(h), 0.3, True)\n"
     "    return torch.linear(h, self.p3)\n",
     "",
     {{8, 5}, {8}, {8}, {4, 8}},
     [] {
       return torch::randn({7, 5});
     }},
    {"LSTM",
     "    h = torch.zeros([1, x.size(0), 6])\n"
     "    y, hn, cn = torch.lstm(x, [h, h], [self.p0, self.p1, self.p2, "
     "self.p3], True, 1, 0.0, True, False, True)\n"
     "    return torch.linear(torch.select(y, 1, -1), self.p4)\n",
     "",
     {{24, 3}, {24, 6}, {24}, {24}, {3, 6}},
     [] {
       return torch::randn({4, 5, 3});
     }},
    {"GRU in both directions",
     "    h = torch.zeros([2, x.size(0), 6])\n"
     "    y, hn = torch.gru(x, h, [self.p0, self.p1, self.p2, self.p3, "
     "self.p4, self.p5, self.p6, self.p7], True, 1, 0.0, True, True, True)\n"
     "    return torch.linear(torch.select(y, 1, -1), self.p8)\n",
     "",
     {{18, 3}, {18, 6}, {18}, {18}, {18, 3}, {18, 6}, {18}, {18}, {3, 12}},
     [] {
       return torch::randn({4, 5, 3});
     }},
    {"attention",
     "    q, k, v = torch.chunk(torch.linear(x, self.p0), 3, -1)\n"
     "    a = torch.matmul(q, k.transpose(-2, -1)) / 2.0\n"
     "    mask = torch.triu(torch.ones_like(a), 1) > 0.5\n"
     "    a = torch.softmax(torch.masked_fill(a, mask, -1e9), -1)\n"
     "    h = x + torch.matmul(torch.dropout(a, 0.2, True), v)\n"
     "    return torch.linear(torch.mean(h, 1), self.p1)\n",
     "",
     {{12, 4}, {3, 4}},
     [] {
       return torch::randn({5, 6, 4});
     }},
    {"embedding, weights tied",
     "    h = torch.embedding(self.p0, x, 0)\n"
     "    h = torch.tanh(torch.linear(torch.mean(h, 1), self.p1))\n"
     "    return torch.linear(h, self.p0)\n",
     "",
     {{9, 5}, {5, 5}},
     [] {
       return torch::randint(9, {6, 4});
     }}};

/// Twice the input, in a way that no operator shows.
at::Tensor doubledUnseen(const at::Tensor &x) {
  at::Tensor result = torch::empty_like(x).fill_(0);
  for (int64_t i = 0; i < x.numel(); ++i)
    result.data_ptr<float>()[i] = 2 * x.data_ptr<float>()[i];
  return result;
}

/// Why there is no tape of a function of one vector of three; empty: there is
/// one, and it gives the same bits.
std::string refusal(const std::function<Tensors(const at::Tensor &)> &f,
                    const Tensors &differentiated = {}) {
  auto function = [&](const Tensors &inputs) {
    at::NoGradGuard noGrad;
    return f(inputs[0]);
  };
  ProductTape tape(function, differentiated);
  for (int call = 0; call < 5; ++call) {
    Tensors v = {torch::randn({3})};
    Tensors expected = function(v), results = tape(v);
    // A random function agrees with nothing.
    for (size_t i = 0; tape.taped() && i < results.size(); ++i)
      EXPECT_TRUE(same(results[i], expected[i]));
    EXPECT_EQ(tape.taped(), call > 0 && tape.whyNot().empty());
  }
  return tape.whyNot();
}

std::string refusalOf(const std::function<at::Tensor(const at::Tensor &)> &f) {
  return refusal([&](const at::Tensor &x) { return Tensors{f(x)}; });
}

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST(ProductTape, SameBitsForAllLayers) {
  torch::manual_seed(1);
  for (const Model &model : kModels) {
    // The second sample's tape is not tested again: all of its kind are right.
    for (int sample = 0; sample < 2; ++sample) {
      Tensors parameters;
      at::Tensor loss = lossOf(model, parameters);
      ProductTape::Function rows = hessianRows(loss, parameters);
      // The very first call may be the one that is recorded.
      ProductTape tape(rows, {}, sample == 0 ? Calls::Few : Calls::Many);
      for (int call = 0; call < 5; ++call) {
        Tensors v = randomLike(parameters);
        Tensors results = tape(v), expected = rows(v);
        EXPECT_EQ(tape.taped(), call + sample > 0)
            << model.name << tape.whyNot();
        ASSERT_EQ(results.size(), parameters.size());
        double norm = 0;
        for (size_t i = 0; i < results.size(); ++i) {
          EXPECT_TRUE(same(results[i], expected[i]))
              << model.name << ", parameter " << i << ", call " << call;
          if (results[i].defined())
            norm += results[i].norm().item<double>();
        }
        EXPECT_GT(norm, 0) << model.name;
      }
    }
  }
}

TEST(ProductTape, HessianBlocksAndGaussNewton) {
  torch::manual_seed(2);
  at::Tensor x = torch::randn({8, 4});
  at::Tensor target = torch::randint(3, {8});
  Tensors parameters = {torch::randn({5, 4}), torch::randn({5}),
                        torch::randn({3, 5})};
  for (at::Tensor &parameter : parameters)
    parameter.requires_grad_();
  auto lossOn = [&](const at::Tensor &y) {
    return torch::cross_entropy_loss(y, target);
  };
  at::Tensor output =
      torch::linear(torch::tanh(torch::linear(x, parameters[0], parameters[1])),
                    parameters[2]);
  at::Tensor loss = lossOn(output);
  LossHessian hessian(loss, parameters);
  GaussNewton gaussNewton(output, lossOn, parameters);
  ParameterGroup first = {"first", {0, 1}}, last = {"last", {2}};
  for (int call = 0; call < 6; ++call) {
    at::Tensor v = torch::randn({40});
    at::Tensor u = v.narrow(0, 0, 25).clone(), w = v.narrow(0, 0, 15).clone();
    // Objects that are made anew take the first call through autograd.
    LossHessian fresh(loss, parameters);
    EXPECT_TRUE(same(hessian.product(v), fresh.product(v)));
    EXPECT_TRUE(
        same(hessian.blockProduct(first, u), fresh.blockProduct(first, u)));
    EXPECT_TRUE(
        same(hessian.blockProduct(last, w), fresh.blockProduct(last, w)));
    EXPECT_TRUE(same(gaussNewton.product(v),
                     GaussNewton(output, lossOn, parameters).product(v)));
  }
}

TEST(ProductTape, InPlaceOnWhatTheTapeMakes) {
  torch::manual_seed(3);
  at::Tensor c = torch::randn({3});
  EXPECT_EQ(refusalOf([&](const at::Tensor &x) {
              at::Tensor y = x * 2, z = torch::zeros({5});
              y.add_(c).mul_(x);
              z.narrow(0, 1, 3).copy_(y);
              return z.narrow(0, 0, 3) + y;
            }),
            "");
  // What is read before it changes must not be kept as it was in the end.
  EXPECT_EQ(refusal([&](const at::Tensor &x) {
              at::Tensor factor = c * 2, before = x * factor;
              factor.add_(1);
              return Tensors{before, x * factor, factor, at::Tensor()};
            }),
            "");
  // Lists, and results that are the inputs.
  EXPECT_EQ(refusal([&](const at::Tensor &x) {
              Tensors parts = torch::cat({x, c * 3, x * c}).split(3);
              at::Tensor picked = parts[2].index({torch::tensor({2, 0, 1})});
              return Tensors{torch::stack(parts).sum(0), x, picked};
            }),
            "");
  // Another handle on the same memory.
  EXPECT_EQ(refusalOf([&](const at::Tensor &x) {
              return x.mul(c).variable_data().exp();
            }),
            "");
}

TEST(ProductTape, Refusals) {
  torch::manual_seed(4);
  at::Tensor c = torch::randn({3});
  auto expect = [&](const char *part, const std::string &why) {
    EXPECT_TRUE(contains(why, part)) << "'" << why << "' without " << part;
  };
  expect("is random", refusalOf([](const at::Tensor &x) {
           return x * torch::rand_like(x);
         }));
  expect("is random",
         refusalOf([](const at::Tensor &x) { return x * torch::randn({3}); }));
  expect("is random", refusalOf([](const at::Tensor &x) {
           return torch::dropout(x, 0.5, true);
         }));
  expect("was there before",
         refusalOf([&](const at::Tensor &x) { return c.copy_(x) * 2; }));
  expect("was there before", refusalOf([&](const at::Tensor &x) {
           c.add_(1);
           return x * c;
         }));
  expect("reads numbers", refusalOf([](const at::Tensor &x) {
           return x * x.sum().item<double>();
         }));
  expect("compares", refusalOf([](const at::Tensor &x) {
           return torch::where(x > 0, x, 2 * x);
         }));
  expect("compares", refusalOf([&](const at::Tensor &x) {
           return c.index({x.argsort()});
         }));
  expect("changes a tensor's shape", refusalOf([](const at::Tensor &x) {
           at::Tensor y = x * 2;
           return y.unsqueeze_(0);
         }));
  expect("not strided", refusalOf([](const at::Tensor &x) {
           return (x * 2).to_sparse().to_dense();
         }));
  expect("an operator failed", refusalOf([&](const at::Tensor &x) {
           EXPECT_THROW(x.mm(c), c10::Error);
           return x * 2;
         }));
  expect("no operator has written", refusalOf([](const at::Tensor &x) {
           at::Tensor factor = torch::empty({3});
           for (int64_t i = 0; i < 3; ++i)
             factor.data_ptr<float>()[i] = 3;
           return x * factor;
         }));
  expect("a result that no operator made",
         refusalOf([&](const at::Tensor &) { return c; }));
  expect("a view that no operator made", refusalOf([](const at::Tensor &x) {
           at::Tensor y = x.mul(2).variable_data();
           y.unsafeGetTensorImpl()->set_sizes_contiguous({1, 3});
           return y.mul(1).view({3});
         }));

  at::Tensor leaf = torch::randn({3}).requires_grad_();
  at::Tensor square = leaf * leaf, hooked = leaf * leaf;
  hooked.register_hook([](at::Tensor g) { return g; });
  auto derivative = [&](const at::Tensor &of) {
    return [&leaf, of](const at::Tensor &x) {
      return torch::autograd::grad({of}, {leaf}, {x}, true);
    };
  };
  EXPECT_EQ(refusal(derivative(square), {square}), "");
  expect("hooks", refusal(derivative(hooked), {hooked}));
}

TEST(ProductTape, TheTestFindsWhatNoOperatorShows) {
  torch::manual_seed(5);
  EXPECT_EQ(refusalOf([](const at::Tensor &x) { return doubledUnseen(x) + x; }),
            "the tape gives other bits");
}

TEST(ProductTape, TheTestFindsAWrongTape) {
  torch::manual_seed(6);
  at::Tensor c = torch::randn({3});
  auto function = [&](const Tensors &inputs) {
    at::NoGradGuard noGrad;
    return Tensors{(inputs[0] * (c * c)).add_(c)};
  };
  Tensors v = {torch::randn({3})}, results;
  TapeBuilder builder(v);
  {
    OperatorRecording recording(builder);
    results = function(v);
  }
  std::unique_ptr<OperatorTape> tape = builder.finish(results);
  ASSERT_TRUE(tape) << builder.whyNot();
  EXPECT_TRUE(agrees(*tape, function, v, results));
  // c * c is the same for all vectors.
  ASSERT_EQ(tape->steps.size(), 2u);

  OperatorTape wrong = *tape;
  for (OperatorTape::Operand &operand : wrong.steps[0].operands)
    if (operand.constant.isTensor())
      operand.constant = operand.constant.toTensor() + 1e-3;
  EXPECT_FALSE(agrees(wrong, function, v, results));
  wrong = *tape;
  wrong.steps.pop_back();
  EXPECT_FALSE(agrees(wrong, function, v, results));
  wrong = *tape;
  wrong.outputs[0] = {OperatorTape::kNoSlot, results[0]};
  EXPECT_FALSE(agrees(wrong, function, v, results));
  wrong = *tape;
  wrong.steps[1].operands.pop_back();
  EXPECT_FALSE(agrees(wrong, function, v, results)) << "throws";
}

TEST(ProductTape, HoldsWhatItNeedsAndNoLonger) {
  torch::manual_seed(7);
  at::Tensor c = torch::randn({3}), unused = torch::randn({3});
  {
    ProductTape tape([&](const Tensors &inputs) {
      at::NoGradGuard noGrad;
      at::Tensor other = unused * inputs[0];
      return Tensors{(inputs[0] * c).exp() * inputs[0]};
    });
    for (int call = 0; call < 3; ++call)
      tape({torch::randn({3})});
    EXPECT_TRUE(tape.taped());
    EXPECT_GT(c.use_count(), 1u);
    EXPECT_EQ(unused.use_count(), 1u);
  }
  EXPECT_EQ(c.use_count(), 1u);

  Tensors v = {torch::randn({3})}, results;
  TapeBuilder builder(v), frugal(v, /*keptBytes=*/8);
  auto work = [&] {
    at::NoGradGuard noGrad;
    at::Tensor kept = c * c + c;
    return Tensors{(v[0] * kept).exp() * v[0]};
  };
  {
    OperatorRecording recording(builder);
    results = work();
  }
  std::unique_ptr<OperatorTape> tape = builder.finish(results);
  ASSERT_TRUE(tape);
  std::vector<int> releases(tape->slots);
  for (const OperatorTape::Step &step : tape->steps)
    for (size_t slot : step.released)
      ++releases[slot];
  for (size_t slot = 0; slot < tape->slots; ++slot)
    EXPECT_EQ(releases[slot], slot == tape->outputs[0].slot ? 0 : 1);
  {
    OperatorRecording recording(frugal);
    results = work();
  }
  EXPECT_FALSE(frugal.finish(results));
  EXPECT_TRUE(contains(frugal.whyNot(), "would be kept"));
}

TEST(ProductTape, LeavesTheThreadAsItWas) {
  auto keys = [] {
    c10::impl::LocalDispatchKeySet local =
        c10::impl::tls_local_dispatch_key_set();
    return std::make_pair(local.included_.raw_repr(),
                          local.excluded_.raw_repr());
  };
  auto before = keys();
  ProductTape::Function twice = [](const Tensors &inputs) {
    return Tensors{inputs[0] * 2};
  };
  int calls = 0;
  ProductTape tape([&](const Tensors &inputs) {
    TORCH_CHECK(++calls != 2, "not now");
    return twice(inputs);
  });
  tape({torch::ones({2})});
  EXPECT_THROW(tape({torch::ones({2})}), c10::Error);
  EXPECT_EQ(keys(), before);
  EXPECT_TRUE(OperatorRecording::available());
  EXPECT_TRUE(same(tape({torch::ones({2})})[0], torch::full({2}, 2.0)));
  EXPECT_FALSE(tape.taped());

  ProductTape other(twice);
  for (int call = 0; call < 3; ++call)
    other({torch::ones({2})});
  EXPECT_TRUE(other.taped());
  EXPECT_EQ(keys(), before);
  EXPECT_TRUE(at::GradMode::is_enabled());
}
