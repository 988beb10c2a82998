// SPDX-License-Identifier: MIT
// Known answers held against every method, each a line of a table: problem, criterion, expected, lower, upper, method, pass.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "calando/solve.h"

namespace calando::bellman {

/// Solves by every method of a criterion, and expects known values of some states, each within half a unit of its last
/// digit.
class Truth {
 public:
  struct Known {
    std::size_t state;
    double value;
    double error = 0;
  };

  /// Discounted.
  Truth(Mdp model, double discount, double tolerance = 1e-10)
      : Truth(std::move(model), {.discount = discount, .tolerance = tolerance},
              "discount " + std::to_string(discount).substr(0, 5)) {}

  Truth(Mdp model, SolveOptions options, std::string criterion)
      : model_(std::move(model)), options_(std::move(options)), criterion_(std::move(criterion)) {}

  void expect(const std::vector<Known>& known, const std::vector<std::int32_t>& policy = {}) const {
    for (const Method method : methods_of(options_.criterion)) {
      SolveOptions options = options_;
      options.method = method;
      const Solution s = solve(model_, options);
      const std::string name(kMethodNames[static_cast<std::size_t>(s.report.method)]);
      SCOPED_TRACE(model_.notes().name + ", " + criterion_ + ", by " + name);
      EXPECT_EQ(s.report.status, SolveStatus::converged);
      for (const Known& k : known) check(s, k, name);
      if (!policy.empty()) {
        EXPECT_EQ(s.policy, policy);
      }
    }
  }

  Solution solution() const { return solve(model_, options_); }
  const Mdp& model() const { return model_; }

 private:
  void check(const Solution& s, const Known& k, const std::string& method) const {
    const double error = k.error + 1e-12 * std::abs(k.value);
    const bool pass = s.lower[k.state] <= k.value + error && s.upper[k.state] >= k.value - error &&
                      std::abs(s.values[k.state] - k.value) <= options_.tolerance + error;
    std::printf("%s, state %zu\t%s\t%.13g\t%.13g\t%.13g\t%s\t%s\n", model_.notes().name.c_str(), k.state,
                criterion_.c_str(), k.value, s.lower[k.state], s.upper[k.state], method.c_str(),
                pass ? "pass" : "FAIL");
    EXPECT_TRUE(pass) << "state " << k.state;
  }

  Mdp model_;
  SolveOptions options_;
  std::string criterion_;
};

}  // namespace calando::bellman
