// SPDX-License-Identifier: MIT
// calando SUBCOMMAND: the list of subcommands, and what an error means to the shell.
#include <fmt/format.h>

#include <csignal>
#include <new>

#include "calando/error.h"
#include "tools/command.h"

namespace calando::tools {

const std::vector<Command>& commands() {
  static const std::vector<Command> list = {
      schedule_command(),   train_command(),  predict_command(), descend_command(),
      solve_command(),      mdp_command(),    explain_command(), list_command(),
      similarity_command(), search_command(), pairs_command(),   completion_command(),
  };
  return list;
}

namespace {

int fail(int status, const char* message) {
  fmt::print(stderr, "calando: {}\n", message);
  return status;
}

int run(int argc, char** argv) {
  CLI::App app;
  Common common;
  Run chosen;
  build(app, common, chosen);
  common.words.assign(argv + 1, argv + argc);
  try {
    parse(app, argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked);
  }
  return chosen(common);
}

}  // namespace
}  // namespace calando::tools

int main(int argc, char** argv) {
  using namespace calando;
  try {
    return tools::run(argc, argv);
  } catch (const UsageError& error) {
    return tools::fail(tools::kWrongUsage, error.what());
  } catch (const DataError& error) {
    return tools::fail(tools::kWrongInput, error.what());
  } catch (const std::bad_alloc&) {
    return tools::fail(tools::kMachineFailed, "out of memory");
  } catch (const std::exception& error) {
    return tools::fail(tools::kMachineFailed, error.what());
  }
}
