// SPDX-License-Identifier: MIT
#include "tools/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "tools/interrupt.h"
#include "tools/output.h"

namespace calando::tools {
namespace {

constexpr std::size_t kNameWidth = 10;  // of "validation": what is told in parts stands in one column
constexpr auto kRedraw = std::chrono::milliseconds(100);

std::string rows_text(double rows_per_second) {
  if (rows_per_second >= 1e6) return fmt::format("{:.2f} M rows/s", rows_per_second / 1e6);
  if (rows_per_second >= 1e3) return fmt::format("{:.1f} k rows/s", rows_per_second / 1e3);
  return fmt::format("{:.0f} rows/s", rows_per_second);
}

std::string bar(double share, int width) {
  static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::clamp(share, 0.0, 1.0) * width * 8);
  std::string text;
  for (int i = 0; i < eighths / 8; ++i) text += "█";
  text += kEighths[eighths % 8];
  for (int i = eighths / 8 + (eighths % 8 != 0); i < width; ++i) text += " ";
  return text;
}

std::string live_text(const TrainProgress& p) {
  const double share = p.steps > 0 ? static_cast<double>(p.step) / static_cast<double>(p.steps) : 0;
  std::string text = fmt::format("epoch {}/{} ▕{}▏ {:3.0f} %  loss {:.4f}  ", std::min(p.epoch + 1, p.epochs),
                                 p.epochs, bar(share, 16), std::floor(100 * share), p.loss);
  if (!p.metric.empty()) text += p.metric + "  ";
  return text + fmt::format("lr {:.2e}  {}  {} left", p.rate, rows_text(p.rows_per_second),
                            duration_text(p.seconds_left));
}

/// The first `width` characters, counting what is drawn and not bytes.
std::string cut(const std::string& text, int width) {
  int drawn = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins && ++drawn > width) return text.substr(0, i);
  }
  return text;
}

}  // namespace

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds)) return "?";
  if (seconds < 100) return fmt::format("{:.1f} s", seconds);
  const long long whole = std::llround(std::min(seconds, 1e15));
  if (whole < 6000) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

ProgressDisplay::ProgressDisplay(bool quiet)
    : quiet_(quiet),
      live_(!quiet && stderr_is_terminal()),
      next_draw_(std::chrono::steady_clock::now() + kRedraw) {
  catch_interrupts();
}

ProgressDisplay::~ProgressDisplay() { erase(); }

void ProgressDisplay::erase() {
  if (drawn_) fmt::print(stderr, "\r\x1b[2K");
  drawn_ = false;
}

void ProgressDisplay::line(const std::string& text) {
  erase();
  fmt::print(stderr, "{}\n", text);
}

void ProgressDisplay::understood(const std::vector<std::pair<std::string, std::string>>& lines) {
  if (quiet_) return;
  std::size_t width = kNameWidth;
  for (const auto& [name, value] : lines) width = std::max(width, name.size());
  for (const auto& [name, value] : lines) line(fmt::format("{:<{}}  {}", name, width, value));
}

void ProgressDisplay::warning(const std::string& text) {
  erase();
  warn(text);
}

void ProgressDisplay::event(const std::string& text) {
  if (!quiet_) line(text);
}

void ProgressDisplay::progress(const TrainProgress& progress) {
  if (!live_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_draw_) return;
  next_draw_ = now + kRedraw;
  fmt::print(stderr, "\r\x1b[2K{}", cut(live_text(progress), terminal_width() - 1));
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressDisplay::epoch(const TrainProgress& p) {
  if (quiet_) return;
  line(fmt::format("epoch {:>{}}/{}  loss {:.4f}  {}{}lr {:.2e}  {}", p.epoch + 1,
                   std::to_string(p.epochs).size(), p.epochs, p.loss, p.metric, p.metric.empty() ? "" : "  ",
                   p.rate, rows_text(p.rows_per_second)));
}

bool ProgressDisplay::interrupted() { return was_interrupted(); }

}  // namespace calando::tools
