// SPDX-License-Identifier: MIT
// Parameters, gradients and states in few bits: what each way of storing them promises.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "calando/error.h"
#include "calando/optimizer.h"
#include "src/cpu/narrow.h"
#include "src/cpu/random.h"
#include "src/cpu/targets_test.h"
#include "src/optimizer/rule_variants_test.h"

namespace calando {
namespace {

std::vector<float> uniform(std::size_t count, std::uint32_t part) {
  const cpu::Random random(21, cpu::Purpose::test, part);
  std::vector<float> result(count);
  for (std::size_t i = 0; i < count; ++i) result[i] = static_cast<float>(random.uniform(i) - 0.5);
  return result;
}
std::vector<BFloat16> narrow(const std::vector<float>& x) {
  std::vector<BFloat16> result(x.size());
  cpu::narrow_bf16(x.data(), result.data(), x.size());
  return result;
}
std::vector<float> wide(const std::vector<BFloat16>& x) { return {x.begin(), x.end()}; }
std::vector<std::uint32_t> bits(const std::vector<float>& x) {
  std::vector<std::uint32_t> result;
  for (const float y : x) result.push_back(std::bit_cast<std::uint32_t>(y));
  return result;
}

constexpr std::size_t kSize = 9000;  // over the least size for 8 bits, and no multiple of a block

TEST(Master, IsTheFloatRunRounded) {
  std::vector<BFloat16> values = narrow(uniform(kSize, 0));
  std::vector<float> floats = wide(values);
  std::vector<BFloat16> gradients = narrow(uniform(kSize, 1));
  const std::vector<float> same = wide(gradients);
  Optimizer few(Adam{}, {{.name = "w", .values = values, .gradients = gradients}});
  Optimizer full(Adam{}, {{.name = "w", .values = floats, .gradients = same}});
  for (int step = 0; step < 20; ++step) {
    few.step(1e-3);
    full.step(1e-3);
  }
  EXPECT_EQ(bits(few.state().tensors.at("w/master")), bits(floats));
  EXPECT_EQ(bits(wide(values)), bits(wide(narrow(floats))));
  std::vector<float> evaluated(kSize);
  few.evaluated(0, evaluated);
  EXPECT_EQ(bits(evaluated), bits(floats));
}

/// The mean of parameters that start at 1 and go down by 1e-4 a step, less than half of their last bit, after 1000 steps.
double mean_after_small_steps(Bf16Parameters kind) {
  std::vector<BFloat16> values(kSize, BFloat16{0x3F80});
  const std::vector<float> gradients(kSize, 1.0F);
  Optimizer sgd(Sgd{}, {{.name = "w", .values = values, .gradients = gradients}}, {.bf16 = kind});
  for (int step = 0; step < 1000; ++step) sgd.step(1e-4);
  double sum = 0;
  for (const BFloat16 x : values) sum += x;
  return sum / kSize;
}

TEST(Bf16, SmallStepsAreNotLost) {
  EXPECT_NEAR(mean_after_small_steps(Bf16Parameters::master), 0.9, 0x1p-9);
  EXPECT_NEAR(mean_after_small_steps(Bf16Parameters::kahan), 0.9, 0x1p-9 + 1000 * 0x1p-18);
  // Each step goes down by 2^-8 or not at all: a walk whose mean over all has this standard deviation at most.
  EXPECT_NEAR(mean_after_small_steps(Bf16Parameters::stochastic), 0.9,
              4 * std::sqrt(1000.0 / kSize) * 0x1p-9);
}

struct Storage {
  const char* name;
  Bf16Parameters bf16;
  StateStorage states;
};
constexpr Storage kStorages[] = {{"master, f32", Bf16Parameters::master, StateStorage::f32},
                                 {"kahan, bf16", Bf16Parameters::kahan, StateStorage::bf16},
                                 {"stochastic, bits8", Bf16Parameters::stochastic, StateStorage::bits8}};

/// Parameters in bfloat16 and in float, with gradients of both types.
struct Mixed {
  std::vector<BFloat16> a = narrow(uniform(kSize, 0));
  std::vector<float> b = uniform(kSize, 1), c = uniform(300, 2);
  std::vector<float> ga = uniform(kSize, 3);
  std::vector<BFloat16> gb = narrow(uniform(kSize, 4)), gc = narrow(uniform(300, 5));

