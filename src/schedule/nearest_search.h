// SPDX-License-Identifier: MIT
// The search for the class and the arguments of one peer whose values come nearest to a schedule's.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "calando/schedule.h"
#include "src/schedule/dialect.h"
#include "src/schedule/schedule_features.h"
#include "src/spec/call.h"

namespace calando::schedule {

/// The search among the classes of one peer for one schedule.
class NearestSearch {
 public:
  struct Found {
    spec::Call call;
    double difference = kEndless;  // at the steps that the search looks at
  };

  /// `lr`, where it is given, is what the base rate has to be.
  NearestSearch(const Schedule& schedule, std::string_view peer, Step count, std::optional<double> lr);

  Found best() const;
  /// Of the classes that can be members of the peer's sequence: those that begin at its base rate, whatever ran before.
  Found best_member() const;

 private:
  /// What an argument may be; nothing: its default.
  using Choice = std::optional<spec::Value>;
  using Choices = std::vector<Choice>;
  struct Start {
    std::vector<Choice> point;
    double difference = kEndless;
  };

  Found best_but(const std::vector<std::string_view>& barred) const;
  Found of(const Dialect& dialect) const;
  std::vector<Start> starts(const Dialect& dialect) const;
  static void shorten(const Dialect& dialect, std::vector<Choices>& options, double most);
  void lengthen(const Dialect& dialect, std::vector<Choice>& point) const;
  static void keep(const Dialect& dialect, Start start, std::vector<Start>& kept);
  Found descend(const Dialect& dialect, std::vector<Choice> point) const;
  void descend_by_pairs(const Dialect& dialect, std::vector<Choice>& point, double& best) const;
  void polish(const Dialect& dialect, std::vector<Choice>& point, double& difference) const;
  Choices choices(const PeerArgument& argument) const;
  static std::vector<Choice> point_of(const Dialect& dialect, const spec::Call& call);
  spec::Call call_of(const Dialect& dialect, const std::vector<Choice>& point) const;
  double difference(const Dialect& dialect, const std::vector<Choice>& point, double enough) const;
  Features::Distance distance(const Dialect& dialect, const std::vector<Choice>& point, double enough) const;

  std::string_view peer_;
  std::optional<double> lr_;
  Features features_;
  double good_;
};

}  // namespace calando::schedule
