// SPDX-License-Identifier: MIT
// Both layouts of an optimizer's state; what is read is written and read back the same.
#include "calando/optimizer.h"
#include "src/optimizer/state_file.h"
#include "tests/fuzz/arrays.h"

using namespace calando;

namespace {

OptimizerState a_state() {
  OptimizerState state;
  state.rule = "adam";
  state.steps = 3;
  state.scalars["0/product"] = 0.5;
  state.tensors["w/m"] = {1, 2, 3, 4, 5, 6};
  state.tensors["w/v"] = {1, 2, 3, 4, 5, 6};
  state.doubles["b/m"] = {7};
  state.shapes["w/m"] = {2, 3};
  return state;
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
  OptimizerState state = a_state();
  const std::string own = io::safetensors_bytes(optimizer::to_safetensors(state));
  state.scalars.clear();
  return {own, io::safetensors_bytes(optimizer::to_torch(state))};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const io::File file{"input", {fuzz::text_of(data, size), nullptr}};
  fuzz::read_or_refuse([&] {
    const OptimizerState state = optimizer::from_safetensors(file);
    const std::string bytes = io::safetensors_bytes(optimizer::to_safetensors(state));
    const OptimizerState back = optimizer::from_safetensors({"input", {bytes, nullptr}});
    fuzz::require(io::safetensors_bytes(optimizer::to_safetensors(back)) == bytes);
  });
  fuzz::read_or_refuse([&] {
    const OptimizerState state = optimizer::from_torch(file, "adam");
    const std::string bytes = io::safetensors_bytes(optimizer::to_torch(state));
    const OptimizerState back = optimizer::from_torch({"input", {bytes, nullptr}}, "adam");
    fuzz::require(io::safetensors_bytes(optimizer::to_torch(back)) == bytes);
  });
  return 0;
}