  std::vector<Parameter> parameters(bool reversed = false) {
    std::vector<Parameter> all = {{.name = "a", .values = a, .gradients = ga},
                                  {.name = "b", .values = b, .gradients = gb},
                                  {.name = "c", .values = c, .gradients = gc}};
    if (reversed) std::ranges::reverse(all);
    return all;
  }
  std::vector<std::uint32_t> all_bits() const {
    std::vector<float> all = wide(a);
    all.insert(all.end(), b.begin(), b.end());
    all.insert(all.end(), c.begin(), c.end());
    return bits(all);
  }
};

std::vector<std::uint32_t> after_steps(const AnyRule& rule, const Storage& storage, int threads,
                                       bool reversed = false, double clip = 0) {
  Mixed m;
  Optimizer optimizer(rule, m.parameters(reversed),
                      {.clip = clip, .bf16 = storage.bf16, .states = storage.states, .threads = threads});
  for (int step = 0; step < 3; ++step) optimizer.step(1e-3);
  return m.all_bits();
}

TEST(FewBits, AreTheSameOnEveryInstructionSetForAnyThreadsAndOrder) {
  std::map<std::string, std::vector<std::uint32_t>> expected;
  std::size_t checked = 0;
  cpu::on_every_target([&] {
    optimizer::for_each_variant([&](const auto& rule, const std::string& text) {
      for (const Storage& storage : kStorages) {
        SCOPED_TRACE(text + ", " + storage.name);
        const auto got = after_steps(rule, storage, 1);
        const auto [first, is_new] = expected.try_emplace(text + storage.name, got);
        ASSERT_EQ(got, first->second);
        if (is_new) {
          EXPECT_EQ(after_steps(rule, storage, 2, true), got);
        }
        ++checked;
      }
    });
  });
  std::printf("%zu rules with options x storages x instruction sets\n", checked);
}

TEST(FewBits, ResumedIsUninterrupted) {
  optimizer::for_each_variant([&](const auto& rule, const std::string& text) {
    for (const Storage& storage : kStorages) {
      SCOPED_TRACE(text + ", " + storage.name);
      const OptimizerOptions options{.bf16 = storage.bf16, .states = storage.states, .threads = 1};
      Mixed whole, m;
      Optimizer uninterrupted(rule, whole.parameters(), options);
      for (int step = 0; step < 4; ++step) uninterrupted.step(1e-3);
      OptimizerState state;
      {
        Optimizer first(rule, m.parameters(), options);
        first.step(1e-3), first.step(1e-3);
        state = first.state();
      }
      Optimizer second(rule, m.parameters(true), options);
      second.restore(state);
      second.step(1e-3), second.step(1e-3);
      EXPECT_EQ(m.all_bits(), whole.all_bits());
    }
  });
}

TEST(FewBits, AStateGoesFromOneStorageToAnotherAndBack) {
  std::vector<float> values = uniform(kSize, 0);
  const std::vector<float> gradients = uniform(kSize, 1);
  const std::vector<Parameter> parameters = {{.name = "w", .values = values, .gradients = gradients}};
  Optimizer full(Adam{}, parameters);
  full.step(1e-3);
  const OptimizerState floats = full.state();
  Optimizer eight(Adam{}, parameters, {.states = StateStorage::bits8});
  eight.restore(floats);
  const OptimizerState coded = eight.state();
  for (const char* name : {"w/m", "w/v"}) {
    const std::vector<float>& from = floats.tensors.at(name);
    const std::vector<float>& to = coded.tensors.at(name);
    for (std::size_t block = 0; block < kSize; block += cpu::kBlock8) {
      float largest = 0;
      const std::size_t end = std::min(kSize, block + cpu::kBlock8);
      for (std::size_t i = block; i < end; ++i) largest = std::max(largest, std::abs(from[i]));
      // An eighth of the number, or, below the least code, that code; the scale may be twice the largest number.
      for (std::size_t i = block; i < end; ++i) {
        EXPECT_LE(std::abs(to[i] - from[i]), std::max(std::abs(from[i]) / 8, 2 * largest * 0x1p-15F * 1.125F))
            << name << i;
      }
    }
  }
  full.restore(coded);
  EXPECT_EQ(full.state().tensors, coded.tensors);
  EXPECT_EQ(full.steps(), 1);
}

TEST(FewBits, ASecondMomentIsNeverLost) {
  std::vector<float> values(kSize, 1.0F);
  std::vector<float> gradients(kSize, 1e-8F);
  for (std::size_t i = 0; i < kSize; i += cpu::kBlock8) gradients[i] = 1e4F;
  Optimizer adam(Adam{}, {{.name = "w", .values = values, .gradients = gradients}},
                 {.states = StateStorage::bits8});
  for (int step = 0; step < 10; ++step) adam.step(1e-3);
  const OptimizerState state = adam.state();
  for (const float v : state.tensors.at("w/v")) EXPECT_GT(v, 0);
}

TEST(FewBits, SmallTensorsAndExactStatesStayFloats) {
  std::vector<float> values = uniform(4095, 0);
  const std::vector<float> gradients = uniform(4095, 1);
  std::vector<float> same = values;
  Optimizer eight(Adam{}, {{.name = "w", .values = values, .gradients = gradients}},
                  {.states = StateStorage::bits8});
  Optimizer full(Adam{}, {{.name = "w", .values = same, .gradients = gradients}});
  for (int step = 0; step < 3; ++step) eight.step(1e-3), full.step(1e-3);
  EXPECT_EQ(bits(values), bits(same));
}

TEST(FewBits, TheGradientsNormIsThatOfTheNumbers) {
  Mixed m;
  double sum = 0;
  for (const auto& list : {m.ga, wide(m.gb), wide(m.gc)}) {
    for (const float g : list) sum += static_cast<double>(g) * g;
  }
  Optimizer one(Sgd{}, m.parameters());
  EXPECT_NEAR(one.step(0).gradient_norm, std::sqrt(sum), 1e-12 * std::sqrt(sum));
  Optimizer two(Sgd{}, m.parameters(), {.clip = 1});
  EXPECT_EQ(two.step(0).gradient_norm, one.step(0).gradient_norm);
}

TEST(Norm, IsLeftOutOnDemandAndChangesNothing) {
  for (const Storage& storage : kStorages) {
    OptimizerOptions options{.bf16 = storage.bf16, .states = storage.states};
    Mixed with, without;
    Optimizer one(Adam{}, with.parameters(), options);
    options.norm = false;
    Optimizer two(Adam{}, without.parameters(), options);
    for (int step = 0; step < 3; ++step) {
      EXPECT_GT(one.step(1e-3).gradient_norm, 0);
      EXPECT_TRUE(std::isnan(two.step(1e-3).gradient_norm));
    }
    EXPECT_EQ(without.all_bits(), with.all_bits()) << storage.name;
    options.clip = 0.5;
    EXPECT_GT(Optimizer(Adam{}, without.parameters(), options).step(1e-3).gradient_norm, 0);
  }
}

TEST(Clipping, ByValue) {
  std::vector<float> w{0, 0, 0, 0};
  const std::vector<float> g{1, -4, NAN, 8};
  Optimizer(Sgd{}, {{.name = "w", .values = w, .gradients = g}}, {.clip_value = 1.5, .maximise = true})
      .step(1, 2);
  EXPECT_EQ(w[0], 0.5F);
  EXPECT_EQ(w[1], -1.5F);
  EXPECT_TRUE(std::isnan(w[2]));
  EXPECT_EQ(w[3], 1.5F);
  std::vector<double> d{0, 0};
  const std::vector<double> gd{1, -4};
  Optimizer(Sgd{}, {{.name = "d", .values = d, .gradients = gd}}, {.clip_value = 1.5}).step(1);
  EXPECT_THAT(d, ::testing::ElementsAre(-1, 1.5));
}

/// An embedding table of 50 rows of 6, gradients of three of them.
struct Table {
  std::vector<float> dense = uniform(300, 0), lazy = dense;
  std::vector<std::int64_t> rows{3, 17, 49};
  std::vector<float> row_gradients = uniform(18, 1), all_gradients = std::vector<float>(300);
  RowGradients given{rows, row_gradients};

