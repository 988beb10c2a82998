// SPDX-License-Identifier: MIT
// Gradients of some rows, checked.
#pragma once

#include <cstddef>
#include <string_view>

#include "calando/optimizer.h"

namespace calando::optimizer {

/// Numbers that follow each other in a row: all axes but the first.
std::size_t numbers_of_row(const Parameter& parameter);

/// Throws:  UsageError: a row that does not exist, is given twice or out of order; gradients of another size.
void check_rows(const Parameter& parameter, std::size_t width);

/// Throws:  UsageError: gradients of another type than at first.
void check_row_type(const Parameter& parameter, NumberType first);

/// Throws UsageError: the rule changes rows without gradients too.
[[noreturn]] void refuse_lazy_rows(const Parameter& parameter, std::string_view rule);

}  // namespace calando::optimizer
