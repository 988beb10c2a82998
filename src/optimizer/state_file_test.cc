// SPDX-License-Identifier: MIT
// States as files: resumed by name, PyTorch's layout, and files that lie.
#include "src/optimizer/state_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "calando/error.h"
#include "calando/optimizer_state.h"
#include "src/optimizer/golden_testing.h"
#include "src/optimizer/rule_variants_test.h"

namespace calando {
namespace {

using ::testing::HasSubstr;

io::File file_of(std::string bytes) {
  auto owner = std::make_shared<std::string>(std::move(bytes));
  return {"state", {*owner, owner}};
}
io::File own_file(const OptimizerState& state) {
  return file_of(io::safetensors_bytes(optimizer::to_safetensors(state)));
}
io::File torch_file(const OptimizerState& state) {
  return file_of(io::safetensors_bytes(optimizer::to_torch(state)));
}

template <class F>
std::string refused(const F& f) {
  try {
    f();
  } catch (const UsageError& error) {
    return error.what();
  } catch (const DataError& error) {
    return error.what();
  }
  return "(not refused)";
}

/// A model after two steps of a rule.
struct Trained {
  std::vector<float> w{1, 2, 3, 4, 5, 6}, gw{1, -1, 2, -2, 3, -3};
  std::vector<double> b{1}, gb{0.5};
  Optimizer optimizer;

