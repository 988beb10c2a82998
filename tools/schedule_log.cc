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

/// Half a unit of the last digit that is written.
double half_last_digit(std::string_view text) {
  const std::size_t exponent_at = text.find_first_of("eE");
  const std::string_view digits = text.substr(0, exponent_at);
  const std::size_t point = digits.find('.');
  const auto decimals =
      point == std::string_view::npos ? 0.0 : static_cast<double>(digits.size() - point - 1);
  const double exponent =
      exponent_at == std::string_view::npos ? 0.0 : spec::to_number(text.substr(exponent_at + 1)).value_or(0);
  return 0.5 * std::pow(10, exponent - decimals);
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
  return {*step, *rate, half_last_digit(cells[1])};
}

std::vector<LogPoint> read_log(const std::string& name) {
  const io::File file = io::read_file(name);
  std::string_view text = file.bytes.view;
  std::vector<LogPoint> points;
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
  }
  if (points.size() < 2)
    throw DataError(
        fmt::format("{}: {} lines of steps and rates, expected two or more", name, points.size()));
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
