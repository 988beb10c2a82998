// SPDX-License-Identifier: MIT
#include "src/train/predict.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>

#include "calando/error.h"
#include "calando/train.h"
#include "src/io/npy.h"
#include "src/train/data_testing.h"
#include "src/train/evaluation.h"
#include "src/train/run_report.h"

namespace calando::training {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// A model whose weights are 1, 2, 3, ... / 10, trained on nothing.
struct Made {
  DataSet data;
  ModelOptions options;
  std::unique_ptr<Network> network;
};

Made make(const DataOptions& options) {
  Made made;
  made.data = read(options);
  const Preprocessing& p = made.data.preprocessing;
  made.options = default_model(p.task);
  made.network = std::make_unique<Network>(made.options, p.task, p.inputs(), p.outputs());
  float next = 0;
  for (const NamedTensor& tensor : made.network->parameters()) {
    for (float& x : tensor.values) x = (next += 1) / 10;
  }
  return made;
}

std::string save(Made& made, const std::string& folder) {
  io::write_safetensors(folder + "/model.safetensors",
                        model_content(made.options, made.data.preprocessing, *made.network));
  return folder;
}

/// A line a row: the class, or the value.
std::vector<std::string> predict_all(Predictor& predictor) {
  std::vector<std::string> lines;
  while (predictor.next([&](const PredictedRow& row) {
    lines.push_back(row.label.empty() ? fmt::to_string(row.value) : std::string(row.label));
  })) {
  }
  return lines;
}

class PredictTable : public testing::Test {
 protected:
  PredictTable() {
    DataOptions options;
    options.path = folder_.write("t.csv", "a,town,y\n1,Ulm,10\n3,Bonn,30.5\n");
    options.target = "y";
    options.validation = "0";
    made_ = make(options);
    model_ = save(made_, folder_.path());
  }

  // a: mean 2, deviation 1; y: mean 20.25, deviation 10.25; weights 0.1 (a), 0.2 (Ulm), 0.3 (Bonn), bias 0.4
  static float by_hand(double a, double town) {
    return static_cast<float>(20.25 + 10.25 * ((a - 2) * 0.1 + town + 0.4));
  }

