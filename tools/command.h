// SPDX-License-Identifier: MIT
// A subcommand: its words, its options, and what runs it. tools/main.cc has the one list of them.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace calando::tools {

/// Exit statuses (DESIGN.md, section 3).
enum Exit {
  kDone = 0,
  kMachineFailed = 1,
  kWrongUsage = 2,
  kNotConverged = 3,
  kWrongInput = 4,
  kInterrupted = 130
};

/// The options that every subcommand has.
struct Common {
  bool json = false;
  bool quiet = false;
  int threads = 0;                 // 0: all processors
  std::vector<std::string> words;  // the command as typed
};

using Run = std::function<int(const Common&)>;

struct Command {
  std::string name;
  std::string summary;
  std::string examples;                   // shown first in --help, two columns of indent added
  bool computes = false;                  // takes --threads
  std::function<Run(CLI::App&)> declare;  // adds the options and returns what runs the command
};

/// Every subcommand, in the order of --help.
const std::vector<Command>& commands();

Command schedule_command();
Command train_command();
Command predict_command();
Command solve_command();
Command mdp_command();
Command descend_command();
Command explain_command();
Command similarity_command();
Command search_command();
Command pairs_command();
Command list_command();
Command completion_command();

/// The parser of the whole command line. The result refers to `common` and `run`.
void build(CLI::App& app, Common& common, Run& run);

/// Throws:  UsageError for words that do not fit, with the nearest option or subcommand.
void parse(CLI::App& app, int argc, char** argv);

/// The text of `calando --version`.
std::string version_text();

}  // namespace calando::tools
