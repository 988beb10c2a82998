// SPDX-License-Identifier: MIT
#include "src/io/libsvm.h"
#include "tests/fuzz/fuzz.h"

using namespace calando;

std::vector<std::string> fuzz_seeds() {
  return {"+1 1:0.5 3:-2e2\n-1\n0.1 qid:7 2:1 # a comment\n\n", "2.5\t4294967296:1 \r\n3 1:.25"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const io::File file{"input", {fuzz::text_of(data, size), nullptr}};
  fuzz::read_or_refuse([&] {
    const io::SparseTable table = io::LibsvmReader(io::Source(file)).all();
    fuzz::require(table.starts.size() == table.rows() + 1 && table.starts.back() == table.values.size());
    fuzz::require(table.columns.size() == table.values.size());
    for (const std::uint32_t column : table.columns) fuzz::require(column < table.width);
  });
  return 0;
}
