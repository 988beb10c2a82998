// SPDX-License-Identifier: MIT
#include "src/train/data_set.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "calando/error.h"
#include "src/train/data_testing.h"

namespace calando::training {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string text_of(const DataSet& set, const std::string& name) {
  for (const auto& [key, text] : set.summary) {
    if (key == name) return text;
  }
  return "";
}

DataOptions options_for(const std::string& path, const std::string& target) {
  DataOptions options;
  options.path = path;
  options.target = target;
  options.validation = "0";
  return options;
}

const char* const kTowns = "age,town,y\n20,Ulm,no\n40,,yes\n,Bonn,no\n60,Ulm,yes\n";

TEST(DataSet, StandardisesNumbersAndGivesEachCategoryAnInput) {
  DataFolder folder;
  const DataSet set = read(options_for(folder.write("t.csv", kTowns), "y"));
  const float one = static_cast<float>(std::sqrt(1.5));  // 20, 40 and 60: mean 40, deviation sqrt(800/3)
  EXPECT_THAT(set.preprocessing.input_names(),
              ElementsAre("age", "town = Ulm", "town = Bonn", "town missing"));
  EXPECT_FLOAT_EQ(inputs_of(set.training, 0)[0], -one);
  EXPECT_THAT(inputs_of(set.training, 1), ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(inputs_of(set.training, 2), ElementsAre(0, 0, 1, 0));
  EXPECT_FLOAT_EQ(inputs_of(set.training, 3)[0], one);
  EXPECT_THAT(set.preprocessing.classes, ElementsAre("no", "yes"));
  EXPECT_THAT(set.training.labels, ElementsAre(0, 1, 0, 1));
  EXPECT_EQ(text_of(set, "missing"),
            "2 cells in 2 columns, numbers taken as their column's mean, words as a category of their own");
}

TEST(DataSet, LeavesOutOrRefusesRowsThatMissAValue) {
  DataFolder folder;
  DataOptions options = options_for(folder.write("t.csv", kTowns), "y");
  options.missing = "drop";
  EXPECT_EQ(read(options).training.rows(), 2U);
  options.missing = "refuse";
  EXPECT_EQ(refusal<DataError>(options),
            "t.csv:3: column \"town\": there is no value, and --missing refuse allows none");
  options.missing = "dropp";
  EXPECT_EQ(refusal<UsageError>(options),
            "--missing dropp: expected impute, drop, refuse; did you mean \"drop\"?");
}

TEST(DataSet, ARowWithoutATargetIsNeverTrainedOn) {
  DataFolder folder;
  DataOptions options = options_for(folder.write("t.csv", "a,y\n1,no\n2,\n3,yes\n"), "y");
  const DataSet set = read(options);
  EXPECT_EQ(set.training.rows(), 2U);
  EXPECT_EQ(text_of(set, "missing"), "none; 1 row without a target left out");
  options.missing = "refuse";
  EXPECT_THAT(refusal<DataError>(options), HasSubstr("t.csv:3: column \"y\""));
}

TEST(DataSet, TellsTheTaskByTheTarget) {
  DataFolder folder;
  std::string twenty = "a,y\n";
  std::string more = twenty;
  std::string halves = twenty;
  for (int i = 0; i < 60; ++i) {
    twenty += fmt::format("{},{}\n", i, i % 20);
    more += fmt::format("{},{}\n", i, i % 21);
    halves += fmt::format("{},{}\n", i, i % 2 == 0 ? "0.5" : "1");
  }
  const auto task = [&](const std::string& text, const std::string& word) {
    DataOptions options = options_for(folder.write("t.csv", text), "y");
    options.task = word;
    return read(options).preprocessing;
  };
  EXPECT_EQ(task(twenty, "").task, Task::classification);
  EXPECT_EQ(task(twenty, "").classes.back(), "19");
  EXPECT_EQ(task(twenty, "regression").task, Task::regression);
  EXPECT_EQ(task(more, "").task, Task::regression);
  EXPECT_EQ(task(more, "classification").classes.size(), 21U);
  EXPECT_EQ(task(halves, "").task, Task::regression);
  EXPECT_THAT(task(halves, "classification").classes, ElementsAre("0.5", "1"));
}

TEST(DataSet, ARegressionOfWordsIsAUsageError) {
  DataFolder folder;
  DataOptions options = options_for(folder.write("t.csv", kTowns), "y");
  options.task = "regression";
  EXPECT_EQ(refusal<UsageError>(options),
            "--task regression: column \"y\" of t.csv is words, such as \"no\"");
}

TEST(DataSet, ScalesTheTargetOfARegression) {
  DataFolder folder;
  const DataSet set = read(options_for(folder.write("t.csv", "a,y\n1,0.5\n2,1.5\n3,2.5\n"), "y"));
  EXPECT_EQ(set.preprocessing.target_mean, 1.5);
  EXPECT_THAT(set.training.values, ElementsAre(0.5F, 1.5F, 2.5F));
  EXPECT_FLOAT_EQ(set.training.scaled[2], static_cast<float>(std::sqrt(1.5)));
}

TEST(DataSet, NamesATargetThatIsNotThere) {
  DataFolder folder;
  const std::string path = folder.write("t.csv", kTowns);
  EXPECT_EQ(refusal<UsageError>(options_for(path, "aeg")),
            "--target aeg: t.csv has no such column; did you mean \"age\"?");
  EXPECT_EQ(refusal<UsageError>(options_for(path, "price")),
            "--target price: t.csv has no such column; its columns are age, town, y");
  EXPECT_EQ(refusal<UsageError>(options_for(path, "")),
            "--target is missing: the column of t.csv to predict, one of age, town, y");
}

TEST(DataSet, RefusesOneClassAndNoRows) {
  DataFolder folder;
  EXPECT_EQ(refusal<DataError>(options_for(folder.write("t.csv", "a,y\n1,x\n2,x\n"), "y")),
            "t.csv: column \"y\": one class only, \"x\", expected two or more");
  EXPECT_EQ(refusal<DataError>(options_for(folder.write("t.csv", "a,y\n"), "y")),
            "t.csv: has no rows to use");
}

TEST(DataSet, SplitsEachClassAlike) {
  DataFolder folder;
  std::string text = "a,y\n";
  for (int i = 0; i < 1000; ++i) text += fmt::format("{},{}\n", i, i % 10 == 0 ? "rare" : "often");
  DataOptions options = options_for(folder.write("t.csv", text), "y");
  options.validation = "";
  const DataSet set = read(options);
  EXPECT_EQ(set.training.rows(), 900U);
  EXPECT_EQ(set.validation.rows(), 100U);
  EXPECT_EQ(std::count(set.validation.labels.begin(), set.validation.labels.end(), 1), 10);
  EXPECT_EQ(text_of(set, "rows"), "900 to train, 100 to validate");

  std::map<float, int> seen;  // every row is in one of the two, once
  for (const DataPart* part : {&set.training, &set.validation}) {
    for (std::size_t row = 0; row < part->rows(); ++row) ++seen[raw_row_of(*part->features, row)[0]];
  }
  EXPECT_EQ(seen.size(), 1000U);
  const DataSet other = read(options, 1, 2);
  EXPECT_NE(raw_row_of(*set.validation.features, 0)[0], raw_row_of(*other.validation.features, 0)[0]);
}

TEST(DataSet, IsTheSameForAnyTeam) {
  DataFolder folder;
  std::string text = "a,b,town,y\n";
  for (int i = 0; i < 30000; ++i)
    text += fmt::format("{},{},t{},{}\n", std::sin(i), i * i % 97, i % 5, i % 3);
  const DataOptions options = options_for(folder.write("t.csv", text), "y");
  const DataSet one = read(options, 1);
  const DataSet three = read(options, 3);
  EXPECT_EQ(to_json(one.preprocessing), to_json(three.preprocessing));
  EXPECT_EQ(one.identity, three.identity);
  EXPECT_EQ(inputs_of(one.training, 29999), inputs_of(three.training, 29999));
}

TEST(DataSet, FindsColumnsOfLaterFilesByName) {
  DataFolder folder;
  DataOptions options = options_for(folder.write("t.csv", "age,town,y\n20,Ulm,no\n40,Bonn,yes\n"), "y");
  options.test = folder.write("new.csv", "y,id,town,age\nyes,7,Ulm,40\nno,8,Trier,20\n");
  const DataSet set = read(options);
  EXPECT_THAT(inputs_of(set.test, 0), ElementsAre(1, 1, 0));
  EXPECT_THAT(inputs_of(set.test, 1), ElementsAre(-1, 0, 0));
  EXPECT_THAT(set.test.labels, ElementsAre(1, 0));
  ASSERT_EQ(set.warnings.size(), 1U);
  EXPECT_THAT(set.warnings[0], HasSubstr("1 cells of column \"town\" hold words that training never showed"));
}

TEST(DataSet, RefusesALaterFileThatDoesNotFit) {
  DataFolder folder;
  DataOptions options = options_for(folder.write("t.csv", "age,town,y\n20,Ulm,no\n40,Bonn,yes\n"), "y");
  options.validation = folder.write("new.csv", "age,town,y\n20,Ulm,no\n21,Ulm,perhaps\n");
  EXPECT_EQ(refusal<DataError>(options),
            "new.csv:3: column \"y\": \"perhaps\" was never seen in training, expected one of no, yes");
  folder.write("new.csv", "age,place,y\n20,Ulm,no\n");
  EXPECT_EQ(refusal<DataError>(options),
            "new.csv:1: no column \"town\", which the model was trained on; the columns are age, place, y");
  folder.write("new.csv", "age,town\n20,Ulm\n");
  EXPECT_EQ(refusal<DataError>(options), "new.csv: there is no column \"y\" to measure against");
  folder.write("new.csv", "1 1:2 3:4\n");
  EXPECT_THAT(refusal<DataError>(options),
              HasSubstr("another format than the data that the model was trained on: a table"));
}

TEST(DataSet, ACategoryThatOnlyTheValidationRowsHaveIsNoInput) {
  DataFolder folder;
  std::string text = "town,y\nRare,0\n";
  for (int i = 0; i < 19; ++i) text += fmt::format("{},{}\n", i % 2 == 0 ? "Ulm" : "Bonn", i % 2);
  DataOptions options = options_for(folder.write("t.csv", text), "y");
  options.validation = "0.2";
  bool kept_back = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const DataSet set = read(options, 1, seed);
    const bool here = file_row_of(*set.validation.features, 0) == 0;
    kept_back |= here;
    EXPECT_EQ(set.preprocessing.inputs(), here ? 2U : 3U);
    if (here) {
      EXPECT_THAT(inputs_of(set.validation, 0), ElementsAre(0, 0));
    }
  }
  EXPECT_TRUE(kept_back);  // else the seeds tested nothing
}

TEST(DataSet, IgnoresColumns) {
  DataFolder folder;
  DataOptions options = options_for(folder.write("t.csv", kTowns), "y");
  options.ignore = {"town"};
  EXPECT_THAT(read(options).preprocessing.input_names(), ElementsAre("age"));
  options.ignore = {"twon"};
  EXPECT_EQ(refusal<UsageError>(options),
            "ignored column \"twon\": t.csv has no such column; did you mean \"town\"?");
  options.ignore = {"y"};
  EXPECT_EQ(refusal<UsageError>(options), "--ignore y: it is the target");
}

TEST(DataSet, RefusesCommasInNumbersAndBytesThatAreNotUtf8) {
  DataFolder folder;
  EXPECT_THAT(
      refusal<DataError>(options_for(folder.write("t.csv", "a;y\n1,5;no\n2;yes\n"), "y")),
      HasSubstr("t.csv:2: column \"a\": \"1,5\" has a comma; numbers are written with a decimal point"));
  EXPECT_THAT(
      refusal<DataError>(options_for(folder.write("t.csv", "a,y\n1,no\n2,\"a\nb\"\n3,K\xF6ln\n"), "y")),
      HasSubstr("t.csv:5: column \"y\": \"K\\xf6ln\" is not UTF-8; convert the file"));
}

TEST(DataSet, WarnsOfAWordAmongNumbers) {
  DataFolder folder;
  const DataSet set = read(options_for(folder.write("t.csv", "a,y\n1,no\n2,yes\nNA,no\n4,no\n5,yes\n"), "y"));
  ASSERT_EQ(set.warnings.size(), 1U);
  EXPECT_EQ(set.warnings[0],
            "column \"a\" is read as words because of \"NA\", though 4 of its 5 different cells are numbers; "
            "--missing-word NA or "
            "--numeric a reads it as numbers");
}

TEST(DataSet, SaysWhichDataDiffer) {
  DataFolder folder;
  DataOptions options = options_for(folder.write("t.csv", kTowns), "y");
  const DataIdentity before = read(options).identity;
  EXPECT_NO_THROW(require_same_data(identity_from_json("c", to_json(before)), before, options, "run"));
  const auto difference = [&](const std::string& content) {
    folder.write("t.csv", content);
    try {
      require_same_data(before, read(options).identity, options, "run");
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_THAT(difference(std::string(kTowns) + "1,Ulm,no\n"), HasSubstr("training rows were 4, are 5 now"));
  EXPECT_THAT(difference("age,twon,y\n20,Ulm,no\n40,,yes\n,Bonn,no\n60,Ulm,yes\n"),
              HasSubstr("training columns were"));
  EXPECT_THAT(difference("age,town,y\n20,Ulm,no\n40,,yes\n,Bonn,no\n61,Ulm,yes\n"),
              HasSubstr("training values were"));
  EXPECT_THAT(difference("age,town,y\n20,Ulm,no\n40,,yes\n,Bonn,no\n60,Ulm,no\n"),
              HasSubstr("training target were"));
}

}  // namespace
}  // namespace calando::training
