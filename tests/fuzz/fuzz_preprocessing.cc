// SPDX-License-Identifier: MIT
// What a model's file says of its columns, and rows encoded by it.
#include "src/train/preprocessing.h"
#include "tests/fuzz/fuzz.h"

using namespace calando;

std::vector<std::string> fuzz_seeds() {
  const std::string start =
      R"({"kind":"table","task":"classification","target":"y","target_is_text":true,"classes":["a","b"],)"
      R"("target_mean":"0","target_deviation":"1","image_rows":0,"image_columns":0,"header":true,)"
      R"("missing_words":["NA"],"columns":[)";
  const std::string images =
      R"({"kind":"images","task":"regression","target":"","target_is_text":false,"classes":[],)"
      R"("target_mean":"-1e3","target_deviation":"0.5","image_rows":1,"image_columns":2,"header":true,)"
      R"("missing_words":[],"columns":[)";
  const std::string number = R"({"name":"n","mean":"2","deviation":"nan"})";
  const std::string word = R"({"name":"w","categories":["x","y"],"has_missing":true})";
  return {start + number + "," + word + "]}", images + number + "," + number + "]}"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::read_or_refuse([&] {
    const auto p = training::preprocessing_from_json("input", std::string(fuzz::text_of(data, size)));
    const std::string text = to_json(p);
    fuzz::require(to_json(training::preprocessing_from_json("input", text)) == text);
    fuzz::require(p.input_names().size() == p.inputs());
    const training::RowEncoder encoder(p);
    const std::vector<float> row(encoder.width(), 1.0F);
    std::vector<float> out(encoder.inputs());
    encoder.encode(row.data(), out.data());
    if (p.kind != training::DataKind::table) encoder.encode_zeros(out.data());
  });
  return 0;
}
