// SPDX-License-Identifier: MIT
// Learning from samples: estimates of one state that pays the same in every step.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "calando/error.h"
#include "calando/learn.h"
#include "src/cards/library.h"

namespace calando::cards {
namespace {

constexpr std::int64_t kMostSteps = 100'000;

/// A state with one choice a reward, each leading back.
Mdp returning(const std::vector<double>& rewards) {
  MdpBuilder builder("returning");
  builder.add_state();
  for (const double reward : rewards) builder.add_choice(reward).add(0, 1);
  return std::move(builder).build();
}

LearnOptions options_of(Given& given) {
  LearnOptions options{.discount = given.number()};
  options.steps = given.whole();
  if (options.steps < 1 || options.steps > kMostSteps) {
    throw UsageError(fmt::format("{}: {} steps, expected 1 to {}", given.name(), options.steps, kMostSteps));
  }
  return options;
}

/// "rule", reward, discount, steps: Q after them.
double learned(Given& given) {
  const Learning learning = parse_learning(given.text());
  const Mdp model = returning({given.number()});
  return learn(model, learning, options_of(given)).choice_values.front();
}

/// exploration, choices, steps: how often the best of them was taken, as a share.
double share_of_best(Given& given) {
  const double exploration = given.number();
  std::vector<double> rewards(static_cast<std::size_t>(std::clamp<std::int64_t>(given.whole(), 1, 1000)));
  rewards.front() = 1;
  LearnOptions options{.discount = 0};
  options.steps = std::clamp<std::int64_t>(given.whole(), 1, kMostSteps);
  const Learned result = learn(returning(rewards), {.exploration = exploration}, options);
  return static_cast<double>(result.visits.front()) / static_cast<double>(result.steps);
}

/// "rule", ..., reward, discount, steps: Q as it moves.
plot::Figure lessons_picture(Given& given) {
  std::vector<std::string> rules;
  while (given.text_is_next()) rules.push_back(given.text());
  const double reward = given.number();
  const Mdp model = returning({reward});
  LearnOptions options = options_of(given);
  options.moments = std::min<std::int64_t>(options.steps, 400);
  plot::Figure figure;
  figure.x.label = "step";
  figure.y.label = "Q";
  figure.description = "The estimate after each step, and the value that it is of.";
  for (const std::string& rule : rules) {
    plot::Line line{.name = rules.size() == 1 ? "" : rule};
    options.observer = [&line](const LearningMoment& moment) {
      line.x.push_back(static_cast<double>(moment.steps));
      line.y.push_back(moment.choice_values.front());
      return false;
    };
    learn(model, parse_learning(rule), options);
    figure.layers.emplace_back(std::move(line));
  }
  figure.layers.emplace_back(plot::Guide{.direction = plot::Direction::horizontal,
                                         .value = solve(model, {.discount = options.discount}).values.front(),
                                         .text = "true value"});
  return figure;
}

constexpr std::array<Computation, 2> kComputations = {{
    {"learned", "\"rule\", reward, discount, steps", "Q of a state that pays the reward in each step",
     learned},
    {"share_of_best", "exploration, choices, steps", "how often the best choice was taken", share_of_best},
}};

constexpr std::array<Picture, 1> kPictures = {{
    {"lessons", "\"rule\", ..., reward, discount, steps", "Q as it is learned", lessons_picture},
}};

}  // namespace

std::span<const Computation> learning_computations() { return kComputations; }
std::span<const Picture> learning_pictures() { return kPictures; }

}  // namespace calando::cards
