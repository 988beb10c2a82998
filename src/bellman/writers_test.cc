// SPDX-License-Identifier: MIT
#include "src/bellman/writers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "calando/error.h"
#include "src/bellman/models_test.h"

namespace calando::bellman {
namespace {

Mdp read_back(const std::vector<WrittenFile>& files) {
  const auto file = [](const WrittenFile& written) {
    const auto owner = std::make_shared<std::string>(written.bytes);
    return io::File{"m", {*owner, owner}};
  };
  return read_model(file(files.front()), [&](const std::string& ending) -> std::optional<io::File> {
    for (const WrittenFile& written : files) {
      if (written.ending == ending) return file(written);
    }
    return std::nullopt;
  });
}

template <class T>
std::vector<T> copy(std::span<const T> array) {
  return {array.begin(), array.end()};
}

void expect_same(const Mdp& read, const Mdp& wanted, const std::string& what) {
  const MdpArrays& a = read.arrays();
  const MdpArrays& b = wanted.arrays();
  EXPECT_EQ(copy(a.choice_begin), copy(b.choice_begin)) << what;
  EXPECT_EQ(copy(a.row_begin), copy(b.row_begin)) << what;
  EXPECT_EQ(copy(a.target), copy(b.target)) << what;
  EXPECT_EQ(copy(a.probability), copy(b.probability)) << what;
  EXPECT_EQ(copy(a.termination), copy(b.termination)) << what;
  ASSERT_EQ(a.reward.size(), b.reward.size()) << what;
  for (std::size_t c = 0; c < a.reward.size(); ++c)
    EXPECT_LE(std::abs(a.reward[c] - b.reward[c]), read.notes().reward_rounding) << what << ", choice " << c;
}

std::vector<Mdp> models() {
  std::vector<Mdp> all;
  for (const char* family : {"frozen_lake", "taxi", "cliff(slippery=true)", "grid(4, 5, slip=0.1, walls=0.2)",
                             "inventory", "garnet(30, 3, 4)", "gambler(20)", "two_state"}) {
    all.push_back(make_mdp(family));
  }
  all.push_back(make_random({.seed = 4, .states = 12, .terminates = true, .bad_scale = true}));
  return all;
}

TEST(WriteModel, ReadsBackInEveryFormat) {
  for (const Mdp& model : models()) {
    const Mdp plain = plain_model(model);
    for (const ModelFormat format :
         {ModelFormat::prism, ModelFormat::drn, ModelFormat::tuples, ModelFormat::petsc, ModelFormat::umb}) {
      const std::string what =
          model.notes().name + " in " + std::string(kModelFormatNames[static_cast<std::size_t>(format)]);
      const Mdp read = read_back(write_model(model, format));
      expect_same(read, plain, what);
      if (format != ModelFormat::tuples && format != ModelFormat::petsc) {
        EXPECT_EQ(read.notes().labels, plain.notes().labels) << what;
      }
    }
    expect_same(read_back(write_model(model, ModelFormat::gymnasium)), model,
                model.notes().name + " in gymnasium");
    const Mdp native = read_back(write_model(model, ModelFormat::native));
    expect_same(native, model, model.notes().name + " in native");
    EXPECT_EQ(native.notes().labels, model.notes().labels);
    EXPECT_EQ(native.notes().grid_columns, model.notes().grid_columns);
    EXPECT_EQ(native.notes().grid_arrows, model.notes().grid_arrows);
  }
}

TEST(WriteModel, CassandrasStatesAllHaveTheSameChoices) {
  for (const Mdp& model : models()) {
    const Mdp plain = plain_model(model);
    const Mdp read = read_back(write_model(model, ModelFormat::cassandra));
    const std::uint32_t most = read.arrays().choice_begin[1];
    ASSERT_EQ(read.choices(), plain.states() * most);
    for (std::size_t s = 0; s < plain.states(); ++s) {
      const std::uint32_t first = plain.arrays().choice_begin[s];
      const std::uint32_t last = plain.arrays().choice_begin[s + 1] - 1;
      for (std::uint32_t local = 0; local < most; ++local) {
        const std::uint32_t from = std::min(first + local, last);
        const std::size_t to = s * most + local;
        const auto row = [](const MdpArrays& a, std::size_t c, auto array) {
          return copy(array.subspan(a.row_begin[c], a.row_begin[c + 1] - a.row_begin[c]));
        };
        const MdpArrays& a = read.arrays();
        const MdpArrays& b = plain.arrays();
        EXPECT_EQ(row(a, to, a.target), row(b, from, b.target)) << model.notes().name << " state " << s;
        EXPECT_EQ(row(a, to, a.probability), row(b, from, b.probability));
        EXPECT_LE(std::abs(a.reward[to] - b.reward[from]), read.notes().reward_rounding);
      }
    }
  }
}

TEST(WriteModel, RefusesWhatAFormatCannotHold) {
  MdpBuilder discounts("m");
  discounts.add_state();
  discounts.add_choice(1, 0.5).add(0, 1);
  const Mdp model = std::move(discounts).build();
  EXPECT_THROW(write_model(model, ModelFormat::drn), UsageError);
  EXPECT_NO_THROW(write_model(model, ModelFormat::native));
  MdpBuilder between("m");
  between.add_state();
  between.add_choice(1).add_between(0, 0.5, 1);
  EXPECT_THROW(write_model(std::move(between).build(), ModelFormat::gymnasium), UsageError);
}

TEST(PlainModel, WhatEndsGoesToAStateOfItsOwn) {
  MdpBuilder builder("m");
  builder.add_state();
  builder.add_choice(3).add(0, 0.25).add(0, 0.25).terminate(0.5);
  const Mdp plain = plain_model(std::move(builder).build());
  EXPECT_EQ(plain.states(), 2u);
  EXPECT_THAT(plain.arrays().target, testing::ElementsAre(0, 1, 1));
  EXPECT_THAT(plain.arrays().probability, testing::ElementsAre(0.5, 0.5, 1));
  EXPECT_THAT(plain.label("end"), testing::ElementsAre(1));
}

}  // namespace
}  // namespace calando::bellman