  Table() {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (std::size_t j = 0; j < 6; ++j)
        all_gradients[static_cast<std::size_t>(rows[r]) * 6 + j] = row_gradients[r * 6 + j];
    }
  }
  Parameter dense_one() {
    return {.name = "t", .values = dense, .gradients = all_gradients, .shape = {50, 6}};
  }
  Parameter lazy_one() {
    Parameter p{.name = "t", .values = lazy, .shape = {50, 6}};
    p.rows = &given;
    return p;
  }
};

TEST(Rows, AreTheDenseRuleWhereItLeavesOtherRowsAlone) {
  for (const char* rule : {"sgd", "adagrad"}) {
    SCOPED_TRACE(rule);
    Table t;
    Optimizer dense(parse_rule(rule), {t.dense_one()});
    Optimizer lazy(parse_rule(rule), {t.lazy_one()});
    for (int step = 0; step < 3; ++step) EXPECT_EQ(lazy.step(0.1).clipped, dense.step(0.1).clipped);
    EXPECT_EQ(bits(t.lazy), bits(t.dense));
    t.rows = {5};
    t.row_gradients = std::vector<float>(6, 1.0F);
    t.given = {t.rows, t.row_gradients};
    const std::vector<float> before = t.lazy;
    lazy.step(0.1);
    for (std::size_t i = 0; i < 300; ++i) EXPECT_EQ(t.lazy[i] != before[i], i / 6 == 5);
  }
}

TEST(Rows, OtherRulesAreRefusedOrLazyOnDemand) {
  Table t;
  const auto refused = [](const auto& f) {
    try {
      f();
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  Optimizer adam(Adam{}, {t.lazy_one()});
  EXPECT_THAT(refused([&] { adam.step(0.1); }),
              ::testing::HasSubstr("adam changes rows without gradients as well"));
  EXPECT_EQ(adam.steps(), 0);
  Optimizer decayed(Sgd{.weight_decay = 0.1}, {t.lazy_one()});
  EXPECT_THAT(refused([&] { decayed.step(0.1); }), ::testing::HasSubstr("sgd changes rows"));
  Optimizer lazy(Adam{}, {t.lazy_one()}, {.lazy_rows = true});
  const std::vector<float> before = t.lazy;
  lazy.step(0.1);
  for (std::size_t i = 0; i < 300; ++i)
    EXPECT_EQ(t.lazy[i] != before[i], i / 6 == 3 || i / 6 == 17 || i / 6 == 49);

  t.rows = {3, 3, 49};
  EXPECT_EQ(refused([&] { lazy.step(0.1); }),
            "parameter \"t\": gradients of row 3 behind those of row 3, expected ascending rows");
  t.rows = {3, 17, 50};
  EXPECT_EQ(refused([&] { lazy.step(0.1); }), "parameter \"t\": gradients of row 50, there are 50 rows");
  t.rows = {-1, 17, 49};
  EXPECT_EQ(refused([&] { lazy.step(0.1); }), "parameter \"t\": gradients of row -1, there are 50 rows");
  t.rows = {1};
  t.given.rows = t.rows;
  EXPECT_EQ(refused([&] { lazy.step(0.1); }), "parameter \"t\": 18 gradients, expected 6 for 1 rows of 6");
}

}  // namespace
}  // namespace calando
