// SPDX-License-Identifier: MIT
#include "tools/schedule_difference.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace calando::tools {
namespace {

constexpr double kRounding = 1e-14;  // of the largest rate

double largest_rate(const Schedule& schedule, Step count, Step every) {
  double largest = 0;
  for (Step t = 0; t < count; t += every) largest = std::max(largest, std::fabs(schedule(t)));
  return largest;
}

struct Row {
  const char* name;
  Step step;
};

}  // namespace

Difference compare(const Schedule& a, const Schedule& b, Step count, Step every) {
  const double rounding = kRounding * std::max(largest_rate(a, count, every), largest_rate(b, count, every));
  Difference d;
  for (Step t = 0; t < count; t += every, ++d.compared) {
    const double difference = std::fabs(a(t) - b(t));
    if (difference > d.largest_value) d.largest_value = difference, d.largest = t;
    if (!(difference > rounding)) continue;
    if (d.different++ == 0) d.first = t;
    d.last = t;
  }
  return d;
}

void print_difference(const Schedule& a, const Schedule& b, const Difference& d, bool json, Output& out) {
  const std::initializer_list<Row> rows = {{"first", d.first}, {"largest", d.largest}, {"last", d.last}};
  if (json) {
    nlohmann::ordered_json object = {
        {"compared", d.compared}, {"different", d.different}, {"largest_difference", d.largest_value}};
    for (const Row& row : rows) {
      if (d.different > 0) object[row.name] = {{"step", row.step}, {"a", a(row.step)}, {"b", b(row.step)}};
    }
    out.text(object.dump()).text("\n");
    return;
  }
  out.text("compared\t").number(static_cast<long long>(d.compared));
  out.text("\ndifferent\t").number(static_cast<long long>(d.different));
  out.text("\nlargest_difference\t").number(d.largest_value).text("\n");
  if (d.different == 0) return;
  for (const Row& row : rows) {
    out.text(row.name).text("\t").number(static_cast<long long>(row.step));
    out.text("\t").number(a(row.step)).text("\t").number(b(row.step));
    out.text("\t").number(b(row.step) - a(row.step)).text("\n");
  }
}

}  // namespace calando::tools
