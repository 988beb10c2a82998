// SPDX-License-Identifier: MIT
#include "src/io/csv_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "calando/error.h"
#include "src/io/csv_head.h"
#include "src/io/row_blocks.h"
#include "src/spec/nearest.h"

namespace calando::io {
namespace {

constexpr std::size_t kDecidingCells = 100;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool looks_like_number(const Cell& cell) {
  float ignored = 0;
  return read_number(cell.text, ignored) != NumberForm::none;
}

/// Whether the first row names the columns: some cell is neither a number nor missing.
bool is_header(const CsvRow& row, const CsvLayout& layout) {
  return std::any_of(row.begin(), row.end(), [&](const Cell& cell) {
    return !layout.is_missing(cell.text) && !looks_like_number(cell);
  });
}

std::string name_in(const Cell& cell) {
  std::string name = cell.value();
  if (cell.quoted) return name;
  name.erase(0, name.find_first_not_of(" \t"));
  return name.erase(name.find_last_not_of(" \t") + 1);
}

std::vector<Column> make_columns(const std::string& file, const CsvRow& row, bool header) {
  std::vector<Column> columns(row.size());
  std::set<std::string> names;
  for (std::size_t c = 0; c < row.size(); ++c) {
    if (header) columns[c].name = name_in(row[c]);
    if (columns[c].name.empty()) columns[c].name = fmt::to_string(c + 1);
    if (names.insert(columns[c].name).second) continue;
    throw DataError::at_line(file, 1, fmt::format("two columns are named {}", shown(columns[c].name)));
  }
  return columns;
}

void set_kinds(CsvLayout& layout, const CsvOptions& options, std::vector<bool>& decided) {
  std::vector<std::string> known;
  for (const Column& column : layout.columns) known.push_back(column.name);
  const auto set = [&](const std::vector<std::string>& names, Kind kind, const char* word) {
    for (const std::string& name : names) {
      const auto found =
          static_cast<std::size_t>(std::find(known.begin(), known.end(), name) - known.begin());
      if (found == known.size() && options.absent_names == AbsentNames::ignored) continue;
      if (found == known.size()) {
        throw UsageError(fmt::format("{} column {}: {} has no such column{}", word, shown(name), layout.file,
                                     spec::did_you_mean(name, known)));
      }
      if (decided[found] && layout.columns[found].kind != kind) {
        throw UsageError(
            fmt::format("column {}: named as two of numeric, categorical and ignored", shown(name)));
      }
      layout.columns[found].kind = kind;
      decided[found] = true;
    }
  };
  set(options.numeric, Kind::numeric, "numeric");
  set(options.categorical, Kind::categorical, "categorical");
  set(options.ignored, Kind::ignored, "ignored");
  for (std::size_t c = 0; options.others == OtherColumns::ignored && c < decided.size(); ++c) {
    if (!decided[c]) layout.columns[c].kind = Kind::ignored;
    decided[c] = true;
  }
}

/// Votes on the kinds of the columns, row by row from the first.
class Ballot {
 public:
  Ballot(CsvLayout& layout, std::vector<bool> decided)
      : layout_(layout), decided_(std::move(decided)), numbers_(decided_.size(), 0) {
    open_ = static_cast<std::size_t>(std::count(decided_.begin(), decided_.end(), false));
  }

  bool open() const noexcept { return open_ > 0; }

  void count(const CsvRow& row) {
    for (std::size_t c = 0; c < std::min(row.size(), decided_.size()); ++c) {
      if (decided_[c] || layout_.is_missing(row[c].text)) continue;
      if (!looks_like_number(row[c])) {
        layout_.columns[c].kind = Kind::categorical;
      } else if (++numbers_[c] < kDecidingCells) {
        continue;
      }
      decided_[c] = true;
      --open_;
    }
  }

 private:
  CsvLayout& layout_;
  std::vector<bool> decided_;
  std::vector<std::size_t> numbers_;
  std::size_t open_ = 0;
};

void decide_kinds(CsvHead& head, std::size_t at, const CellScanner& scanner, Ballot& ballot) {
  try {
    while (ballot.open()) {
      if (const auto row = head.row(at, scanner)) {
        ballot.count(*row);
      } else if (head.complete() || head.text().size() - at > RowBlocks::kLongestRow) {
        return;
      } else {
        head.grow();
      }
    }
  } catch (const Malformed&) {
    return;  // the reader of the rows will come to it and say in which line
  }
}

CsvRow first_row(CsvHead& head, std::size_t& end, const CsvLayout& layout, const CellScanner& scanner) {
  try {
    while (true) {
      if (auto row = head.row(end, scanner)) return *std::move(row);
      if (head.text().size() > RowBlocks::kLongestRow) {
        throw Malformed{nullptr, fmt::format("a row longer than {} bytes", RowBlocks::kLongestRow)};
      }
      head.grow();
    }
  } catch (const Malformed& malformed) {
    throw DataError::at_line(layout.file, 1, malformed.what);
  }
}

void skip(Source& source, std::size_t count) {
  char bytes[4096];
  while (count > 0) count -= source.read(bytes, std::min(count, sizeof bytes));
}

}  // namespace

bool CsvLayout::is_missing(std::string_view text) const {
  return text.empty() || std::find(missing_words.begin(), missing_words.end(), text) != missing_words.end();
}

CsvLayout read_layout(Source& source, const CsvOptions& options) {
  CsvLayout layout;
  layout.file = source.name();
  layout.missing_words = options.missing_words;
  for (const std::string& word : options.missing_words) {
    float ignored = 0;
    layout.number_is_missing |= read_number(word, ignored) == NumberForm::finite;
  }
  if (source.peek(kByteOrderMark.size()) == kByteOrderMark) skip(source, kByteOrderMark.size());

  CsvHead head(source);
  if (head.text().empty()) throw DataError::in_file(layout.file, "is empty, expected a table");
  layout.separator = options.separator.value_or(find_separator(head.text()));
  const CellScanner scanner(layout.separator);
  std::size_t start = 0;
  const CsvRow row = first_row(head, start, layout, scanner);
  layout.header = options.header.value_or(is_header(row, layout));
  layout.columns = make_columns(layout.file, row, layout.header);
  if (!layout.header) start = 0;
  const std::string_view skipped = head.text().substr(0, start);
  layout.first_line += static_cast<std::size_t>(std::count(skipped.begin(), skipped.end(), '\n'));

  std::vector<bool> decided(layout.columns.size(), false);
  set_kinds(layout, options, decided);
  Ballot ballot(layout, std::move(decided));
  decide_kinds(head, start, scanner, ballot);
  skip(source, skipped.size());
  return layout;
}

}  // namespace calando::io
