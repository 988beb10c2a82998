// SPDX-License-Identifier: MIT
#include "src/io/csv.h"
#include "tests/fuzz/fuzz.h"

using namespace calando;

std::vector<std::string> fuzz_seeds() {
  return {"a,b,c\n1,2.5,x\n-3e4,,y\n", "1;2\r\n3;4\r\n\r\n", "\"a\n\"\"b\"\t c\n\"1\"\t2\n",
          "\xEF\xBB\xBFname\nx\n\ny", "1,2\n+.5,0.12345678901234567\n"};
}

namespace {

void check(const io::Table& table) {
  std::size_t line = 0;
  for (std::size_t row = 0; row < table.rows; ++row)
    fuzz::require(line < table.line_of(row)), line = table.line_of(row);
  for (const io::Column& column : table.columns) {
    const bool numeric = column.kind == io::Kind::numeric;
    fuzz::require(column.values.size() == (numeric ? table.rows : 0));
    fuzz::require(column.codes.size() == (column.kind == io::Kind::categorical ? table.rows : 0));
    for (const std::int32_t code : column.codes) {
      fuzz::require(code >= -1 && code < static_cast<std::int32_t>(column.categories.size()));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const io::File file{"input", {fuzz::text_of(data, size), nullptr}};
  for (const io::CsvOptions& options :
       {io::CsvOptions{},
        io::CsvOptions{.separator = ';', .header = false, .ignored = {"1"}, .missing_words = {"1"}}}) {
    fuzz::read_or_refuse([&] { check(io::CsvReader(io::Source(file), options).all()); });
  }
  return 0;
}
