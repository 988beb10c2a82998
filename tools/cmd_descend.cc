// SPDX-License-Identifier: MIT
// calando descend FUNCTION: optimizers on a test function. calando descend --recorded G.npy: a rule on recorded gradients.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/io/atomic_file.h"
#include "src/optimizer/descent.h"
#include "src/plot/svg.h"
#include "src/spec/number.h"
#include "tools/command.h"
#include "tools/descend_inputs.h"
#include "tools/output.h"

namespace calando::tools {
namespace {

using optimizer::Descent;
using optimizer::DescentPoint;

std::vector<double> parse_point(const std::string& text) {
  std::vector<double> point;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const auto number = spec::to_number(std::string_view(text).substr(start, end - start));
    if (!number)
      throw UsageError(fmt::format("--from: \"{}\", expected numbers with commas, such as -1.5,2", text));
    point.push_back(*number);
    start = end + 1;
  }
  return point;
}

std::vector<Descent> follow(const optimizer::Surface& surface, const DescendOptions& options) {
  optimizer::DescentOptions how{
      .from = {}, .steps = options.steps, .precision = options.precision.value_or(optimizer::Precision::f64)};
  if (!options.from.empty()) how.from = parse_point(options.from);
  std::vector<Descent> descents;
  for (const std::string& text : options.optimizers) {
    const RatedRule rated = rated_rule(text, options, options.steps);
    descents.push_back(optimizer::descend(surface, text, rated.rule, rated.rate, how));
  }
  return descents;
}

void print_lines(const std::vector<Descent>& descents, Output& out) {
  for (const Descent& descent : descents) {
    for (const DescentPoint& at : descent.points) {
      out.text(descent.name)
          .text("\t")
          .number(static_cast<long long>(at.step))
          .text("\t")
          .number(at.rate)
          .text("\t")
          .number(at.value);
      for (const double x : at.point) out.text("\t").number(x);
      out.text("\n");
    }
  }
}

void print_json(const optimizer::Surface& surface, const std::vector<Descent>& descents, Output& out) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const Descent& descent : descents) {
    nlohmann::ordered_json steps = nlohmann::ordered_json::array();
    for (const DescentPoint& at : descent.points) {
      steps.push_back({{"step", at.step}, {"rate", at.rate}, {"value", at.value}, {"point", at.point}});
    }
    all.push_back({{"optimizer", descent.name}, {"diverged", descent.diverged}, {"steps", std::move(steps)}});
  }
  out.text(nlohmann::ordered_json{{"function", surface.name}, {"optimizers", std::move(all)}}.dump(1))
      .text("\n");
}

int run_on_surface(const DescendOptions& options, const Common& common) {
  const optimizer::Surface surface = surface_of(options.function);
  const std::vector<Descent> descents = follow(surface, options);
  Output out;
  if (!options.plot.empty())
    io::write_file(options.plot,
                   plot::to_svg(descent_figure(surface, descents), {.width = 720, .height = 560}));
  if (common.json) {
    print_json(surface, descents, out);
  } else if (options.plot.empty()) {
    print_lines(descents, out);
  }
  out.finish();
  int status = kDone;
  for (const Descent& descent : descents) {
    if (!descent.diverged) continue;
    warn(fmt::format("{} has left the finite numbers at step {}: a lower rate may help", descent.name,
                     descent.points.back().step));
    status = kNotConverged;
  }
  return status;
}

void check_words(const DescendOptions& options) {
  if (options.recorded.empty() == options.function.empty())
    throw UsageError("descend: expected either FUNCTION or --recorded G.npy");
  if (options.optimizers.empty())
    throw UsageError("--optimizer is missing, such as --optimizer \"adam(lr=0.1)\"");
  if (options.recorded.empty()) {
    if (!options.out.empty()) throw UsageError("--out goes with --recorded");
    return;
  }
  if (options.optimizers.size() != 1) throw UsageError("--recorded takes one --optimizer");
  if (options.from.empty())
    throw UsageError("--from is missing, the .npy file of the parameters before the first step");
  if (options.out.empty())
    throw UsageError("--out is missing, the .npy file for the parameters after the last step");
  if (!options.plot.empty()) throw UsageError("--plot goes with a function, not with --recorded");
}

void declare(CLI::App& app, DescendOptions& options) {
  app.add_option("FUNCTION", options.function,
                 "rosenbrock, beale, himmelblau, rastrigin, saddle, quadratic, logistic(FILE, target=NAME)");
  app.add_option("--from", options.from, "where to start; with --recorded a file")->option_text("X,Y|W.npy");
  app.add_option("--optimizer", options.optimizers, "such as adam(lr=0.1); may be repeated")
      ->option_text("SPEC")
      ->allow_extra_args(false);
  app.add_option("--schedule", options.schedule,
                 "the rate of those without lr= (default: constant(0.001); 1 for those that find their own)")
      ->option_text("SPEC");
  app.add_option("--steps", options.steps, "updates (default: 100)")
      ->option_text("N")
      ->check(CLI::Range(Step{0}, Step{100'000'000}));
  app.add_option_function<std::string>(
         "--precision", [&options](const std::string& text) { options.precision = parse_precision(text); },
         "f32 or f64 (default: f64; with --recorded what the parameters are in)")
      ->option_text("P");
  app.add_option("--plot", options.plot, "draw contours and paths into a picture instead")
      ->option_text("FILE.svg");
  app.add_option("--recorded", options.recorded, "gradients instead of a function: one row a step")
      ->option_text("G.npy");
  app.add_option("--out", options.out, "the parameters after the recorded gradients")->option_text("W2.npy");
}

}  // namespace

Command descend_command() {
  return {
      .name = "descend",
      .summary = "Run optimizers on a test function: optimizer<TAB>step<TAB>rate<TAB>value<TAB>point...",
      .examples =
          "calando descend rosenbrock --from -1.5,2 --optimizer \"adam(lr=0.1)\" --steps 200\n"
          "calando descend beale --optimizer \"sgd(lr=0.01)\" --optimizer \"momentum(lr=0.001)\" --plot "
          "paths.svg\n"
          "calando descend \"quadratic(dimension=10, condition=1000)\" --optimizer adagrad --schedule "
          "\"cosine(1, 0, 100%)\"\n"
          "calando descend --recorded G.npy --from W.npy --optimizer \"torch.AdamW(lr=1e-3)\" --out W2.npy\n",
      .computes = false,
      .declare = [](CLI::App& app) -> Run {
        auto options = std::make_shared<DescendOptions>();
        declare(app, *options);
        return [options](const Common& common) {
          check_words(*options);
          return options->recorded.empty() ? run_on_surface(*options, common) : run_on_recorded(*options);
        };
      }};
}

}  // namespace calando::tools
