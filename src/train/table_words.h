// SPDX-License-Identifier: MIT
// Words in a table that are most likely not meant as words.
#pragma once

#include <string>
#include <vector>

#include "calando/data_options.h"
#include "src/io/csv.h"
#include "src/train/raw_data.h"

namespace calando::training {

/// Throws:  DataError: a name or a word is not UTF-8, or all words of a column are numbers with commas in them, and no option
///          says that they are words.
void require_readable_words(const io::Table& table, const DataOptions& options);

/// Warnings: a word such as NA among numbers, which made its column categorical; a category of its own for nearly each row.
std::vector<std::string> doubtful_words(const RawData& data, const DataOptions& options);

}  // namespace calando::training
