// SPDX-License-Identifier: MIT
// What a person sees of a run while it goes on: one live line on a terminal, plain lines elsewhere, all on stderr.
#pragma once

#include <chrono>
#include <string>

#include "calando/train.h"

namespace calando::tools {

/// Draws the progress of a training run and passes Ctrl-C on to it.
class ProgressDisplay : public TrainObserver {
 public:
  explicit ProgressDisplay(bool quiet);
  ~ProgressDisplay() override;

  void understood(const std::vector<std::pair<std::string, std::string>>& lines) override;
  void warning(const std::string& text) override;
  void event(const std::string& text) override;
  void progress(const TrainProgress& progress) override;
  void epoch(const TrainProgress& progress) override;
  bool interrupted() override;

 private:
  void line(const std::string& text);  // a line that stays, above the live one
  void erase();

  bool quiet_;
  bool live_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_draw_;
};

/// "1.2 s", "3 min 05 s", "2 h 10 min".
std::string duration_text(double seconds);

}  // namespace calando::tools
