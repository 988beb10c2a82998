// SPDX-License-Identifier: MIT
// What a model has to be, and what is said of one that is not.
#include "calando/mdp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "calando/error.h"
#include "src/bellman/models_test.h"
#include "src/bellman/native.h"

namespace calando {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <class Error, class Body>
std::string message_of(Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

/// What is said of a model whose second state's second choice is so.
std::string error_of(const std::function<void(MdpBuilder&)>& choice) {
  return message_of<DataError>([&] {
    MdpBuilder builder("m");
    builder.add_state();
    builder.add_choice(0).add(0, 1);
    builder.add_state();
    builder.add_choice(0).add(1, 1);
    choice(builder);
    std::move(builder).build();
  });
}

TEST(Mdp, NamesTheChoiceThatIsWrong) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(error_of([](MdpBuilder& b) { b.add_choice(0).add(0, 0.5).add(1, 0.48); }),
            "m: state 1, choice 1: probabilities sum to 0.98, expected 1 within 1e-06");
  EXPECT_THAT(error_of([](MdpBuilder& b) { b.add_choice(0).add(0, 1.5).add(1, -0.5); }),
              HasSubstr("state 1, choice 1: probability -0.5 of going to state 1"));
  EXPECT_THAT(error_of([&](MdpBuilder& b) { b.add_choice(0).add(0, kNan); }), HasSubstr("probability nan"));
  EXPECT_THAT(error_of([](MdpBuilder& b) { b.add_choice(0).add(2, 1); }),
              HasSubstr("state 1, choice 1: goes to state 2, but there are 2 states"));
  EXPECT_THAT(error_of([&](MdpBuilder& b) { b.add_choice(kNan).add(0, 1); }), HasSubstr("reward nan"));
  EXPECT_THAT(error_of([](MdpBuilder& b) { b.add_choice(0, 1.5).add(0, 1); }), HasSubstr("discount 1.5"));
  EXPECT_THAT(error_of([](MdpBuilder& b) { b.add_choice(0); }), HasSubstr("sum to 0"));
  EXPECT_THAT(error_of([](MdpBuilder& b) { b.add_state(); }), HasSubstr("state 2 has no choice"));
  EXPECT_THAT(message_of<DataError>([] { MdpBuilder("m").build(); }), HasSubstr("no states"));
}

TEST(Mdp, RefusesABuilderOutOfOrder) {
  EXPECT_THROW(MdpBuilder("m").add_choice(0), UsageError);
  MdpBuilder builder("m");
  builder.add_state();
  EXPECT_THROW(builder.add(0, 1), UsageError);
}

TEST(Mdp, DividesRowsThatSumToNearlyOne) {
  MdpBuilder builder("m");
  builder.add_state();
  builder.add_choice(0).add(0, 0.3333333).add(1, 0.6666666);
  builder.add_state();
  builder.add_choice(0).add(0, 0.1).add(1, 0.9);  // as near to 1 as doubles can be
  const Mdp model = std::move(builder).build();
  EXPECT_EQ(model.notes().rows_divided, 1u);
  EXPECT_THAT(model.arrays().probability, ElementsAre(0.3333333 / (0.3333333 + 0.6666666),
                                                      0.6666666 / (0.3333333 + 0.6666666), 0.1, 0.9));
  EXPECT_GT(model.measures().row_slack, 0);
  EXPECT_LT(model.measures().row_slack, 1e-15);
}

TEST(Mdp, AddsUpRewardsOfTransitionsAndKnowsTheirError) {
  MdpBuilder builder("m");
  builder.add_state();
  builder.add_choice(1).add(0, 0.25, 4).terminate(0.75, 8);
  const Mdp model = std::move(builder).build();
  EXPECT_THAT(model.arrays().reward, ElementsAre(8.0));
  EXPECT_GT(model.notes().reward_rounding, 0);
  EXPECT_LT(model.notes().reward_rounding, 1e-14);
}

TEST(Mdp, ComesBackFromItsNativeFormWithTheSameBytes) {
  for (const char* family : {"garnet(20, 3, 4)", "taxi", "grid(3, 4, slip=0.25)", "rental(limit=3)"}) {
    const Mdp model = make_mdp(family);
    const std::string bytes = bellman::native_bytes(model);
    const Mdp again = bellman::read_native({family, {bytes, nullptr}});
    EXPECT_EQ(bellman::native_bytes(again), bytes) << family;
    EXPECT_EQ(again.notes().labels, model.notes().labels);
    EXPECT_EQ(again.notes().grid_columns, model.notes().grid_columns);
    EXPECT_EQ(again.notes().reward_rounding, model.notes().reward_rounding);
    EXPECT_EQ(again.notes().rows_divided, 0u);
  }
}

TEST(Mdp, RefusesANativeFormThatIsCut) {
  const std::string bytes = bellman::native_bytes(make_mdp("forest"));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(bellman::read_native({"cut", {std::string_view(bytes).substr(0, size), nullptr}}), DataError)
        << size;
  }
}

TEST(Mdp, MakesFamiliesFromText) {
  EXPECT_EQ(make_mdp("garnet(10, 2, 3)").transitions(), 60u);
  EXPECT_EQ(make_mdp("taxi").label("start").size(), 300u);
  EXPECT_THAT(message_of<UsageError>([] { make_mdp("garnett(10)"); }), HasSubstr("did you mean \"garnet\""));
  EXPECT_THAT(message_of<UsageError>([] { make_mdp("forest(size=3)"); }), HasSubstr("size"));
  EXPECT_THAT(message_of<UsageError>([] { make_mdp("garnet(3, 1, 4)"); }), HasSubstr("successors = 4"));
  EXPECT_THAT(message_of<UsageError>([] { make_mdp("taxi").label("strat"); }),
              HasSubstr("did you mean \"start\""));
  for (const MdpFamily& family : mdp_families()) {
    EXPECT_GT(make_mdp(family.name + "(" + family.arguments + ")").states(), 0u) << family.name;
  }
}

}  // namespace
}  // namespace calando
