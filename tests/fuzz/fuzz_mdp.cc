// SPDX-License-Identifier: MIT
// Models in every format: what is read passes the check of every model, and is written and read again as it was.
#include <algorithm>
#include <cctype>

#include "src/bellman/readers.h"
#include "src/bellman/writers.h"
#include "tests/fuzz/fuzz.h"

using namespace calando;

namespace {

constexpr std::string_view kParts = "\n=====\n";  // between a model and what lies beside it

std::string petsc_matrix(std::initializer_list<unsigned> words, std::size_t ones) {
  std::string bytes;
  for (const unsigned word : words) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(word >> shift);
  }
  for (std::size_t i = 0; i < ones; ++i) bytes += std::string("\x3F\xF0\0\0\0\0\0\0", 8);
  return bytes;
}

std::string umb_seed() {
  return bellman::write_model(make_mdp("forest(2)"), bellman::ModelFormat::umb).front().bytes;
}

/// States and actions of Cassandra's form may be counted, not listed: more than a test should make room for.
bool has_large_number(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    digits = std::isdigit(static_cast<unsigned char>(c)) != 0 ? digits + 1 : 0;
    if (digits > 2) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
  return {
      "{\"0\": {\"0\": [[0.5, 0, 2, false], [0.5, 1, 4.0, true]]}, \"1\": {\"0\": [[1.0, 1, 0, true]]}}",
      "2 3 4\n0 0 0 0.5\n0 0 1 0.5 go\n0 1 1 1\n1 0 1 1\n" + std::string(kParts) +
          "0=\"init\" 1=\"b\"\n0: 0\n1: 1\n",
      "2 3 4\n0 0 0 0.5\n0 0 1 0.5 go\n0 1 1 1\n1 0 1 1\n" + std::string(kParts) +
          "2 3 2\n0 1 1 10\n0 0 1 4\n",
      "2 3\n0 0 0.25\n0 1 0.75\n1 1 1\n" + std::string(kParts) + "2 1\n1 -1\n",
      "@type: MDP\n@nr_states\n2\n@model\nstate 0 [1, 2] init\n\taction a [4]\n\t\t0 : 0.5\n\t\t1 : "
      "0.5\nstate 1\n\taction "
      "0\n\t\t1 : 1\n",
      "s,a,t,p,r\n0,0,1,0.5,-1\n0,0,0,0.5,-1\n1,0,1,1,0\n",
      petsc_matrix({1211216, 2, 2, 2, 1, 1, 0, 1}, 2) + std::string(kParts) +
          petsc_matrix({1211216, 2, 1, 1, 1, 0, 0}, 1),
      umb_seed(),
      "discount: .9\nvalues: cost\nstates: a b\nactions: 1\nobservations: 2\nstart: uniform\nT: 0\n.5 .5\n0 "
      "1\nO: * "
      "uniform\nR: 0 : a : * : 1 4\nR: 0 : b : * : * 3\n",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const std::size_t part = text.find(kParts);
  const std::string_view own = text.substr(0, part);
  const std::string_view rest = part == text.npos ? std::string_view() : text.substr(part + kParts.size());
  const io::File file{"input", {own, nullptr}};
  for (const char* const there : {"lab", "srew", "trew", "sta", "costs"}) {
    fuzz::read_or_refuse([&] {
      const auto format = bellman::detect_model(file.name, own);
      if (format == bellman::ModelFormat::cassandra && has_large_number(own)) return;
      const Mdp model = bellman::read_model(file, [&](const std::string& ending) -> std::optional<io::File> {
        if (part == text.npos || ending != there) return std::nullopt;
        return io::File{"beside", {rest, nullptr}};
      });
      fuzz::require(model.states() > 0 && model.choices() >= model.states());
      const Mdp plain = bellman::plain_model(model);
      const std::string written = bellman::write_model(plain, bellman::ModelFormat::drn).front().bytes;
      const Mdp again = bellman::read_drn({"again", {written, nullptr}});
      fuzz::require(std::ranges::equal(again.arrays().target, plain.arrays().target));
      fuzz::require(std::ranges::equal(again.arrays().reward, plain.arrays().reward));
    });
    if (part == text.npos) break;
  }
  return 0;
}
