// SPDX-License-Identifier: MIT
#include "src/io/file.h"
#include "tests/fuzz/fuzz.h"

using namespace calando;
using namespace std::string_literals;

std::vector<std::string> fuzz_seeds() {
  // "hello", and twenty times "a,b\n1,2\n3,4\n".
  const std::string stored =
      "\037\213\010\000\000\000\000\000\002\003\313\110\315\311\311\007\000\206\246\020\066\005\000\000"
      "\000"s;
  const std::string table =
      "\037\213\010\000\000\000\000\000\002\003\113\324\111\342\062\324\061\342\062\326\061\341\112\034"
      "\001\154\000\054\153\313\252\360\000\000\000"s;
  return {stored, table, stored + table};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const io::File file{"input", {fuzz::text_of(data, size), nullptr}};
  fuzz::read_or_refuse([&] {
    io::Source source(file);
    const std::string head(source.peek(100));
    const io::File whole = std::move(source).whole();
    fuzz::require(whole.bytes.view.starts_with(head));
    io::detect(whole.name, whole.bytes.view);
  });
  return 0;
}