  explicit Trained(const AnyRule& rule)
      : optimizer(rule, {{.name = "layer.w", .values = w, .gradients = gw, .shape = {2, 3}},
                         {.name = "layer.b", .values = b, .gradients = gb}}) {
    optimizer.step(0.01);
    optimizer.step(0.01);
  }
};

TEST(StateFile, EveryRuleReadsBackWhatItWrote) {
  optimizer::for_each_variant([](const auto& rule, const std::string& text) {
    SCOPED_TRACE(text);
    Trained m(rule);
    const OptimizerState state = m.optimizer.state();
    const OptimizerState back = optimizer::from_safetensors(own_file(state));
    EXPECT_EQ(back.rule, state.rule);
    EXPECT_EQ(back.steps, 2);
    EXPECT_EQ(back.scalars, state.scalars);
    EXPECT_EQ(back.tensors, state.tensors);
    EXPECT_EQ(back.doubles, state.doubles);
    EXPECT_EQ(back.shapes, state.shapes);
    m.optimizer.restore(back);
  });
}

TEST(TorchState, RulesThatPyTorchHasReadBackWhatTheyWrote) {
  std::size_t translated = 0;
  optimizer::for_each_variant([&](const auto& rule, const std::string& text) {
    SCOPED_TRACE(text);
    Trained m(rule);
    const OptimizerState state = m.optimizer.state();
    OptimizerState back;
    try {
      back = optimizer::from_torch(torch_file(state), state.rule);
    } catch (const UsageError&) {
      return;  // PyTorch has no such rule, or no place for one of its states
    }
    EXPECT_EQ(back.tensors, state.tensors);
    EXPECT_EQ(back.doubles, state.doubles);
    ++translated;
  });
  EXPECT_GE(translated, 20U);
}

TEST(TorchState, HasPyTorchsWords) {
  Trained m(Adam{.amsgrad = true});
  const io::Safetensors content = io::read_safetensors(torch_file(m.optimizer.state()));
  std::vector<std::string> names;
  for (const auto& [name, array] : content.tensors) names.push_back(name);
  EXPECT_THAT(names, ::testing::ElementsAre("layer.b.exp_avg", "layer.b.exp_avg_sq", "layer.b.max_exp_avg_sq",
                                            "layer.b.step", "layer.w.exp_avg", "layer.w.exp_avg_sq",
                                            "layer.w.max_exp_avg_sq", "layer.w.step"));
  EXPECT_THAT(content.tensors.at("layer.w.exp_avg").shape, ::testing::ElementsAre(2, 3));
  EXPECT_EQ(optimizer::from_torch(torch_file(m.optimizer.state()), "adam").steps, 2);
}

/// Steps of ours, a state in PyTorch's layout, steps from it. CALANDO_TORCH_STATES names a folder for the states, from which
/// tests/golden/optimizers/torch_state.py has torch itself go on.
TEST(TorchState, OursGoesOnFromItsFile) {
  const char* given = std::getenv("CALANDO_TORCH_STATES");
  const std::string folder = given != nullptr ? std::string(given).append("/") : testing::TempDir();
  std::ofstream lines(folder + "torch_lines.txt");
  int index = 0;
  for (const char* line :
       {"torch.optim.SGD(parameters, lr=0.05, momentum=0.9, nesterov=True)",
        "torch.optim.Adam(parameters, lr=0.01, amsgrad=True)",
        "torch.optim.AdamW(parameters, lr=0.01, betas=(0.9, 0.95), weight_decay=0.1)",
        "torch.optim.Adagrad(parameters, lr=0.05, lr_decay=0.01)", "torch.optim.Adadelta(parameters, lr=0.5)",
        "torch.optim.Adamax(parameters, lr=0.01)", "torch.optim.NAdam(parameters, lr=0.01)",
        "torch.optim.RAdam(parameters, lr=0.01)",
        "torch.optim.RMSprop(parameters, lr=0.01, centered=True, momentum=0.5)",
        "torch.optim.Rprop(parameters, lr=0.01)"}) {
    SCOPED_TRACE(line);
    const RuleOptions rule = parse_rule(line);
    const golden::Shapes shapes = {{3, 4}, {4}};
    golden::Trained<double> whole(rule, 11, shapes), again(rule, 11, shapes);
    whole.steps(5);
    const std::string file = fmt::format("{}torch_state_{}.safetensors", folder, index++);
    write_torch_state(file, whole.state());
    lines << line << '\n';
    again.resume(whole, read_torch_state(file, whole.state().rule));
    whole.steps(5);
    again.steps(5);
    EXPECT_EQ(again.values(), whole.values());
  }
}

/// tests/golden/optimizers/torch_state.py wrote the file, and what torch makes of it in 5 more steps.
TEST(TorchState, AStateThatTorchWroteGoesOnAsThere) {
  const std::string folder = CALANDO_GOLDEN_FOLDER "/optimizers/";
  std::ifstream text(folder + "torch_state.json");
  const nlohmann::json torch = nlohmann::json::parse(text);
  const auto whole = torch.at("whole").get<std::vector<double>>();
  auto p = torch.at("half").get<std::vector<double>>();
  std::vector<double> g(p.size());
  const std::span<double> values(p);
  const std::span<const double> gradients(g);
  Optimizer adamw(parse_rule("torch.optim.AdamW(lr=0.01, betas=(0.9, 0.95), weight_decay=0.1, amsgrad=True)"),
                  {{"layer.weight", values.first(12), gradients.first(12), {3, 4}},
                   {"layer.bias", values.last(4), gradients.last(4), {4}}});
  adamw.restore(read_torch_state(folder + "torch_state.safetensors", "adamw"));
  for (int step = 6; step <= 10; ++step) {
    for (std::size_t i = 0; i < g.size(); ++i)
      g[i] = golden::gradient(torch.at("seed").get<std::uint64_t>(), step, i);
    adamw.step(0.01);
  }
  EXPECT_EQ(adamw.steps(), 10);
  EXPECT_LE(golden::distance(p, whole), 4e-15);
}

TEST(TorchState, WhatDoesNotFitIsNamed) {
  Trained m(Adam{});
  const OptimizerState state = m.optimizer.state();
  EXPECT_THAT(refused([&] { optimizer::from_torch(torch_file(state), "lion"); }),
              HasSubstr("\"lion\": PyTorch has no"));
  EXPECT_THAT(refused([&] { optimizer::from_torch(torch_file(state), "adadelta"); }),
              HasSubstr("Adadelta has no \"exp_avg\""));
  io::Safetensors content = optimizer::to_torch(state);
  content.tensors["layer.w.step"] = content.tensors.at("layer.b.exp_avg");
  EXPECT_THAT(refused([&] { optimizer::from_torch(file_of(io::safetensors_bytes(content)), "adam"); }),
              HasSubstr("state: tensor \"layer.w.step\""));
}

TEST(StateFile, DamagedAndLyingFilesAreNamedErrors) {
  Trained m(Adam{});
  const std::string good(own_file(m.optimizer.state()).bytes.view);
  const auto read = [](std::string bytes) {
    return refused([&] { optimizer::from_safetensors(file_of(std::move(bytes))); });
  };
  for (std::size_t size = 0; size < good.size(); size += 7)
    EXPECT_THAT(read(good.substr(0, size)), HasSubstr("state"));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string bytes = good;
    const std::size_t at = bytes.find(from);
    EXPECT_NE(at, std::string::npos);
    bytes.replace(at, from.size(), to);
    const std::size_t header = static_cast<unsigned char>(bytes[0]) +
                               256U * static_cast<unsigned char>(bytes[1]) + to.size() - from.size();
    bytes[0] = static_cast<char>(header & 0xFF);
    bytes[1] = static_cast<char>(header >> 8);
    return read(bytes);
  };
  EXPECT_THAT(with("\"steps\":\"2\"", "\"steps\":\"-2\""),
              HasSubstr("steps \"-2\", expected a whole number"));
  EXPECT_THAT(with("\"steps\":\"2\"", "\"stops\":\"2\""), HasSubstr("no metadata \"steps\""));
  EXPECT_THAT(with("calando optimizer state", "calando"), HasSubstr("format \"calando\", expected"));
  EXPECT_THAT(with("\"shape\":[2,3]", "\"shape\":[1152921504606846976,1152921504606846976]"),
              HasSubstr("its shape needs"));
  EXPECT_THAT(with("\"dtype\":\"F32\"", "\"dtype\":\"I32\""), HasSubstr("expected floating-point numbers"));
}

}  // namespace
}  // namespace calando
