// SPDX-License-Identifier: MIT
#include "src/io/idx.h"
#include "tests/fuzz/arrays.h"

using namespace calando;
using namespace std::string_literals;

std::vector<std::string> fuzz_seeds() {
  return {"\0\0\x08\x02\0\0\0\x02\0\0\0\x03\x01\x02\x03\x04\x05\xFF"s,
          "\0\0\x0B\x01\0\0\0\x02\x01\x02\xFF\xFE"s,
          "\0\0\x0E\x01\0\0\0\x01\x3F\xB9\x99\x99\x99\x99\x99\x9A"s};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::read_or_refuse([&] { fuzz::check(io::read_idx({"input", {fuzz::text_of(data, size), nullptr}})); });
  return 0;
}
