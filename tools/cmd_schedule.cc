// SPDX-License-Identifier: MIT
// calando schedule SPEC...: a schedule as numbers or as a picture.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "calando/schedule.h"
#include "src/io/atomic_file.h"
#include "src/plot/svg.h"
#include "src/plot/terminal.h"
#include "src/schedule/dialect.h"
#include "tools/command.h"
#include "tools/output.h"
#include "tools/schedule_difference.h"
#include "tools/schedule_log.h"
#include "tools/schedule_picture.h"
#include "tools/schedule_translate.h"

namespace calando::tools {
namespace {

struct Options {
  std::vector<std::string> specs;
  std::int64_t steps = 0;  // 0: up to the end of the longest, and its end included
  std::int64_t every = 1;
  double epoch_steps = 0;
  std::string plot;  // a file for the picture
  bool ascii = false;
  bool difference = false;
  std::string log;  // a file to fit
  bool translate = false;
  std::string to;  // a peer
};

std::vector<Schedule> parse_all(const Options& options) {
  RunLength run;
  if (options.steps > 0) run.run_steps = static_cast<double>(options.steps);
  if (options.epoch_steps > 0) run.epoch_steps = options.epoch_steps;
  std::vector<Schedule> schedules;
  for (const std::string& spec : options.specs) schedules.push_back(parse_schedule(spec, run));
  return schedules;
}

/// The number of steps to show: t = 0 .. count - 1.
std::int64_t count_steps(const Options& options, const std::vector<Schedule>& schedules) {
  if (options.steps > 0) return options.steps;
  double longest = 0;
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    const double length = schedules[i].length();
    if (std::isinf(length)) {
      throw UsageError(
          fmt::format("schedule \"{}\" has no end: say how much of it with --steps N", options.specs[i]));
    }
    longest = std::max(longest, length);
  }
  if (longest >= 0x1p62)
    throw UsageError(fmt::format("a schedule of {} steps is too long to print", longest));
  return static_cast<std::int64_t>(std::ceil(longest)) + 1;
}

void print_lines(const std::vector<Schedule>& schedules, std::int64_t count, std::int64_t every,
                 Output& out) {
  for (std::int64_t t = 0; t < count; t += every) {
    out.number(static_cast<long long>(t));
    for (const Schedule& schedule : schedules) out.text("\t").number(schedule(t));
    out.text("\n");
  }
}

void print_json(const Options& options, const std::vector<Schedule>& schedules, std::int64_t count,
                Output& out) {
  out.text("[");
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    out.text(i == 0 ? "" : ",\n ").text("{\"spec\": ").text(nlohmann::json(options.specs[i]).dump());
    out.text(", \"native\": ").text(nlohmann::json(to_string(schedule::native_form(schedules[i]))).dump());
    out.text(", \"steps\": ").number(static_cast<long long>(count));
    out.text(", \"every\": ").number(static_cast<long long>(options.every)).text(", \"lr\": [");
    for (std::int64_t t = 0; t < count; t += options.every)
      out.text(t == 0 ? "" : ", ").number(schedules[i](t));
    out.text("]}");
  }
  out.text("]\n");
}

plot::TerminalOptions terminal_options() {
  plot::TerminalOptions drawn;
  drawn.columns = static_cast<std::size_t>(std::clamp(terminal_width(), 40, 160));
  if (stdout_has_color()) drawn.colour = plot::Colour::ansi;
  return drawn;
}

/// Up to the longest end, where a picture or a comparison also has room for what goes on.
std::int64_t count_beside(const Options& options, const std::vector<Schedule>& schedules) {
  Options ending = options;
  std::vector<Schedule> with_end;
  ending.specs.clear();
  for (std::size_t i = 0; i < schedules.size(); ++i) {
    if (std::isinf(schedules[i].length())) continue;
    ending.specs.push_back(options.specs[i]);
    with_end.push_back(schedules[i]);
  }
  return with_end.empty() ? count_steps(options, schedules) : count_steps(ending, with_end);
}

int run_difference(const Options& options, const Common& common) {
  const std::vector<Schedule> schedules = parse_all(options);
  if (schedules.size() != 2)
    throw UsageError(fmt::format("--diff takes two schedules, not {}", schedules.size()));
  const std::int64_t count = count_beside(options, schedules);
  Output out;
  const Difference difference = compare(schedules[0], schedules[1], count, options.every);
  print_difference(schedules[0], schedules[1], difference, common.json, out);
  out.finish();
  return kDone;
}

