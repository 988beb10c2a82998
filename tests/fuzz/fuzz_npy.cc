// SPDX-License-Identifier: MIT
#include "src/io/npy.h"
#include "tests/fuzz/arrays.h"

using namespace calando;
using namespace std::string_literals;

std::vector<std::string> fuzz_seeds() {
  const std::string dictionary = "{'descr': '<i2', 'fortran_order': False, 'shape': (3, 2), }\n";
  const std::string fortran = "{'shape': (2, 3, 2), 'fortran_order': True, 'descr': '|b1'}\n";
  return {"\x93NUMPY\1\0"s + static_cast<char>(dictionary.size()) + "\0"s + dictionary +
              "\1\0\2\0\3\0\4\0\5\0\6\0"s,
          "\x93NUMPY\2\0"s + static_cast<char>(fortran.size()) + "\0\0\0"s + fortran +
              "\1\0\1\0\1\0\1\0\1\0\1\0"s};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::read_or_refuse([&] {
    const io::Array array = io::read_npy({"input", {fuzz::text_of(data, size), nullptr}});
    fuzz::check(array);
    const std::string bytes = io::npy_bytes(array);
    const io::Array back = io::read_npy({"input", {bytes, nullptr}});
    fuzz::require(back.type == array.type && back.shape == array.shape &&
                  back.bytes.view == array.bytes.view);
  });
  return 0;
}
