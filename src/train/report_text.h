// SPDX-License-Identifier: MIT
// Pieces of HTML that all parts of the report are made of.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace calando::training {

/// A number for readers: four significant digits, whole numbers whole, thousands parted; an en dash for what is not
/// measured.
std::string shown(double value);

/// A share as a percentage with one decimal.
std::string shown_share(double share);

/// A part of the page: its heading and a few words at the side, its content beside them.
std::string section(std::string_view id, std::string_view heading, std::string_view aside,
                    std::string_view content);

/// Names and values, already HTML in the values.
std::string definitions(const std::vector<std::pair<std::string, std::string>>& rows);

/// A number with a bar as long as its share of 1.
std::string share_bar(double share);

/// Opens a table that scrolls sideways on narrow screens; closed by table_end().
std::string table_start(std::string_view label, std::string_view kind);
std::string table_end();

}  // namespace calando::training
