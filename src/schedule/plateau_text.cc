// SPDX-License-Identifier: MIT
// The text form of controllers: their own options, and the peers' names for them.
#include <algorithm>
#include <cmath>
#include <vector>

#include "calando/plateau.h"
#include "src/spec/arguments.h"
#include "src/spec/fields.h"
#include "src/spec/nearest.h"

namespace calando {
namespace {

constexpr std::string_view kWhat = "controller";

double number(spec::Arguments& args, std::string_view name, const Interval& range, double otherwise) {
  const double value = args.number(name, otherwise);
  if (!range.contains(value)) args.refuse(name, spec::expected_text(name, range, value));
  return value;
}

std::int64_t whole(spec::Arguments& args, std::string_view name, std::int64_t least, std::int64_t otherwise) {
  const std::int64_t value = args.integer(name, otherwise);
  if (value < least)
    args.refuse(name, spec::expected_text(name, range::at_least(static_cast<double>(least))));
  return value;
}

bool is_word(spec::Arguments& args, std::string_view name, std::string_view word, std::string_view other) {
  const std::string given = args.text(name, word);
  if (given != word && given != other)
    args.refuse(name, spec::fields::one_of({std::string(word), std::string(other)}));
  return given == word;
}

Mode read_mode(spec::Arguments& args) { return is_word(args, "mode", "min", "max") ? Mode::min : Mode::max; }

/// PyTorch's threshold and threshold_mode, which transformers took over.
void read_threshold(spec::Arguments& args, Improvement& improvement, double threshold,
                    std::string_view mode) {
  const double value = number(args, "threshold", range::not_negative, threshold);
  const bool relative =
      is_word(args, "threshold_mode", mode, mode == "rel" ? "abs" : "rel") == (mode == "rel");
  if (relative && value >= 1) args.refuse("threshold", "0 <= threshold < 1 where it is relative");
  improvement.relative = relative ? value : 0;
  improvement.absolute = relative ? 0 : value;
}

AnyController read_torch(spec::Arguments& args) {
  Plateau rule;
  rule.improvement.mode = read_mode(args);
  rule.factor = number(args, "factor", range::open(0, 1), 0.1);
  rule.patience = whole(args, "patience", 0, 10);
  read_threshold(args, rule.improvement, 1e-4, "rel");
  rule.cooldown = whole(args, "cooldown", 0, 0);
  rule.floor = number(args, "min_lr", range::not_negative, 0);
  rule.least_change = number(args, "eps", range::not_negative, 1e-8);
  return rule;
}

/// What Keras guesses from a metric's name.
Mode keras_mode(spec::Arguments& args, const std::string& monitor) {
  const std::string mode = args.text("mode", "auto");
  if (mode == "min" || mode == "max") return mode == "min" ? Mode::min : Mode::max;
  if (mode != "auto") args.refuse("mode", "auto or min or max");
  const bool rises = monitor.find("acc") != std::string::npos || monitor.find("auc") != std::string::npos;
  return rises ? Mode::max : Mode::min;
}

AnyController read_keras(spec::Arguments& args) {
  Plateau rule;
  const std::string monitor = args.text("monitor", "val_loss");
  rule.factor = number(args, "factor", range::open(0, 1), 0.1);
  rule.patience = std::max<std::int64_t>(whole(args, "patience", 0, 10) - 1, 0);
  args.take("verbose");
  rule.improvement.mode = keras_mode(args, monitor);
  rule.improvement.relative = 0;
  rule.improvement.absolute = number(args, "min_delta", range::not_negative, 1e-4);
  // Keras counts the observation that ends the cooldown.
  rule.cooldown = std::max<std::int64_t>(whole(args, "cooldown", 0, 0) - 1, 0);
  rule.floor = number(args, "min_lr", range::not_negative, 0);
  return rule;
}

AnyController read_optax(spec::Arguments& args) {
  Plateau rule;
  rule.factor = number(args, "factor", range::open(0, 1), 0.1);
  rule.patience = whole(args, "patience", 1, 10) - 1;
  rule.improvement.relative = number(args, "rtol", range::half_open(0, 1), 1e-4);
  rule.improvement.absolute = number(args, "atol", range::not_negative, 0);
  rule.cooldown = whole(args, "cooldown", 0, 0);
  rule.average = whole(args, "accumulation_size", 1, 1);
  rule.least_factor = number(args, "min_scale", range::closed(0, 1), 0);
  return rule;
}

AnyController read_greedy(spec::Arguments& args) {
  Greedy rule;
  rule.improvement.mode = read_mode(args);
  rule.factor = number(args, "factor", range::open(0, 1), 0.95);
  rule.patience = whole(args, "patience", 0, 10);
  read_threshold(args, rule.improvement, 1e-6, "abs");
  rule.cooldown = whole(args, "cooldown", 0, 0);
  rule.warmup = whole(args, "warmup", 0, 0);
  rule.floor = number(args, "min_lr", range::not_negative, 1e-3);
  rule.ceiling = number(args, "max_lr", range::positive, 1);
  rule.least_change = number(args, "eps", range::not_negative, 1e-8);
  args.take("verbose");
  const bool smooth = args.boolean("smooth", false);
  const std::int64_t window = whole(args, "window_size", 1, 50);
  rule.window = smooth ? window : 0;
  rule.reset = whole(args, "reset_start", 1, 500);
  return rule;
}

template <class Rule>
AnyController read_native(spec::Arguments& args) {
  Rule rule;
  spec::read_fields(args, rule);
  return rule;
}

struct Name {
  std::string_view family;  // the path's first name; none: native
  std::string_view name;    // its last
  AnyController (*read)(spec::Arguments&);
};

constexpr Name kNames[] = {
    {"", "plateau", read_native<Plateau>},      {"", "greedy", read_native<Greedy>},
    {"torch", "ReduceLROnPlateau", read_torch}, {"keras", "ReduceLROnPlateau", read_keras},
    {"tf", "ReduceLROnPlateau", read_keras},    {"optax", "reduce_on_plateau", read_optax},
    {"transformers", "GreedyLR", read_greedy},
};

const Name& find_name(const std::string& path) {
  const std::size_t last = path.rfind('.');
  const std::string_view family =
      last == std::string::npos ? "" : std::string_view(path).substr(0, path.find('.'));
  const std::string_view name = std::string_view(path).substr(last == std::string::npos ? 0 : last + 1);
  std::vector<std::string> known;
  for (const Name& one : kNames) {
    if (one.family == family && one.name == name) return one;
    known.push_back(one.family.empty() ? std::string(one.name)
                                       : std::string(one.family) + "." + std::string(one.name));
  }
  spec::refuse_at(kWhat, 1, "unknown controller \"" + path + "\"" + spec::did_you_mean(path, known));
}

/// The optimizer that a line pasted from Python names first.
void drop_optimizer(spec::Call& call) {
  if (call.arguments.empty()) return;
  const spec::Argument& first = call.arguments.front();
  const auto* word = std::get_if<spec::Call>(&first.value.content);
  const bool bare = first.name.empty() && word != nullptr && !word->parentheses &&
                    word->path.find("opt") != std::string::npos;
  if (first.name == "optimizer" || bare) call.arguments.erase(call.arguments.begin());
}

}  // namespace

AnyController parse_controller(std::string_view text) {
  spec::Call call = spec::parse_call(text, kWhat);
  const Name& name = find_name(call.path);
  if (!name.family.empty()) drop_optimizer(call);
  spec::Arguments args(call, 1, kWhat);
  const AnyController rule = name.read(args);
  args.finish();
  static_cast<void>(Controller{rule});  // refuses what is out of range
  return rule;
}

std::string to_string(const AnyController& rule) {
  return std::visit([](const auto& r) { return spec::print_fields(r.kName, r); }, rule);
}

}  // namespace calando
