// SPDX-License-Identifier: MIT
#include "src/cards/answer.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "calando/schedule.h"
#include "calando/similarity.h"
#include "src/cards/deck.h"
#include "src/cards/explain.h"
#include "src/cards/grid_world.h"
#include "src/cards/library.h"
#include "src/optimizer/descent.h"
#include "src/plot/svg.h"
#include "src/spec/number.h"

namespace calando::cards {
namespace {

using nlohmann::json;

constexpr Step kMostSteps = 100'000;

/// Heights of pictures, their widths being 1.
constexpr double kPage = 0.6;
constexpr double kMap = 0.8;
constexpr double kSquare = 1;

/// A picture as wide as the page says, and `shape` times as high.
std::string svg_of(const plot::Figure& figure, const json& request, double shape) {
  const double width = std::clamp(request.value("width", 640.0), 280.0, 1200.0);
  return plot::to_svg(figure,
                      {.width = width, .height = std::round(shape * width), .use = plot::Use::in_page});
}

json answer_card(const json& request) {
  const Card& card = find_card(request.at("id").get<std::string>());
  std::vector<std::string> words;
  for (const auto& [name, value] : request.at("values").items())
    words.push_back(name + "=" + spec::to_text(value.get<double>()));
  const Explanation explanation = worked_example(card, changed_values(card, words));
  json pictures = json::array();
  for (const plot::Figure& figure : explanation.pictures) pictures.push_back(svg_of(figure, request, kPage));
  return {{"steps", explanation.steps},
          {"result", explanation.result},
          {"command", explanation.command},
          {"code", explanation.code},
          {"pictures", std::move(pictures)}};
}

json answer_schedules(const json& request) {
  std::vector<Value> arguments;
  json native = json::array();
  for (const auto& spec : request.at("specs")) {
    arguments.emplace_back(spec.get<std::string>());
    native.push_back(to_string(parse_schedule(spec.get<std::string>())));
  }
  if (const double steps = request.value("steps", 0.0); steps > 0) arguments.emplace_back(steps);
  return {{"native", std::move(native)},
          {"picture", svg_of(draw_call("schedules", arguments), request, kPage)}};
}

json answer_rates(const json& request) {
  const Schedule schedule = parse_schedule(request.at("spec").get<std::string>());
  json rates = json::array();
  for (const auto& step : request.at("at")) rates.push_back(schedule(step.get<Step>()));
  return {{"rates", std::move(rates)}};
}

json answer_descend(const json& request) {
  const optimizer::Surface surface = optimizer::make_surface(request.at("surface").get<std::string>());
  const Step steps = request.at("steps").get<Step>();
  if (steps < 0 || steps > kMostSteps) throw UsageError("steps: expected 0 to 100000");
  const optimizer::DescentOptions options{.from = request.at("from").get<std::vector<double>>(),
                                          .steps = steps};
  std::vector<optimizer::Descent> descents;
  json ends = json::array();
  for (const auto& text : request.at("optimizers")) {
    RunLength run;
    run.run_steps = static_cast<double>(std::max<Step>(steps, 1));
    const RuleOptions rule = parse_rule(text.get<std::string>(), run);
    descents.push_back(optimizer::descend(surface, text.get<std::string>(), rule,
                                          rule.rate.value_or(constant(0.01)), options));
    const optimizer::DescentPoint& end = descents.back().points.back();
    ends.push_back({{"optimizer", text}, {"value", end.value}, {"point", end.point}, {"step", end.step}});
  }
  return {{"ends", std::move(ends)}, {"picture", svg_of(descent_figure(surface, descents), request, kMap)}};
}

json answer_grid(const json& request) {
  const GridWorld world{.rows = request.at("rows").get<std::size_t>(),
                        .columns = request.at("columns").get<std::size_t>(),
                        .walls = request.at("walls").get<std::vector<std::size_t>>(),
                        .discount = request.value("discount", 0.95),
                        .slip = request.value("slip", 0.1)};
  const SolvedGrid solved = solve_grid(world);
  return {{"values", solved.values}, {"gap", solved.gap}, {"picture", svg_of(solved.figure, request, kMap)}};
}

json answer_vectors(const json& request) {
  const auto a = request.at("a").get<std::vector<double>>();
  const auto b = request.at("b").get<std::vector<double>>();
  return {{"similarity", cosine_similarity(a, b)},
          {"degrees", angle(a, b) * 180 / M_PI},
          {"picture", svg_of(draw_call("vectors", {a, b}), request, kSquare)}};
}

json answered(const json& request) {
  const std::string ask = request.at("ask").get<std::string>();
  if (ask == "card") return answer_card(request);
  if (ask == "schedules") return answer_schedules(request);
  if (ask == "rates") return answer_rates(request);
  if (ask == "descend") return answer_descend(request);
  if (ask == "grid") return answer_grid(request);
  if (ask == "vectors") return answer_vectors(request);
  throw UsageError("nothing answers to \"" + ask + "\"");
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): as its declaration says
std::string answer(std::string_view request) noexcept {
  try {
    return answered(json::parse(request)).dump();
  } catch (const std::exception& error) {
    return json{{"error", error.what()}}.dump(-1, ' ', false, json::error_handler_t::replace);
  }
}

}  // namespace calando::cards
