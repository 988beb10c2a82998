// SPDX-License-Identifier: MIT
#include "src/io/safetensors.h"
#include "tests/fuzz/arrays.h"

using namespace calando;
using namespace std::string_literals;

std::vector<std::string> fuzz_seeds() {
  const std::string header =
      R"({"__metadata__":{"by":"test"},"a":{"data_offsets":[8,11],"dtype":"U8","shape":[3]},)"
      R"("b":{"data_offsets":[0,8],"dtype":"F32","shape":[2,1]}})";
  return {static_cast<char>(header.size()) + "\0\0\0\0\0\0\0"s + header + "\0\0\x80\x3F\0\0\0\xC0\1\2\3"s,
          "\2\0\0\0\0\0\0\0{}"s};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::read_or_refuse([&] {
    const io::Safetensors content = io::read_safetensors({"input", {fuzz::text_of(data, size), nullptr}});
    for (const auto& [name, array] : content.tensors) fuzz::check(array);
    const std::string bytes = io::safetensors_bytes(content);
    const io::Safetensors back = io::read_safetensors({"input", {bytes, nullptr}});
    fuzz::require(back.metadata == content.metadata && io::safetensors_bytes(back) == bytes);
  });
  return 0;
}
