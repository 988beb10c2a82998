// SPDX-License-Identifier: MIT
// Tensors are called MOMENT/PART/NAME: now/weights/layer1.bias, epoch/optimizer/layer1.bias/m, best/weights/layer1.bias.
#include "src/train/checkpoint.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/spec/number.h"

namespace calando::training {
namespace {

constexpr const char* kFormat = "calando checkpoint 1";

void put(io::Safetensors& to, const std::string& prefix,
         const std::map<std::string, std::vector<float>>& tensors) {
  for (const auto& [name, values] : tensors) {
    to.tensors[prefix + name] = io::view_of(std::span<const float>(values), {values.size()});
  }
}

using Json = nlohmann::ordered_json;

Json numbers_to_json(const std::map<std::string, double>& numbers) {
  Json json = Json::object();
  for (const auto& [name, value] : numbers) json[name] = spec::to_text(value);
  return json;
}

std::map<std::string, double> numbers_from_json(const Json& json) {
  std::map<std::string, double> numbers;
  for (const auto& [name, value] : json.items())
    numbers[name] = spec::to_number(value.get<std::string>()).value();
  return numbers;
}

std::string scalars_text(const OptimizerState& state) {
  Json json;
  json["rule"] = state.rule;
  json["steps"] = state.steps;
  json["scalars"] = numbers_to_json(state.scalars);
  return json.dump();
}

void put(io::Safetensors& to, const std::string& name, const Moment& moment) {
  to.metadata[name + "/run"] = to_json(moment.run);
  to.metadata[name + "/optimizer"] = scalars_text(moment.learner.optimizer);
  to.metadata[name + "/controller"] = numbers_to_json(moment.controller).dump();
  put(to, name + "/weights/", moment.learner.weights);
  put(to, name + "/optimizer/", moment.learner.optimizer.tensors);
}

/// A checkpoint's content with the name that errors call it by.
struct Reader {
  const std::string& file;
  const io::Safetensors& content;

  const std::string& text(const std::string& name) const {
    const auto found = content.metadata.find(name);
    if (found == content.metadata.end())
      throw DataError::in_file(file, fmt::format("\"{}\" is missing: not a checkpoint of a run", name));
    return found->second;
  }

  std::map<std::string, std::vector<float>> tensors(const std::string& prefix) const {
    std::map<std::string, std::vector<float>> found;
    for (auto i = content.tensors.lower_bound(prefix);
         i != content.tensors.end() && i->first.starts_with(prefix); ++i) {
      std::vector<float> values(i->second.count());
      i->second.copy_to(0, values);
      found.emplace(i->first.substr(prefix.size()), std::move(values));
    }
    return found;
  }

  /// f of a text's JSON, whatever is wrong in it told as the file's fault.
  template <class F>
  auto json(const std::string& name, F&& f) const {
    try {
      return f(Json::parse(text(name)));
    } catch (const DataError&) {
      throw;
    } catch (const std::exception& error) {  // of the JSON, or a number that is none
      throw DataError::in_file(file, fmt::format("{}: {}", name, error.what()));
    }
  }

  OptimizerState optimizer(const std::string& name) const {
    OptimizerState state = json(name + "/optimizer", [](const Json& json) {
      OptimizerState read;
      read.rule = json.at("rule").get<std::string>();
      read.steps = json.at("steps").get<Step>();
      read.scalars = numbers_from_json(json.at("scalars"));
      return read;
    });
    state.tensors = tensors(name + "/optimizer/");
    return state;
  }

  std::shared_ptr<const Moment> moment(const std::string& name) const {
    return std::make_shared<Moment>(Moment{run_state_from_json(file, text(name + "/run")),
                                           {tensors(name + "/weights/"), optimizer(name)},
                                           json(name + "/controller", numbers_from_json)});
  }
};

}  // namespace

io::Safetensors to_safetensors(const Checkpoint& checkpoint) {
  io::Safetensors content;
  content.metadata["format"] = kFormat;
  content.metadata["data"] = checkpoint.identity;
  content.metadata["optimizer"] = checkpoint.optimizer;
  content.metadata["schedule"] = checkpoint.schedule;
  content.metadata["kernel"] = checkpoint.kernel;
  put(content, "now", *checkpoint.now);
  if (checkpoint.epoch_end != checkpoint.now) put(content, "epoch", *checkpoint.epoch_end);
  if (checkpoint.best != nullptr) put(content, "best/weights/", *checkpoint.best);
  return content;
}

Checkpoint checkpoint_from(const std::string& file, const io::Safetensors& content) {
  const Reader reader{file, content};
  if (reader.text("format") != kFormat) {
    throw DataError::in_file(file,
                             fmt::format("format \"{}\", expected \"{}\"", reader.text("format"), kFormat));
  }
  Checkpoint checkpoint;
  checkpoint.now = reader.moment("now");
  checkpoint.epoch_end = content.metadata.contains("epoch/run") ? reader.moment("epoch") : checkpoint.now;
  if (Weights best = reader.tensors("best/weights/"); !best.empty())
    checkpoint.best = std::make_shared<Weights>(std::move(best));
  checkpoint.identity = reader.text("data");
  checkpoint.optimizer = reader.text("optimizer");
  checkpoint.schedule = reader.text("schedule");
  checkpoint.kernel = reader.text("kernel");
  return checkpoint;
}

}  // namespace calando::training
