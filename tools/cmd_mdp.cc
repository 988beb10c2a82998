// SPDX-License-Identifier: MIT
// calando mdp FAMILY: a standard model, in the native form.
#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "calando/error.h"
#include "calando/mdp.h"
#include "src/bellman/native.h"
#include "tools/command.h"
#include "tools/output.h"

namespace calando::tools {
namespace {

struct Options {
  std::vector<std::string> words;
  std::string out = "-";
};

/// "grid", "rows=3", "slip=0.1": the call grid(rows=3, slip=0.1). A call stands for itself.
std::string family_text(const std::vector<std::string>& words) {
  if (words.size() == 1) return words.front();
  return fmt::format("{}({})", words.front(), fmt::join(words.begin() + 1, words.end(), ", "));
}

void describe(const Mdp& model) {
  fmt::print(stderr, "calando: {}: {} states, {} choices, {} transitions\n", model.notes().name,
             model.states(), model.choices(), model.transitions());
  for (const auto& [name, states] : model.notes().labels) {
    fmt::print(stderr, "calando: label {}: {} states\n", name, states.size());
  }
}

int run(const Options& options, const Common& common) {
  if (options.out == "-" && ::isatty(STDOUT_FILENO) != 0) {
    throw UsageError("a model is not for the terminal: --out FILE, or a pipe into `calando solve -`");
  }
  const Mdp model = make_mdp(family_text(options.words));
  if (!common.quiet) describe(model);
  if (options.out != "-") {
    write_mdp(options.out, model);
    return kDone;
  }
  Output out;
  out.text(bellman::native_bytes(model)).finish();
  return kDone;
}

std::string family_list() {
  std::string text;
  for (const MdpFamily& family : mdp_families()) {
    text += fmt::format("\n{:32}{}({})\n{:34}{}", "", family.name, family.arguments, "", family.summary);
  }
  return text;
}

}  // namespace

Command mdp_command() {
  return {.name = "mdp",
          .summary = "Make a standard Markov decision process, for calando solve.",
          .examples =
              "calando mdp frozen_lake | calando solve - --discount 0.99\n"
              "calando mdp \"garnet(100000, 10, 10, seed=1)\" --out garnet.mdp\n"
              "calando mdp grid rows=20 columns=30 slip=0.1 --out grid.mdp\n",
          .computes = false,
          .declare = [](CLI::App& app) -> Run {
            auto options = std::make_shared<Options>();
            app.add_option("FAMILY", options->words, "a family with its options, one of" + family_list())
                ->required();
            app.add_option("--out", options->out, "where to write it (default: standard output)")
                ->option_text("FILE");
            return [options](const Common& common) { return run(*options, common); };
          }};
}

}  // namespace calando::tools
