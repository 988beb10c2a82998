// SPDX-License-Identifier: MIT
#include "tools/similarity_words.h"

#include <fmt/format.h>

#include "calando/error.h"
#include "src/spec/nearest.h"

namespace calando::tools {

void declare_undefined(CLI::App& app, std::string& word) {
  app.add_option("--undefined", word, "what a vector of zeros gives: nan (the default), zero, or an error")
      ->option_text("nan|zero|error");
}

Undefined parse_undefined(const std::string& word) {
  if (word == "nan") return Undefined::nan;
  if (word == "zero") return Undefined::zero;
  if (word == "error") return Undefined::error;
  throw UsageError(fmt::format("--undefined: \"{}\"{}, expected nan, zero or error", word,
                               spec::did_you_mean(word, {"nan", "zero", "error"})));
}

}  // namespace calando::tools
