// SPDX-License-Identifier: MIT
#include <cstring>

#include "src/io/vectors.h"
#include "tests/fuzz/fuzz.h"

using namespace calando;
using namespace std::string_literals;

std::vector<std::string> fuzz_seeds() {
  return {"\3\0\0\0\1\2\3\4\1\2\3\4\1\2\3\4\3\0\0\0\5\6\7\0\5\6\7\0\5\6\7\0"s,
          "\4\0\0\0\1\2\3\4\4\0\0\0\5\6\7\0"s,
          "2 3\nthe 1 2 3\nof -1 .5 1e2\n",
          "the 1 2 3\nof -1 .5 1e2\n",
          "word\ta\tb\nx\t1\t2\ny\t3\t4\n",
          "1,2\n3,4\n"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::read_or_refuse([&] {
    const io::VectorRows rows = io::read_vectors({"input", {fuzz::text_of(data, size), nullptr}});
    fuzz::require(rows.rows > 0 && rows.dimension > 0);
    fuzz::require(rows.names.empty() || rows.names.size() == rows.rows);
    const std::size_t row = rows.bits ? rows.dimension / 8 : rows.dimension * io::size_of(rows.type);
    std::vector<char> copy(row);  // every row can be read to its last byte
    for (std::size_t i = 0; i < rows.rows; ++i) {
      fuzz::require(i * rows.stride + row <= rows.bytes.view.size());
      std::memcpy(copy.data(), rows.bytes.view.data() + i * rows.stride, row);
    }
  });
  return 0;
}
