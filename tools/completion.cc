// SPDX-License-Identifier: MIT
// calando completion bash|zsh|fish: made from the same declarations that parse the command line.
#include <fmt/format.h>

#include "calando/error.h"
#include "src/spec/nearest.h"
#include "tools/command.h"
#include "tools/output.h"

namespace calando::tools {
namespace {

struct Words {
  std::string name;
  std::string summary;
  std::vector<std::pair<std::string, std::string>> options;  // "--epochs", what it is
};

std::vector<Words> all_words() {
  CLI::App app;
  Common common;
  Run run;
  build(app, common, run);
  std::vector<Words> all;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    Words words{sub->get_name(), sub->get_description(), {}};
    for (const CLI::Option* option : sub->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        words.options.emplace_back("--" + name, option->get_description());
      }
    }
    all.push_back(std::move(words));
  }
  return all;
}

std::string joined_options(const Words& words) {
  std::string joined;
  for (const auto& [name, description] : words.options) joined += (joined.empty() ? "" : " ") + name;
  return joined;
}

std::string bash() {
  std::string names, cases;
  for (const Words& words : all_words()) {
    names += (names.empty() ? "" : " ") + words.name;
    cases += fmt::format("    {}) words=\"{}\" ;;\n", words.name, joined_options(words));
  }
  return fmt::format(
      "_calando() {{\n  local current=\"${{COMP_WORDS[COMP_CWORD]}}\" words=\"\"\n"
      "  if [ \"$COMP_CWORD\" = 1 ]; then\n"
      "    COMPREPLY=($(compgen -W \"{} --help --version\" -- \"$current\"))\n    return\n  fi\n"
      "  case \"${{COMP_WORDS[1]}}\" in\n{}  esac\n"
      "  case \"$current\" in\n    -*) COMPREPLY=($(compgen -W \"$words\" -- \"$current\")) ;;\n"
      "    *) COMPREPLY=($(compgen -f -- \"$current\")) ;;\n  esac\n}}\n"
      "complete -o filenames -F _calando calando\n",
      names, cases);
}

/// A word inside single quotes of zsh and fish, without the characters their formats read.
std::string plain(std::string text) {
  for (char& c : text) {
    if (c == '\'' || c == '[' || c == ']' || c == ':') c = ' ';
  }
  return text;
}

std::string zsh() {
  std::string names, cases;
  for (const Words& words : all_words()) {
    names += fmt::format("    '{}:{}'\n", words.name, plain(words.summary));
    cases += fmt::format("    {}) _arguments", words.name);
    for (const auto& [name, description] : words.options)
      cases += fmt::format(" '{}[{}]'", name, plain(description));
    cases += " '*:file:_files' ;;\n";
  }
  return fmt::format(
      "#compdef calando\n_calando() {{\n  local -a names=(\n{}  )\n"
      "  if (( CURRENT == 2 )); then _describe subcommand names; return; fi\n"
      "  local name=$words[2]\n  shift words; (( CURRENT-- ))\n  case $name in\n{}  esac\n}}\n"
      "compdef _calando calando\n",
      names, cases);
}

std::string fish() {
  std::string lines;
  for (const Words& words : all_words()) {
    lines += fmt::format("complete -c calando -n __fish_use_subcommand -a {} -d '{}'\n", words.name,
                         plain(words.summary));
    for (const auto& [name, description] : words.options) {
      lines += fmt::format("complete -c calando -n '__fish_seen_subcommand_from {}' -l {} -d '{}'\n",
                           words.name, name.substr(2), plain(description));
    }
  }
  return lines;
}

std::string script(const std::string& shell) {
  if (shell == "bash") return bash();
  if (shell == "zsh") return zsh();
  if (shell == "fish") return fish();
  throw UsageError(fmt::format("completion: \"{}\" is not a shell known here, expected bash, zsh or fish{}",
                               shell, spec::did_you_mean(shell, {"bash", "zsh", "fish"})));
}

}  // namespace

Command completion_command() {
  return {.name = "completion",
          .summary = "Print a completion script for a shell.",
          .examples =
              "calando completion bash > ~/.local/share/bash-completion/completions/calando\n"
              "calando completion zsh > \"${fpath[1]}/_calando\"\n"
              "calando completion fish > ~/.config/fish/completions/calando.fish\n",
          .computes = false,
          .declare = [](CLI::App& app) -> Run {
            auto shell = std::make_shared<std::string>();
            app.add_option("SHELL", *shell, "bash, zsh or fish")->required();
            return [shell](const Common&) {
              Output out;
              out.text(script(*shell)).finish();
              return kDone;
            };
          }};
}

}  // namespace calando::tools
