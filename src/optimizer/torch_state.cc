// SPDX-License-Identifier: MIT
// The layout of PyTorch's state_dict, whose names stand with each rule.
#include <fmt/format.h>

#include <cmath>
#include <map>
#include <optional>

#include "calando/error.h"
#include "src/optimizer/rule_text.h"
#include "src/optimizer/state_file.h"

namespace calando::optimizer {
namespace {

constexpr std::string_view kStep = "step";
/// The one number that a rule of ours keeps for a group and PyTorch for each parameter.
constexpr std::string_view kProduct = "momentum_product";
constexpr std::string_view kTorchProduct = "mu_product";

/// How a rule's states are called here and there.
struct Names {
  std::string torch_class;
  std::map<std::string, std::string> torch_of;  // by our name
  std::map<std::string, std::string> ours_of;   // by PyTorch's
  bool has_product = false;
};

Names names_of(std::string_view rule) {
  std::optional<Names> names;
  for_each_rule([&](const auto& plain) {
    using Rule = std::remove_cvref_t<decltype(plain)>;
    if constexpr (requires {
                    Rule::kTorch;
                    Rule::kTorchClass;
                    typename Rule::Scalars;
                  }) {
      if (Rule::kName != rule) return;
      names.emplace();
      names->torch_class = Rule::kTorchClass;
      for (std::size_t s = 0; s < Rule::kTorch.size(); ++s) {
        if (Rule::kTorch[s].empty()) continue;
        names->torch_of[std::string(Rule::kStates[s])] = Rule::kTorch[s];
        names->ours_of[std::string(Rule::kTorch[s])] = Rule::kStates[s];
      }
      bool others = false;
      typename Rule::Scalars scalars;
      Rule::Scalars::fields(scalars, [&](std::string_view name, const double&) {
        (name == kProduct ? names->has_product : others) = true;
      });
      if (others) names.reset();  // kept per parameter there, and not in this form
    }
  });
  if (!names)
    throw UsageError(
        fmt::format("\"{}\": PyTorch has no state_dict of such a rule that can be translated", rule));
  return *names;
}

struct Key {
  std::string parameter, state;
};
Key split(const std::string& name, char separator) {
  const std::size_t at = name.rfind(separator);
  if (at == std::string::npos) return {"", name};
  return {name.substr(0, at), name.substr(at + 1)};
}

/// One number, which the content of a file shares.
template <class T>
io::Array scalar(T value) {
  const io::Buffer buffer = io::make_buffer(sizeof(T));
  *reinterpret_cast<T*>(buffer.data) = value;
  return {std::is_same_v<T, double> ? io::Type::f64 : io::Type::f32, {}, buffer.bytes};
}

/// Reads a file in PyTorch's layout.
class TorchReader {
 public:
  TorchReader(const io::File& file, std::string_view rule) : file_(file), names_(names_of(rule)) {
    state_.rule = rule;
  }

  OptimizerState read() {
    const io::Safetensors content = io::read_safetensors(file_);
    for (const auto& [name, array] : content.tensors) take(name, array);
    state_.steps = steps_.value_or(state_.tensors.empty() && state_.doubles.empty() ? 0 : 1);
    if (names_.has_product) state_.scalars["0/" + std::string(kProduct)] = product_.value_or(1);
    return std::move(state_);
  }

 private:
  void take(const std::string& name, const io::Array& array) {
    const Key key = split(name, '.');
    if (key.parameter.empty()) fail(name, "expected a name as \"PARAMETER.KEY\"");
    if (key.state == kStep) return take_number(name, array, steps_);
    if (names_.has_product && key.state == kTorchProduct) return take_number(name, array, product_);
    const auto ours = names_.ours_of.find(key.state);
    if (ours == names_.ours_of.end())
      fail(name, fmt::format("{} has no \"{}\"", names_.torch_class, key.state));
    put_tensor(state_, file_, key.parameter + "/" + ours->second, array);
  }

  template <class T>
  void take_number(const std::string& name, const io::Array& array, std::optional<T>& number) {
    if (array.count() != 1) fail(name, "expected one number");
    double value = 0;
    array.copy_to(0, std::span(&value, 1));
    if constexpr (std::is_integral_v<T>) {
      if (!(value >= 0 && value <= 0x1p53 && value == std::floor(value)))
        fail(name, fmt::format("{} steps", value));
    }
    if (number && *number != static_cast<T>(value)) {
      fail(name, fmt::format("{}, and {} for another parameter; expected the same for all", value, *number));
    }
    number = static_cast<T>(value);
  }

  [[noreturn]] void fail(const std::string& name, const std::string& what) const {
    throw DataError::in_file(file_.name, fmt::format("tensor \"{}\": {}", name, what));
  }

  const io::File& file_;
  Names names_;
  OptimizerState state_;
  std::optional<Step> steps_;
  std::optional<double> product_;
};

}  // namespace

io::Safetensors to_torch(const OptimizerState& state) {
  const Names names = names_of(state.rule);
  io::Safetensors content;
  content.metadata = {{"format", "pt"}, {"optimizer", names.torch_class}};
  const auto put = [&](const std::string& name, const auto& numbers) {
    const Key key = split(name, '/');
    const auto theirs = names.torch_of.find(key.state);
    if (theirs == names.torch_of.end()) {
      throw UsageError(
          fmt::format("tensor \"{}\": {}'s state_dict has no place for it", name, names.torch_class));
    }
    content.tensors[key.parameter + "." + theirs->second] = view_of_state(state, name, numbers);
    content.tensors[key.parameter + "." + std::string(kStep)] = scalar(static_cast<float>(state.steps));
    if (names.has_product) {
      content.tensors[key.parameter + "." + std::string(kTorchProduct)] =
          scalar(state.scalars.at("0/" + std::string(kProduct)));  // torch narrows it to the parameter's type
    }
  };
  for (const auto& [name, numbers] : state.tensors) put(name, numbers);
  for (const auto& [name, numbers] : state.doubles) put(name, numbers);
  return content;
}

OptimizerState from_torch(const io::File& file, std::string_view rule) {
  return TorchReader(file, rule).read();
}

}  // namespace calando::optimizer

namespace calando {

void write_torch_state(const std::string& path, const OptimizerState& state) {
  io::write_safetensors(path, optimizer::to_torch(state));
}

OptimizerState read_torch_state(const std::string& path, std::string_view rule) {
  return optimizer::from_torch(io::read_file(path), rule);
}

}  // namespace calando