  DataFolder folder_;
  Made made_;
  std::string model_;
  cpu::Team team_{2};
};

TEST_F(PredictTable, PredictsRowForRowByTheNamesOfTheColumns) {
  Predictor predictor(model_, folder_.write("new.csv", "town,a\nBonn,1\nUlm,4\n"), team_);
  std::vector<float> values;
  while (predictor.next([&](const PredictedRow& row) { values.push_back(row.value); })) {
  }
  ASSERT_THAT(values, SizeIs(2));
  EXPECT_NEAR(values[0], by_hand(1, 0.3), 1e-5);
  EXPECT_NEAR(values[1], by_hand(4, 0.2), 1e-5);
  EXPECT_THAT(predictor.metrics(), IsEmpty());
  EXPECT_THAT(predictor.notes(), IsEmpty());
}

TEST_F(PredictTable, ScoresRowsThatHaveATarget) {
  const std::string truth = fmt::format("{:.9g}", by_hand(1, 0.3) + 2);
  Predictor predictor(model_, folder_.write("new.csv", "town,a,y\nBonn,1," + truth + "\nUlm,1,\n"), team_);
  EXPECT_THAT(predict_all(predictor), SizeIs(2));
  ASSERT_THAT(predictor.metrics(), SizeIs(3));
  EXPECT_EQ(predictor.metrics()[0].first, "rmse");
  EXPECT_NEAR(predictor.metrics()[0].second, 2, 1e-5);
}

TEST_F(PredictTable, SaysWhatIsMissingOrNew) {
  Predictor predictor(model_, folder_.write("new.csv", "town,a\nTrier,1\nUlm,\n"), team_);
  EXPECT_THAT(predict_all(predictor), SizeIs(2));
  EXPECT_THAT(predictor.notes(),
              ElementsAre(HasSubstr("1 cells have no value"), HasSubstr("1 cells hold words")));
}

TEST_F(PredictTable, TheSameBitsAsInAProgram) {
  Predictor predictor(model_, folder_.write("new.csv", "a,town\n1.5,Bonn\n-7,Ulm\n,Trier\n"), team_);
  std::vector<float> values;
  while (predictor.next([&](const PredictedRow& row) { values.push_back(row.value); })) {
  }
  const Model model = Model::load(model_);
  EXPECT_THAT(model.features(), ElementsAre("a", "town"));
  EXPECT_THAT(model.categories(1), ElementsAre("Ulm", "Bonn"));
  const std::vector<float> rows = {1.5F, 1, -7, 0, kNaN, -1};
  EXPECT_EQ(model.predict(rows), values);
  EXPECT_EQ(model.predict(std::span(rows).subspan(2, 2))[0], values[1]);
}

TEST_F(PredictTable, AProgramIsToldOfWrongRows) {
  const Model model = Model::load(model_);
  const auto refused = [&](std::vector<float> rows) {
    try {
      model.predict(rows);
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(refused({1}), HasSubstr("1 values, expected whole rows of 2 features"));
  EXPECT_THAT(refused({INFINITY, 0}), HasSubstr("feature \"a\": inf"));
  EXPECT_THAT(refused({1, 2}), HasSubstr("feature \"town\": 2, expected the index of one of 2 categories"));
  EXPECT_EQ(refused({}), "no error");
}

TEST_F(PredictTable, EvaluatesInTheDatasOwnUnits) {
  const Evaluation evaluation =
      evaluate(team_, *made_.network, made_.data.preprocessing, made_.data.training);
  EXPECT_NEAR(evaluation.regression->predicted()[1], by_hand(3, 0.3), 1e-5);
  const double first = (by_hand(1, 0.2) - 10) / 10.25;
  const double second = (by_hand(3, 0.3) - 30.5) / 10.25;
  EXPECT_NEAR(evaluation.loss, (first * first + second * second) / 2, 1e-6);
}

TEST_F(PredictTable, TheReportsCoefficientsPredict) {
  const Evaluation evaluation =
      evaluate(team_, *made_.network, made_.data.preprocessing, made_.data.training);
  RunFacts facts;
  facts.model = made_.options;
  const ReportData report =
      run_report(facts, made_.data, *made_.network, made_.data.training, evaluation, {});
  const auto& rows = report.coefficients->rows;
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_EQ(rows[3].feature, "town = Bonn");
  EXPECT_NEAR(rows[0].values[0] + 7 * rows[1].values[0] + rows[3].values[0], by_hand(7, 0.3), 1e-4);
  EXPECT_EQ(rows[1].deviation, 1);
  EXPECT_EQ(rows[2].deviation, 0.5);
}

TEST_F(PredictTable, RefusesWhatIsNoModel) {
  const auto refused = [&](const std::string& path) {
    return io::data_error([&] { load_saved_model(path); });
  };
  DataFolder empty;
  EXPECT_THAT(refused(empty.path()), HasSubstr("there is no model.safetensors in it"));
  EXPECT_THAT(refused(folder_.path() + "/t.csv"), HasSubstr("t.csv"));
  io::Safetensors other;
  io::write_safetensors(folder_.path() + "/model.safetensors", other);
  EXPECT_THAT(refused(folder_.path()), HasSubstr("is no model of calando train"));
  io::Safetensors torn = model_content(made_.options, made_.data.preprocessing, *made_.network);
  torn.tensors.erase("layer1.bias");
  io::write_safetensors(folder_.path() + "/model.safetensors", torn);
  EXPECT_THAT(refused(folder_.path()), HasSubstr("there is no tensor layer1.bias"));
}

TEST(Predict, ALabelThatTrainingNeverShowedIsInNoMetric) {
  DataFolder folder;
  DataOptions options;
  options.path = folder.write("t.csv", "a,y\n1,no\n3,yes\n");
  options.target = "y";
  options.validation = "0";
  Made made = make(options);
  cpu::Team team(1);
  Predictor predictor(save(made, folder.path()), folder.write("new.csv", "a,y\n9,yes\n8,?\n"), team);
  EXPECT_THAT(predict_all(predictor), ElementsAre("yes", "yes"));
  EXPECT_EQ(predictor.metrics()[0], (std::pair<std::string, double>{"accuracy", 1}));
  EXPECT_THAT(predictor.notes(),
              ElementsAre(HasSubstr("1 rows have a label that training never showed, first")));
  EXPECT_THAT(predictor.notes(), ElementsAre(HasSubstr("new.csv:3: \"?\"")));
}

TEST(Predict, ReadsArraysAndSparseRowsToo) {
  DataFolder folder;
  const std::vector<float> rows = {1, 10, 3, 10, 2, 30};
  DataOptions options;
  options.path = folder.write("x.npy", io::npy_bytes(io::view_of<float>(rows, {3, 2})));
  options.target = folder.write("y.npy", io::npy_bytes(io::view_of<float>(std::vector<float>{0, 1, 1}, {3})));
  options.validation = "0";
  Made made = make(options);
  cpu::Team team(1);
  Predictor predictor(save(made, folder.path()), options.path + ":" + options.target, team);
  EXPECT_THAT(predict_all(predictor), SizeIs(3));
  EXPECT_THAT(predictor.metrics(), SizeIs(2));

  options = {};
  options.path = folder.write("a.txt", "1 1:4 3:1\n-1 2:2\n");
  options.validation = "0";
  Made sparse = make(options);
  const std::string model = save(sparse, folder.path());
  Predictor sparse_predictor(model, options.path, team);
  std::vector<float> probabilities;
  while (sparse_predictor.next(
      [&](const PredictedRow& row) { probabilities.push_back(row.probabilities[1]); })) {
  }
  const std::vector<float> dense = {4, 0, 1, 0, 2, 0};
  const std::vector<float> in_program = Model::load(model).predict(dense);
  EXPECT_THAT(probabilities, ElementsAre(in_program[1], in_program[3]));
}

TEST(Predict, SeveralThreadsMayAskOneModel) {
  DataFolder folder;
  DataOptions options;
  options.path = folder.write("t.csv", "a,y\n1,no\n3,yes\n");
  options.target = "y";
  options.validation = "0";
  Made made = make(options);
  const Model model = Model::load(save(made, folder.path()));
  const std::vector<float> rows(3000, 2.5F);
  const std::vector<float> expected = model.predict(rows);
  std::vector<std::vector<float>> answers(4);
  {
    std::vector<std::jthread> threads;
    for (auto& answer : answers) threads.emplace_back([&] { answer = model.predict(rows); });
  }
  for (const auto& answer : answers) EXPECT_EQ(answer, expected);
}

}  // namespace
}  // namespace calando::training
