// SPDX-License-Identifier: MIT
#include "src/optimizer/row_gradients.h"

#include <fmt/format.h>

#include "calando/error.h"
#include "src/optimizer/running.h"

namespace calando::optimizer {
namespace {

template <class... Args>
[[noreturn]] void refuse(const Parameter& p, fmt::format_string<Args...> text, Args&&... args) {
  throw UsageError(
      fmt::format("parameter \"{}\": {}", p.name, fmt::format(text, std::forward<Args>(args)...)));
}

}  // namespace

std::size_t numbers_of_row(const Parameter& parameter) {
  return parameter.shape.front() == 0 ? 0 : parameter.values.size() / parameter.shape.front();
}

void check_rows(const Parameter& p, std::size_t width) {
  const std::span<const std::int64_t> rows = p.rows->rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] < 0 || static_cast<std::size_t>(rows[i]) >= p.shape.front()) {
      refuse(p, "gradients of row {}, there are {} rows", rows[i], p.shape.front());
    }
    if (i > 0 && rows[i - 1] >= rows[i])
      refuse(p, "gradients of row {} behind those of row {}, expected ascending rows", rows[i], rows[i - 1]);
  }
  if (p.rows->gradients.size() != rows.size() * width) {
    refuse(p, "{} gradients, expected {} for {} rows of {}", p.rows->gradients.size(), rows.size() * width,
           rows.size(), width);
  }
  check_types(p.name, p.values.type(), p.rows->gradients.type());
}

void check_row_type(const Parameter& p, NumberType first) {
  if (p.rows->gradients.type() == first) return;
  refuse(p, "gradients in {}, expected {} as before", name_of(p.rows->gradients.type()), name_of(first));
}

void refuse_lazy_rows(const Parameter& parameter, std::string_view rule) {
  refuse(parameter,
         "{} changes rows without gradients as well, by momentum or weight decay; lazy_rows leaves them out, "
         "which gives another result "
         "than the dense rule",
         rule);
}

}  // namespace calando::optimizer
