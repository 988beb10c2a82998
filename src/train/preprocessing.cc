// SPDX-License-Identifier: MIT
#include "src/train/preprocessing.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/spec/number.h"
#include "src/train/row_kernels.h"

namespace calando::training {
namespace {

using Json = nlohmann::ordered_json;

double number(const Json& json, const std::string& file) {
  const auto value = spec::to_number(json.get<std::string>());
  if (!value) throw DataError::in_file(file, json.dump() + " is not a number");
  return *value;
}

Json column_json(const RawColumn& column) {
  Json json{{"name", column.name}};
  if (column.categorical) {
    json["categories"] = column.categories;
    json["has_missing"] = column.has_missing;
  } else {
    json["mean"] = spec::to_text(column.mean);
    json["deviation"] = spec::to_text(column.deviation);
  }
  return json;
}

RawColumn column_from(const Json& json, const std::string& file) {
  RawColumn column;
  column.name = json.at("name").get<std::string>();
  column.categorical = json.contains("categories");
  if (column.categorical) {
    column.categories = json.at("categories").get<std::vector<std::string>>();
    column.has_missing = json.at("has_missing").get<bool>();
  } else {
    column.mean = number(json.at("mean"), file);
    column.deviation = number(json.at("deviation"), file);
  }
  return column;
}

template <class Enum>
Enum enum_from(const Json& json, Enum like, const std::string& file) {
  const auto names = enum_names(like);
  const auto found = std::find(names.begin(), names.end(), json.get<std::string>());
  if (found == names.end()) throw DataError::in_file(file, json.dump() + " is not known");
  return static_cast<Enum>(found - names.begin());
}

/// What a reader of rows relies on, and a damaged file may lack.
void require_sound(const Preprocessing& p, const std::string& file) {
  if (p.columns.empty()) throw DataError::in_file(file, "there are no columns");
  if (p.task == Task::classification && p.classes.size() < 2) {
    throw DataError::in_file(file, "there are fewer than two classes");
  }
  const bool words =
      std::any_of(p.columns.begin(), p.columns.end(), [](const RawColumn& c) { return c.categorical; });
  if (words && p.kind != DataKind::table)
    throw DataError::in_file(file, "only the columns of a table hold words");
  const bool grid = p.image_rows > 0 || p.image_columns > 0;
  if (grid && (p.kind != DataKind::images || p.image_rows == 0 || p.columns.size() % p.image_rows != 0 ||
               p.columns.size() / p.image_rows != p.image_columns)) {
    throw DataError::in_file(file, "the images have another size than their rows");
  }
}

}  // namespace

std::size_t Preprocessing::inputs() const {
  std::size_t sum = 0;
  for (const RawColumn& column : columns) sum += column.inputs();
  return sum;
}

std::vector<std::string> Preprocessing::input_names() const {
  std::vector<std::string> names;
  for (const RawColumn& column : columns) {
    if (!column.categorical) names.push_back(column.name);
    for (const std::string& category : column.categories) names.push_back(column.name + " = " + category);
    if (column.categorical && column.has_missing) names.push_back(column.name + " missing");
  }
  return names;
}

std::string to_json(const Preprocessing& p) {
  Json json;
  json["kind"] = enum_names(p.kind)[static_cast<std::size_t>(p.kind)];
  json["task"] = p.task == Task::classification ? "classification" : "regression";
  json["target"] = p.target;
  json["target_is_text"] = p.target_is_text;
  json["classes"] = p.classes;
  json["target_mean"] = spec::to_text(p.target_mean);
  json["target_deviation"] = spec::to_text(p.target_deviation);
  json["image_rows"] = p.image_rows;
  json["image_columns"] = p.image_columns;
  json["header"] = p.header;
  json["missing_words"] = p.missing_words;
  json["columns"] = Json::array();
  for (const RawColumn& column : p.columns) json["columns"].push_back(column_json(column));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Preprocessing preprocessing_from_json(const std::string& file, const std::string& text) {
  try {
    const Json json = Json::parse(text);
    Preprocessing p;
    p.kind = enum_from(json.at("kind"), p.kind, file);
    p.task = json.at("task").get<std::string>() == "regression" ? Task::regression : Task::classification;
    p.target = json.at("target").get<std::string>();
    p.target_is_text = json.at("target_is_text").get<bool>();
    p.classes = json.at("classes").get<std::vector<std::string>>();
    p.target_mean = number(json.at("target_mean"), file);
    p.target_deviation = number(json.at("target_deviation"), file);
    p.image_rows = json.at("image_rows").get<std::size_t>();
    p.image_columns = json.at("image_columns").get<std::size_t>();
    p.header = json.at("header").get<bool>();
    p.missing_words = json.at("missing_words").get<std::vector<std::string>>();
    for (const Json& column : json.at("columns")) p.columns.push_back(column_from(column, file));
    require_sound(p, file);
    return p;
  } catch (const nlohmann::json::exception& error) {
    throw DataError::in_file(file, std::string("not a model of calando: ") + error.what());
  }
}

RowEncoder::RowEncoder(const Preprocessing& preprocessing) {
  for (const RawColumn& column : preprocessing.columns) {
    steps_.push_back({inputs_, column.categories.size(), column.categorical, column.has_missing});
    mean_.push_back(static_cast<float>(column.mean));
    factor_.push_back(static_cast<float>(1 / column.deviation));
    inputs_ += column.inputs();
    all_numeric_ = all_numeric_ && !column.categorical;
  }
}

void RowEncoder::encode(const float* raw, float* out) const noexcept {
  if (all_numeric_) {
    standardise(mean_.size(), raw, mean_.data(), factor_.data(), out);
    return;
  }
  std::fill_n(out, inputs_, 0.0F);
  for (std::size_t c = 0; c < steps_.size(); ++c) {
    const Step& step = steps_[c];
    if (!step.categorical) {
      if (!std::isnan(raw[c])) out[step.first] = encode_one(c, raw[c]);
    } else if (std::isnan(raw[c])) {
      if (step.has_missing) out[step.first + step.count] = 1.0F;
    } else if (raw[c] >= 0 && raw[c] < static_cast<float>(step.count)) {
      out[step.first + static_cast<std::size_t>(raw[c])] = 1.0F;
    }
  }
}

void RowEncoder::encode(const unsigned char* raw, float* out) const noexcept {
  standardise(mean_.size(), raw, mean_.data(), factor_.data(), out);
}

void RowEncoder::encode_zeros(float* out) const noexcept {
  for (std::size_t c = 0; c < mean_.size(); ++c) out[c] = encode_one(c, 0.0F);
}

}  // namespace calando::training
