// SPDX-License-Identifier: MIT
#include "src/optimizer/strong_wolfe.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace calando::optimizer {
namespace {

constexpr double kEnoughLess = 1e-4;
constexpr double kEnoughFlatter = 0.9;

/// Where the cubic through two points and their slopes is lowest, within bounds; the middle where it has no minimum.
template <class T>
double lowest_of_cubic(const LinePoint<T>& one, const LinePoint<T>& other, double low, double high) {
  const LinePoint<T>&a = one.t <= other.t ? one : other, &b = one.t <= other.t ? other : one;
  const double d1 = one.slope + other.slope - 3 * (one.loss - other.loss) / (one.t - other.t);
  const double square = d1 * d1 - one.slope * other.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const double d2 = std::sqrt(square);
  const double lowest = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2));
  return std::min(std::max(lowest, low), high);
}

template <class T>
class Search {
 public:
  Search(const LinePoint<T>& start, const LineSearchLimits& limits,
         const std::function<LinePoint<T>(double)>& evaluate)
      : start_(start), limits_(limits), evaluate_(evaluate) {}

  LineSearchResult<T> run(double guess) {
    bracket(guess);
    while (!done_ && narrowings_ < limits_.evaluations && !is_narrow()) narrow();
    return {low_, evaluations_};
  }

 private:
  LinePoint<T> at(double t) {
    ++evaluations_;
    return evaluate_(t);
  }
  bool too_high(const LinePoint<T>& p) const {
    return p.loss > start_.loss + kEnoughLess * p.t * start_.slope;
  }
  bool flat(const LinePoint<T>& p) const { return std::abs(p.slope) <= -kEnoughFlatter * start_.slope; }
  bool is_narrow() const {
    return std::abs(high_.t - low_.t) * limits_.largest_element < limits_.smallest_change;
  }

  void set_ends(LinePoint<T> a, LinePoint<T> b) {
    if (!(a.loss <= b.loss)) std::swap(a, b);
    low_ = std::move(a), high_ = std::move(b);
  }

  /// Goes ahead until a place is good, or two places have such a one between them.
  void bracket(double guess) {
    LinePoint<T> before = start_, now = at(guess);
    for (; narrowings_ < limits_.evaluations; ++narrowings_) {
      if (too_high(now) || (narrowings_ > 1 && now.loss >= before.loss)) return set_ends(before, now);
      if (flat(now)) {
        done_ = true;
        low_ = now;
        return;
      }
      if (now.slope >= 0) return set_ends(before, now);
      const double next = lowest_of_cubic(before, now, now.t + 0.01 * (now.t - before.t), now.t * 10);
      before = std::exchange(now, at(next));
    }
    set_ends(start_, now);
  }

  /// One more place within the bracket, which becomes an end of it.
  void narrow() {
    const double least = std::min(low_.t, high_.t), most = std::max(low_.t, high_.t);
    LinePoint<T> now = at(away_from_ends(lowest_of_cubic(low_, high_, least, most), least, most));
    ++narrowings_;
    if (too_high(now) || now.loss >= low_.loss) {
      high_ = std::move(now);
      if (!(low_.loss <= high_.loss)) std::swap(low_, high_);
      return;
    }
    if (flat(now)) {
      done_ = true;
    } else if (now.slope * (high_.t - low_.t) >= 0) {
      high_ = low_;
    }
    low_ = std::move(now);
  }

  /// A guess that lies by an end twice in a row, or on it, is moved a tenth of the bracket away from it.
  double away_from_ends(double t, double least, double most) {
    const double tenth = 0.1 * (most - least);
    const bool near_end = std::min(most - t, t - least) < tenth;
    const bool moved = near_end && (was_near_end_ || t >= most || t <= least);
    was_near_end_ = near_end && !moved;
    if (!moved) return t;
    return std::abs(t - most) < std::abs(t - least) ? most - tenth : least + tenth;
  }

  const LinePoint<T>& start_;
  const LineSearchLimits& limits_;
  const std::function<LinePoint<T>(double)>& evaluate_;
  LinePoint<T> low_, high_;  // ends of the bracket, by their losses
  bool done_ = false;
  bool was_near_end_ = false;
  int narrowings_ = 0;
  int evaluations_ = 0;
};

}  // namespace

template <class T>
LineSearchResult<T> strong_wolfe(const LinePoint<T>& start, double guess, const LineSearchLimits& limits,
                                 const std::function<LinePoint<T>(double t)>& evaluate) {
  return Search<T>(start, limits, evaluate).run(guess);
}

template LineSearchResult<float> strong_wolfe(const LinePoint<float>&, double, const LineSearchLimits&,
                                              const std::function<LinePoint<float>(double)>&);
template LineSearchResult<double> strong_wolfe(const LinePoint<double>&, double, const LineSearchLimits&,
                                               const std::function<LinePoint<double>(double)>&);

}  // namespace calando::optimizer
