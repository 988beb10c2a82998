// SPDX-License-Identifier: MIT
// calando mdp FAMILY: a standard model made; calando mdp MODEL --to FORMAT: a model read, said, and written in another form.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "calando/mdp.h"
#include "src/bellman/readers.h"
#include "src/bellman/writers.h"
#include "src/io/atomic_file.h"
#include "src/spec/nearest.h"
#include "tools/command.h"
#include "tools/output.h"

namespace calando::tools {
namespace {

struct Options {
  std::vector<std::string> words;
  std::string to = "native";
  std::string out = "-";
};

struct Understood {
  Mdp model;
  std::string format;  // of the file, or "family"
};

/// "grid", "rows=3", "slip=0.1": the call grid(rows=3, slip=0.1). A call stands for itself.
std::string family_text(const std::vector<std::string>& words) {
  if (words.size() == 1) return words.front();
  return fmt::format("{}({})", words.front(), fmt::join(words.begin() + 1, words.end(), ", "));
}

bool is_family(const std::string& word) {
  const std::string name = word.substr(0, word.find('('));
  const auto families = mdp_families();
  return std::any_of(families.begin(), families.end(), [&](const MdpFamily& f) { return f.name == name; });
}

/// What has a point or a slash before any parenthesis, or is there, is a file.
bool is_file(const std::string& word) {
  if (is_family(word)) return false;
  return word == "-" || word.substr(0, word.find('(')).find_first_of("./") != std::string::npos ||
         std::filesystem::exists(word);
}

Understood understand(const std::vector<std::string>& words) {
  const std::string& path = words.front();
  if (!is_file(path)) return {make_mdp(family_text(words)), "family"};
  if (words.size() > 1) throw UsageError(fmt::format("\"{}\" after a file, expected nothing", words[1]));
  const io::File file = io::read_file(path);
  const auto format = static_cast<std::size_t>(bellman::detect_model(file.name, file.bytes.view));
  return {bellman::read_model(file, bellman::companions_of(path)),
          std::string(bellman::kModelFormatNames[format])};
}

bellman::ModelFormat parse_format(const std::string& name) {
  const auto& all = bellman::kModelFormatNames;
  const auto found = std::find(all.begin(), all.end(), name);
  if (found != all.end()) return static_cast<bellman::ModelFormat>(found - all.begin());
  throw UsageError(fmt::format("--to: no format \"{}\"{} (there are {})", name,
                               spec::did_you_mean(name, {all.begin(), all.end()}), fmt::join(all, ", ")));
}

/// What is told of a model: each line a key and a number, in the order of printing.
nlohmann::ordered_json facts_of(const Understood& read) {
  const Mdp& model = read.model;
  const MdpArrays& a = model.arrays();
  const auto [low, high] = std::minmax_element(a.reward.begin(), a.reward.end());
  nlohmann::ordered_json facts;
  facts["name"] = model.notes().name;
  facts["format"] = read.format;
  facts["states"] = model.states();
  facts["choices"] = model.choices();
  facts["transitions"] = model.transitions();
  facts["lowest_reward"] = *low;
  facts["highest_reward"] = *high;
  facts["terminating_choices"] =
      std::count_if(a.termination.begin(), a.termination.end(), [](double p) { return p > 0; });
  facts["discounted_choices"] =
      std::count_if(a.discount.begin(), a.discount.end(), [](double g) { return g != 1; });
  facts["rows_divided"] = model.notes().rows_divided;
  facts["grid_columns"] = model.notes().grid_columns;
  auto& labels = facts["labels"] = nlohmann::ordered_json::object();
  for (const auto& [name, states] : model.notes().labels) labels[name] = states.size();
  facts["remarks"] = model.notes().remarks;
  return facts;
}

void describe(const nlohmann::ordered_json& facts) {
  const auto number = [&](const char* key) { return facts[key].get<std::size_t>(); };
  fmt::print(stderr, "calando: {} ({}): {} states, {} choices, {} transitions, rewards from {} to {}\n",
             facts["name"].get<std::string>(), facts["format"].get<std::string>(), number("states"),
             number("choices"), number("transitions"), facts["lowest_reward"].get<double>(),
             facts["highest_reward"].get<double>());
  for (const auto& [key, what] :
       {std::pair("terminating_choices", "choices may end the process"),
        std::pair("discounted_choices", "choices have a discount of their own"),
        std::pair("rows_divided", "choices' probabilities were divided by their sum"),
        std::pair("grid_columns", "columns of a grid")}) {
    if (number(key) > 0) fmt::print(stderr, "calando: {} {}\n", number(key), what);
  }
  for (const auto& [name, count] : facts["labels"].items()) {
    fmt::print(stderr, "calando: label {}: {} states\n", name, count.get<std::size_t>());
  }
  for (const auto& remark : facts["remarks"]) fmt::print(stderr, "calando: {}\n", remark.get<std::string>());
}

/// A model that does not go to standard output in the same run can be described there.
void write_files(const std::vector<bellman::WrittenFile>& files, const Options& options) {
  if (options.out == "-") {
    if (files.size() > 1)
      throw UsageError(fmt::format("--to {} makes {} files: --out FILE", options.to, files.size()));
    Output out;
    out.text(files.front().bytes).finish();
    return;
  }
  for (const bellman::WrittenFile& file : files) {
    const std::string path =
        file.ending.empty() ? options.out : bellman::companion_path(options.out, file.ending);
    if (!file.ending.empty() && path == options.out) {
      throw UsageError(fmt::format(
          "--out {}: expected a name {}", options.out,
          file.ending == "costs" ? "with a P, which becomes g for the costs" : "that ends in .tra"));
    }
    io::write_file(path, file.bytes);
  }
}

int run(const Options& options, const Common& common) {
  const bellman::ModelFormat format = parse_format(options.to);
  if (common.json && options.out == "-")
    throw UsageError("--json: the model goes to standard output: --out FILE");
  if (format == bellman::ModelFormat::native && options.out == "-" && ::isatty(STDOUT_FILENO) != 0) {
    throw UsageError("a model is not for the terminal: --out FILE, or a pipe into `calando solve -`");
  }
  const Understood read = understand(options.words);
  const auto facts = facts_of(read);
  if (!common.quiet && !common.json) describe(facts);
  write_files(bellman::write_model(read.model, format), options);
  if (common.json) Output().text(facts.dump()).text("\n").finish();
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
  return {
      .name = "mdp",
      .summary = "Make a standard Markov decision process, or convert one between formats.",
      .examples =
          "calando mdp frozen_lake | calando solve - --discount 0.99\n"
          "calando mdp \"garnet(100000, 10, 10, seed=1)\" --out garnet.mdp\n"
          "calando mdp grid rows=20 columns=30 slip=0.1 --out grid.mdp\n"
          "calando mdp lake.json --to prism --out lake.tra      (also lake.lab and lake.srew or lake.trew)\n"
          "calando mdp model.drn --to tuples\n",
      .computes = false,
      .declare = [](CLI::App& app) -> Run {
        auto options = std::make_shared<Options>();
        app.add_option("MODEL", options->words,
                       "a file of any format, - for standard input, or a family with its options, one of" +
                           family_list())
            ->required();
        app.add_option("--to", options->to,
                       fmt::format("{} (default: native)", fmt::join(bellman::kModelFormatNames, ", ")))
            ->option_text("FORMAT");
        app.add_option("--out", options->out, "where to write it (default: standard output)")
            ->option_text("FILE");
        return [options](const Common& common) { return run(*options, common); };
      }};
}

}  // namespace calando::tools
