// SPDX-License-Identifier: MIT
#include "tools/schedule_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "calando/error.h"
#include "src/io/file.h"
#include "src/schedule/fit.h"
#include "src/spec/number.h"

namespace calando::tools {
namespace {

using schedule::LogPoint;

[[noreturn]] void refuse(const std::string& file, std::size_t line, std::string_view why) {
  throw DataError(fmt::format("{}:{}: {}", file, line, why));
}

std::vector<std::string_view> cells(std::string_view line) {
  std::vector<std::string_view> cells;
  constexpr std::string_view kBetween = " \t,;\r";
  for (std::size_t at = line.find_first_not_of(kBetween); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(kBetween, at), line.size());
    cells.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(kBetween, end);
  }
  return cells;
}

/// How many digits a number was written with.
struct Digits {
  int significant = 0;  // the first that is not 0 and all behind it
  int decimals = 0;     // behind the point, also of 1e-4

  static Digits of(std::string_view text) {
    const std::size_t exponent_at = text.find_first_of("eE");
    const std::string_view mantissa = text.substr(0, exponent_at);
    Digits digits;
    bool behind_point = false;
    for (const char c : mantissa) {
      behind_point |= c == '.';
      if (c < '0' || c > '9') continue;
      if (c != '0' || digits.significant > 0) ++digits.significant;
      if (behind_point) ++digits.decimals;
    }
    if (exponent_at != std::string_view::npos)
      digits.decimals -= static_cast<int>(spec::to_number(text.substr(exponent_at + 1)).value_or(0));
    return digits;
  }
};

/// What rounding to the digits of the whole log may have taken from each rate. 0.1 in a log of four digits was not
/// rounded to one: writers leave zeros at the end out.
void set_tolerances(std::vector<LogPoint>& points, const std::vector<Digits>& written) {
  Digits most;
  for (const Digits& digits : written) {
    most.significant = std::max(most.significant, digits.significant);
    most.decimals = std::max(most.decimals, digits.decimals);
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    double unit = std::pow(10, -most.decimals);
    if (points[i].rate > 0)
      unit = std::max(unit, std::pow(10, std::floor(std::log10(points[i].rate)) - most.significant + 1));
    points[i].tolerance = 0.5 * std::min(unit, std::pow(10, -written[i].decimals));
  }
}

LogPoint read_point(const std::string& file, std::size_t line, const std::vector<std::string_view>& cells) {
  if (cells.size() < 2) refuse(file, line, "one column, expected step and rate");
  const std::optional<double> step = spec::to_number(cells[0]);
  const std::optional<double> rate = spec::to_number(cells[1]);
  const bool whole = step && *step >= 0 && *step < 0x1p53 && *step == std::floor(*step);
  if (!whole) refuse(file, line, fmt::format("step \"{}\", expected a whole number of 0 or more", cells[0]));
  if (!rate || !(*rate >= 0) || std::isinf(*rate)) {
    refuse(file, line, fmt::format("rate \"{}\", expected a number of 0 or more", cells[1]));
  }
  return {*step, *rate, 0};
}

std::vector<LogPoint> read_log(const std::string& name) {
  const io::File file = io::read_file(name);
  std::string_view text = file.bytes.view;
  std::vector<LogPoint> points;
  std::vector<Digits> written;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::vector<std::string_view> row = cells(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool comment = row.empty() || row.front().front() == '#';
    const bool header = points.empty() && !comment && !spec::to_number(row.front());
    if (comment || header) continue;
    const LogPoint point = read_point(name, line, row);
    if (!points.empty() && point.step <= points.back().step) {
      refuse(name, line,
             fmt::format("step {} is not behind step {} of the line before", point.step, points.back().step));
    }
    points.push_back(point);
    written.push_back(Digits::of(row[1]));
  }
  if (points.size() < 2)
    throw DataError(
        fmt::format("{}: {} lines of steps and rates, expected two or more", name, points.size()));
  set_tolerances(points, written);
  return points;
}

}  // namespace

void fit_log(const std::string& file, bool json, bool quiet, Output& out) {
  const std::vector<LogPoint> points = read_log(file);
  const schedule::Fit fit = schedule::fit(points);
  const std::string text = to_string(fit.schedule);
  if (json) {
    const nlohmann::ordered_json object = {{"schedule", text},
                                           {"points", points.size()},
                                           {"largest_difference", fit.largest_difference},
                                           {"at_step", fit.at},
                                           {"reproduces", fit.reproduces}};
    out.text(object.dump()).text("\n");
    return;
  }
  out.text("schedule\t").text(text).text("\npoints\t").number(static_cast<long long>(points.size()));
  out.text("\nlargest_difference\t").number(fit.largest_difference);
  out.text("\nat_step\t").number(static_cast<long long>(fit.at));
  out.text("\nreproduces\t").text(fit.reproduces ? "yes" : "no").text("\n");
  if (!quiet && points.front().step > 0) {
    warn(fmt::format("{} begins at step {}: what was before is a guess", file, points.front().step));
  }
}

}  // namespace calando::tools
