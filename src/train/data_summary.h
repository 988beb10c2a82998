// SPDX-License-Identifier: MIT
// What was understood of the data, in words.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "src/train/data_choices.h"
#include "src/train/data_set.h"
#include "src/train/raw_data.h"

namespace calando::training {

/// How many rows could not be used, and why.
struct LeftOut {
  std::size_t without_target = 0;
  std::size_t with_missing = 0;
};

std::vector<std::pair<std::string, std::string>> summary_of(const RawData& data, const DataSet& set,
                                                            const DataChoices& choices,
                                                            const LeftOut& left_out);

/// A note for each column of a table, and for its target; none for other data.
std::vector<ColumnNote> notes_of(const RawData& data, const DataSet& set);

/// Columns whose numbers float32 cannot tell apart well, or that never vary.
std::vector<std::string> doubtful_numbers(const RawData& data, const Preprocessing& model);

}  // namespace calando::training