int run_fit(const Options& options, const Common& common) {
  if (!options.specs.empty())
    throw UsageError("--fit finds the schedule itself: a SPEC beside it has no use");
  Output out;
  fit_log(options.log, common.json, common.quiet, out);
  out.finish();
  return kDone;
}

int run_translation(const Options& options, const Common& common) {
  const std::vector<Schedule> schedules = parse_all(options);
  Output out;
  if (options.translate) {
    print_native_forms(options.specs, schedules, common.json, out);
  } else {
    print_nearest_calls(options.specs, schedules, options.to, count_beside(options, schedules), common.json,
                        out);
  }
  out.finish();
  return kDone;
}

int run(const Options& options, const Common& common) {
  if (!options.log.empty()) return run_fit(options, common);
  if (options.specs.empty()) throw UsageError("which schedule? calando schedule --help has examples");
  if (options.difference) return run_difference(options, common);
  if (options.translate || !options.to.empty()) return run_translation(options, common);
  const std::vector<Schedule> schedules = parse_all(options);
  const bool picture = (!options.plot.empty() || options.ascii) && !common.json;
  const std::int64_t count = picture ? count_beside(options, schedules) : count_steps(options, schedules);
  Output out;
  if (!options.plot.empty())
    io::write_file(options.plot, plot::to_svg(schedule_figure(options.specs, schedules, count)));
  if (options.ascii) {
    out.text(plot::to_terminal(schedule_figure(options.specs, schedules, count), terminal_options()));
  }
  if (common.json) {
    print_json(options, schedules, count, out);
  } else if (options.plot.empty() && !options.ascii) {
    print_lines(schedules, count, options.every, out);
  }
  out.finish();
  return kDone;
}

}  // namespace

Command schedule_command() {
  return {
      .name = "schedule",
      .summary = "Print or draw learning-rate schedules: step<TAB>rate, a column for each.",
      .examples =
          "calando schedule \"cosine(0.1, 0, 100)\"\n"
          "calando schedule \"linear(0, 3e-4, 2000) then cosine(3e-4, 3e-5, 98000)\" --every 1000\n"
          "calando schedule \"linear(0, 1e-3, 5%) then cosine(1e-3, 0, 95%)\" --steps 5000\n"
          "calando schedule \"repeat(cosine(0.1, 0, 10), 5, stretch=2, shrink=0.5)\" --plot restarts.svg\n"
          "calando schedule --diff \"cosine(0.1, 0, 100)\" \"linear(0.1, 0, 100)\"\n"
          "calando schedule --fit log.tsv\n"
          "calando schedule \"torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=100)\"\n"
          "calando schedule --translate \"keras.CosineDecay(0.1, 1000, alpha=0.1)\"\n"
          "calando schedule --to optax \"linear(0, 1e-3, 100) then cosine(1e-3, 0, 900)\"\n",
      .computes = false,
      .declare = [](CLI::App& app) -> Run {
        auto options = std::make_shared<Options>();
        app.add_option("SPEC", options->specs, "schedules, such as cosine(0.1, 0, 100)");
        app.add_option("--steps", options->steps, "steps 0 to N-1; `%` is a share of N")
            ->option_text("N")
            ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 62));
        app.add_option("--every", options->every, "only steps 0, K, 2K, ...")
            ->option_text("K")
            ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 62));
        app.add_option("--epoch-steps", options->epoch_steps, "steps in an epoch, for lengths in `ep`")
            ->option_text("M")
            ->check(CLI::PositiveNumber);
        app.add_option("--plot", options->plot, "draw them into a picture instead")->option_text("FILE.svg");
        app.add_flag("--ascii", options->ascii, "draw them in the terminal instead");
        app.add_flag("--diff", options->difference, "where two schedules differ, and by how much");
        app.add_option("--fit", options->log, "name the schedule of a log: step<TAB>rate a line")
            ->option_text("FILE.tsv");
        app.add_flag("--translate", options->translate, "the native form of a peer's schedule");
        app.add_option("--to", options->to,
                       "the nearest call of a peer: call<TAB>largest difference<TAB>its step")
            ->option_text("torch|optax|...");
        return [options](const Common& common) { return run(*options, common); };
      }};
}

}  // namespace calando::tools
