// SPDX-License-Identifier: MIT
#include "calando/generated_mdp.h"

#include <gtest/gtest.h>

#include "calando/error.h"
#include "src/bellman/models_test.h"

namespace calando {
namespace {

/// The rows of a stored model, on demand.
class Rows : public MdpGenerator {
 public:
  explicit Rows(const Mdp& model) : a_(model.arrays()) {}
  std::uint32_t states() const override { return static_cast<std::uint32_t>(a_.choice_begin.size() - 1); }
  void write_state(std::uint32_t s, ChoiceWriter& out) const override {
    for (std::uint32_t c = a_.choice_begin[s]; c < a_.choice_begin[s + 1]; ++c) {
      out.choice(a_.reward[c], a_.discount.empty() ? 1 : a_.discount[c]);
      if (!a_.termination.empty()) out.ends(a_.termination[c]);
      for (std::uint32_t i = a_.row_begin[c]; i < a_.row_begin[c + 1]; ++i)
        out.to(a_.target[i], a_.probability[i]);
    }
  }

 private:
  MdpArrays a_;
};

TEST(GeneratedMdp, IsSolvedAsIfItWereStored) {
  for (const bool general : {false, true}) {
    const Mdp model =
        bellman::make_random({.seed = 3, .states = 3000, .terminates = general, .discounts = general});
    const SolveOptions options{.discount = 0.9, .method = Method::value_iteration};
    const Solution stored = solve(model, options);
    for (const int threads : {1, 2, 3}) {
      SolveOptions with = options;
      with.threads = threads;
      const Solution made = solve(Rows(model), with);
      EXPECT_EQ(made.report.status, SolveStatus::converged);
      EXPECT_EQ(made.policy, stored.policy);
      EXPECT_EQ(made.values, stored.values);
      EXPECT_EQ(made.lower, stored.lower);
    }
  }
}

TEST(GeneratedMdp, CanBeStored) {
  const Mdp model = bellman::make_random({.seed = 4, .states = 20, .terminates = true, .discounts = true});
  const Mdp again = store_mdp(Rows(model));
  EXPECT_TRUE(std::equal(model.arrays().probability.begin(), model.arrays().probability.end(),
                         again.arrays().probability.begin(), again.arrays().probability.end()));
  EXPECT_TRUE(std::equal(model.arrays().termination.begin(), model.arrays().termination.end(),
                         again.arrays().termination.begin(), again.arrays().termination.end()));
}

class Wrong : public MdpGenerator {
 public:
  std::uint32_t states() const override { return 2; }
  void write_state(std::uint32_t s, ChoiceWriter& out) const override {
    out.choice(1).to(0, s == 0 ? 1 : 0.98);
  }
};

TEST(GeneratedMdp, NamesWhatIsWrong) {
  try {
    solve(Wrong(), {.discount = 0.9});
    FAIL();
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(),
                 "generated model: state 1, choice 0: probabilities sum to 0.98, expected 1 up to rounding");
  }
  const Mdp model = make_mdp("forest");
  EXPECT_THROW(solve(Rows(model), {.criterion = Criterion::total}), UsageError);
  EXPECT_THROW(solve(Rows(model), {.discount = 0.9, .method = Method::gmres}), UsageError);
}

}  // namespace
}  // namespace calando
