// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

namespace calando::training {

/// How fast rows pass, by the clock; no result depends on it.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  void add(std::int64_t rows) { rows_ += rows; }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  double rows_per_second() const { return static_cast<double>(rows_) / seconds(); }
  void restart() { *this = Pace(); }

 private:
  Clock::time_point start_ = Clock::now();
  std::int64_t rows_ = 0;
};

}  // namespace calando::training
