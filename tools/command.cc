// SPDX-License-Identifier: MIT
// The parser of the command line: what all subcommands share, --help with the examples first, and errors that name the
// nearest word.
#include "tools/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "calando/error.h"
#include "src/spec/nearest.h"

namespace calando::tools {
namespace {

/// Summary, usage, examples, then the options. The examples are kept in the footer of the CLI::App.
class Help : public CLI::Formatter {
 public:
  Help() { column_width(26); }

  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    std::ostringstream out;
    out << app->get_description() << "\n\n" << make_usage(app, name);
    if (!app->get_footer().empty()) out << "\nExamples:\n" << indented(app->get_footer());
    out << make_subcommands(app, mode) << make_positionals(app) << make_groups(app, mode);
    return out.str();
  }

  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    std::string head = "  " + make_option_name(option, is_positional);
    if (!is_positional && !option->get_option_text().empty()) head += " " + option->get_option_text();
    const std::string gap =
        head.size() < 30 ? std::string(30 - head.size(), ' ') : "\n" + std::string(30, ' ');
    return head + gap + option->get_description() + "\n";
  }

  std::string make_usage(const CLI::App* app, std::string name) const override {
    std::string usage =
        "Usage: " + (app->get_parent() == nullptr ? app->get_name() : name);  // the name has both words
    if (app->get_parent() == nullptr) return usage + " SUBCOMMAND [OPTIONS]\n";
    for (const CLI::Option* option :
         app->get_options([](const CLI::Option* o) { return o->get_positional(); })) {
      usage += " " + make_option_usage(option);
    }
    return usage + " [OPTIONS]\n";
  }

 private:
  static std::string indented(const std::string& lines) {
    std::istringstream in(lines);
    std::string out;
    for (std::string line; std::getline(in, line);) out += "  " + line + "\n";
    return out;
  }
};

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<std::string> subcommand_names() {
  std::vector<std::string> names;
  for (const Command& command : commands()) names.push_back(command.name);
  return names;
}

/// Refuses the words that no option took, if there are any.
void refuse_extras(const CLI::App& app) {
  const std::vector<std::string> extras = app.remaining();
  if (extras.empty()) return;
  const auto dashed =
      std::find_if(extras.begin(), extras.end(), [](const auto& w) { return w.size() > 1 && w[0] == '-'; });
  const std::string& word = dashed == extras.end() ? extras.front() : *dashed;
  const std::string option = word.substr(0, word.find('='));
  if (app.get_parent() == nullptr && dashed == extras.end()) {
    throw UsageError(fmt::format("\"{}\" is not a subcommand{} (calando --help lists them)", word,
                                 spec::did_you_mean(word, subcommand_names())));
  }
  const std::string where = app.get_parent() == nullptr ? "calando" : "calando " + app.get_name();
  if (dashed == extras.end()) throw UsageError(fmt::format("{}: \"{}\" is one word too many", where, word));
  throw UsageError(
      fmt::format("{}: no option {}{}", where, option, spec::did_you_mean(option, option_names(app))));
}

const CLI::App* chosen_subcommand(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? nullptr : chosen.front();
}

void declare(CLI::App& app, const Command& command, Common& common, Run& run) {
  CLI::App* sub = app.add_subcommand(command.name, command.summary);
  sub->footer(command.examples);
  sub->allow_extras();
  sub->set_help_flag("-h,--help", "print this help");
  Run body = command.declare(*sub);
  sub->add_flag("--json", common.json, "results as JSON");
  sub->add_flag("-q,--quiet", common.quiet, "no progress and no summary on stderr; warnings and errors stay");
  if (command.computes) {
    sub->add_option("--threads", common.threads,
                    "threads to use (default: all processors); changes no result")
        ->option_text("N")
        ->check([](const std::string& text) {
          return text.find_first_not_of("0123456789") == std::string::npos && text.size() < 5 && text != "0"
                     ? std::string()
                     : "\"" + text + "\", expected a whole number from 1 to 9999";
        });
  }
  sub->callback([&run, body] { run = body; });
}

}  // namespace

void build(CLI::App& app, Common& common, Run& run) {
  app.name("calando");
  app.description("calando: learning-rate schedules, and Bellman's equation solved with proof.");
  app.footer(
      "calando schedule \"cosine(0.1, 0, 100)\"\n"
      "calando schedule \"cosine(0.1, 0, 100)\" --ascii\n"
      "calando mdp frozen-lake | calando solve - --discount 0.99\n");
  app.formatter(std::make_shared<Help>());
  app.allow_extras();
  app.set_help_flag("-h,--help", "print this help");
  app.set_version_flag("--version", version_text, "version, compiler, instruction set, matrix kernel");
  for (const Command& command : commands()) declare(app, command, common, run);
}

void parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success&) {
    throw;
  } catch (const CLI::ParseError& error) {
    if (const CLI::App* sub = chosen_subcommand(app)) refuse_extras(*sub);
    refuse_extras(app);
    throw UsageError(error.what());
  }
  const CLI::App* sub = chosen_subcommand(app);
  refuse_extras(sub != nullptr ? *sub : app);
  if (sub == nullptr) throw UsageError("which subcommand? calando --help lists them");
}

}  // namespace calando::tools
