// SPDX-License-Identifier: MIT
// Round numbers in the place of those that fit() found.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calando/error.h"
#include "src/schedule/fit_parts.h"
#include "src/schedule/node.h"
#include "src/spec/number.h"

namespace calando::schedule {

using Points = std::vector<LogPoint>;

double rounded_to(double value, int digits) {
  return spec::to_number(fmt::format("{:.{}e}", value, digits - 1)).value_or(value);
}

namespace {

/// Every number that may be rounded, rates that are one as one.
std::vector<std::vector<double*>> numbers_of(Parts& parts, double tolerance) {
  std::vector<std::vector<double*>> groups;
  const auto add_rate = [&](double& rate) {
    for (auto& group : groups) {
      if (std::fabs(*group.front() - rate) <= 2 * tolerance) return group.push_back(&rate);
    }
    groups.push_back({&rate});
  };
  if (parts.floor > 0) add_rate(parts.floor);
  for (Part& part : parts.list) {
    for (std::size_t i = 0; i < part.curve->parameters.size(); ++i) {
      if (part.curve->parameters[i].kind == Parameter::Kind::rate) add_rate(part.parameters[i]);
    }
  }
  for (Part& part : parts.list) {
    for (std::size_t i = 0; i < part.curve->parameters.size(); ++i) {
      const Parameter& parameter = part.curve->parameters[i];
      if (parameter.kind == Parameter::Kind::number || parameter.name == "timescale")
        groups.push_back({&part.parameters[i]});
    }
  }
  if (parts.repeats() && parts.shrink != 1) groups.push_back({&parts.shrink});
  if (parts.repeats() && parts.stretch != 1) groups.push_back({&parts.stretch});
  return groups;
}

void set(const std::vector<double*>& group, double value) {
  for (double* number : group) *number = value;
}

/// Numbers in place of others while they keep the points within the limit.
class Tidy {
 public:
  Tidy(Parts& parts, const Points& points)
      : parts_(parts),
        points_(points),
        limit_(std::max(1.0, worst(parts.schedule(), points)) * (1 + 1e-9)),
        groups_(numbers_of(parts, points.back().tolerance)) {}

  void run() {
    for (int digits = 1; digits <= 6 && !all_to(digits); ++digits) {
    }
    for (const auto& group : groups_) one(group);
  }

 private:
  using Group = std::vector<double*>;

  bool fits() const {
    try {
      return worst(parts_.schedule(), points_) <= limit_;
    } catch (const UsageError&) {
      return false;  // a number that rounding took out of its range
    }
  }

  /// Whether a value is 0 but for the tolerance.
  double rounded_rate(double value, int digits) const {
    return std::fabs(value) <= points_.back().tolerance ? 0 : rounded_to(value, digits);
  }

  std::vector<double> values() const {
    std::vector<double> values;
    for (const Group& group : groups_) {
      for (const double* number : group) values.push_back(*number);
    }
    return values;
  }
  void restore(const std::vector<double>& values) const {
    std::size_t i = 0;
    for (const Group& group : groups_) {
      for (double* number : group) *number = values[i++];
    }
  }

  /// All at once: where one number has to give way for the other.
  bool all_to(int digits) const {
    const std::vector<double> before = values();
    for (const Group& group : groups_) set(group, rounded_rate(*group.front(), digits));
    if (fits()) return true;
    restore(before);
    return false;
  }

  void one(const Group& group) const {
    const std::vector<double> before = values();
    const double value = *group.front();
    set(group, 0);
    if (std::fabs(value) <= 10 * points_.back().tolerance && fits()) return;
    for (int digits = 1; digits <= 15; ++digits) {
      set(group, rounded_to(value, digits));
      if (fits()) return;
    }
    restore(before);
  }

  Parts& parts_;
  const Points& points_;
  double limit_;
  std::vector<Group> groups_;
};

/// A polynomial of power 1 is a line.
void name_lines(Parts& parts) {
  for (Part& one : parts.list) {
    const bool line = one.curve->name == "polynomial" && one.parameters[3] == 1;
    if (line) one.curve = find_curve("linear");
  }
}

}  // namespace

Parts tidied(Parts parts, const Points& points) {
  name_lines(parts);
  Tidy(parts, points).run();
  name_lines(parts);
  return parts;
}

}  // namespace calando::schedule
