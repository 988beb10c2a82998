// SPDX-License-Identifier: MIT
#include "src/train/raw_data.h"

#include <fmt/format.h>

#include <cmath>

#include "src/spec/number.h"

namespace calando::training {

std::string number_text(double number) {
  const auto narrow = static_cast<float>(number);
  return static_cast<double>(narrow) == number && std::abs(number) < 1e7 ? fmt::to_string(narrow)
                                                                         : spec::to_text(number);
}

double number_of(const std::string& text) {
  const double number = spec::to_number(text).value_or(std::nan(""));
  const auto narrow = static_cast<double>(static_cast<float>(number));
  return number_text(narrow) == text ? narrow : number;
}

std::string RawTarget::text_of(std::size_t row) const {
  return is_text ? words[static_cast<std::size_t>(codes[row])] : number_text(numbers[row]);
}

std::string RawData::place_of(std::size_t row) const {
  if (!lines.empty()) return fmt::format("{}:{}", file, io::line_of_row(lines, row));
  return fmt::format("{}, row {}", file, first_row + row);
}

}  // namespace calando::training
