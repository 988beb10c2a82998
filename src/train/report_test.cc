// SPDX-License-Identifier: MIT
#include "src/train/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/plot/well_formed.h"
#include "src/train/report_page.h"
#include "src/train/report_text.h"

namespace calando::training {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kHostile = "</script><img src=x onerror=alert(1)>&\"'@title@\x01\xFF";

ReportData with_curves() {
  ReportData data;
  data.title = kHostile;
  data.subtitle = kHostile;
  data.command = "calando train " + kHostile;
  data.model = data.optimizer = data.schedule = data.scored_on = data.metric_name = kHostile;
  data.versions = {{kHostile, kHostile}};
  data.metrics = {{kHostile, 0.25}, {"test_loss", std::nan("")}};
  data.data_summary = {{kHostile, kHostile}};
  data.columns = {{kHostile, kHostile, 3, kHostile}};
  data.events = {{2, kHostile}};
  for (int i = 0; i < 5; ++i) data.steps.push_back({1.0 * i, 0.1 * i, 1.0 / (i + 1), 1e-3, 2.0, 1e5});
  data.steps[3].loss = INFINITY;
  data.epochs = {{2, 1, 0.7, 0.8, 0.5}, {4, 2, 0.4, kNotMeasured, 0.6}};
  return data;
}

ClassificationReport two_classes() {
  ClassificationReport report;
  report.classes = {kHostile, "b"};
  report.confusion = {8, 2, 1, 0};
  report.mistakes = {
      {.row = 7, .truth = 0, .predicted = 1, .probability = 0.9, .pixels = {0, 1, 2, 3}, .cells = {}}};
  report.image_rows = report.image_columns = 2;
  report.calibration = {{0.5, 0.4, 10}, {0.9, 0.95, 0}};
  return report;
}

ReportData everything() {
  ReportData data = with_curves();
  data.classification = two_classes();
  data.regression = RegressionReport{kHostile, {1, 2, 3}, {1.1, 1.9, std::nan("")}};
  data.coefficients =
      CoefficientReport{{kHostile}, {{"intercept", kNotMeasured, {1}}, {kHostile, 2, {-0.5}}}};
  return data;
}

/// The chart with an id, from the page's data.
nlohmann::json chart_of(const std::string& html, const std::string& id) {
  const std::string mark = "id=\"report-data\">";
  const std::size_t start = html.find(mark) + mark.size();
  const auto data = nlohmann::json::parse(html.substr(start, html.find("</script>", start) - start));
  for (const auto& chart : data.at("charts")) {
    if (chart.at("id") == id) return chart;
  }
  return nullptr;
}

TEST(Report, IsWellFormed) {
  EXPECT_EQ(plot::markup_fault(report_html(everything())), "");
  EXPECT_EQ(plot::markup_fault(report_html(ReportData{})), "");
}

TEST(Report, LetsNoTextBecomeMarkup) {
  const std::string html = report_html(everything());
  EXPECT_THAT(html, Not(HasSubstr("<img src=x")));
  EXPECT_THAT(html, HasSubstr("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;@title@"));
  // The template's three scripts, and no more.
  std::size_t scripts = 0;
  for (std::size_t at = html.find("<script"); at != html.npos; at = html.find("<script", at + 1)) ++scripts;
  EXPECT_EQ(scripts, 3u);
}

TEST(Report, FetchesNothing) {
  std::string html = report_html(everything());
  html.erase(html.find(kChartLibrary), kChartLibrary.size());  // its notice names its home
  for (const char* what :
       {"src=\"http", "href=", "src=\"//", "url(", "@import", "<link", "<iframe", "fetch(", "https://"}) {
    EXPECT_EQ(html.find(what), std::string::npos) << what;
  }
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));  // and the browser is told to refuse it
}

TEST(Report, IsTheSameForTheSameData) { EXPECT_EQ(report_html(everything()), report_html(everything())); }

TEST(Report, DrawsEachCurveThatWasMeasured) {
  const std::string html = report_html(with_curves());
  const auto loss = chart_of(html, "loss");
  ASSERT_EQ(loss.at("layers").size(), 4u);  // the event, batches, train, validation
  EXPECT_EQ(loss["layers"][0]["kind"], "guide");
  EXPECT_EQ(loss["layers"][1]["x"], nlohmann::json({0, 1, 2, 3, 4}));
  EXPECT_EQ(loss["layers"][1]["y"], nlohmann::json({1, 0.5, 0.333333, nullptr, 0.2}));
  EXPECT_EQ(loss["layers"][3]["y"], nlohmann::json({0.8, nullptr}));
  EXPECT_EQ(chart_of(html, "metric")["layers"][0]["y"], nlohmann::json({0.5, 0.6}));

  ReportData without = with_curves();
  for (StepRecord& record : without.steps) record.gradient_norm = kNotMeasured;
  EXPECT_TRUE(chart_of(report_html(without), "gradient").is_null());
}

TEST(Report, OfALongRunIsSmallAndKeepsItsPeak) {
  ReportData data;
  for (int i = 0; i < 400'000; ++i) {
    data.steps.push_back({1.0 * i, i / 1e4, 1 + 0.1 * (i % 7), 1e-3, 1.0 + i % 3, 1e5 + i % 11});
  }
  data.steps[123'456].loss = 77;
  data.classification = two_classes();
  data.classification->image_rows = data.classification->image_columns = 200;
  for (int i = 0; i < 100; ++i) {
    Mistake mistake{.row = 1, .truth = 0, .predicted = 1, .probability = 1, .pixels = {}, .cells = {}};
    for (int p = 0; p < 200 * 200; ++p)
      mistake.pixels.push_back(static_cast<std::uint8_t>(p * 2654435761u >> 13));
    data.classification->mistakes.push_back(mistake);
  }
  data.classification->mistakes.erase(data.classification->mistakes.begin());
  const std::string html = report_html(data);
  EXPECT_LT(html.size(), 1'000'000u);
  EXPECT_THAT(chart_of(html, "loss")["layers"][0]["y"], testing::Contains(77));
}

TEST(Report, ShowsMistakesAsPicturesOrAsATable) {
  ReportData data = with_curves();
  data.classification = two_classes();
  EXPECT_THAT(report_html(data), HasSubstr("<img src=\"data:image/png;base64,iVBORw0KGgo"));
  data.classification->image_rows = 0;
  data.classification->mistake_columns = {"<size>"};
  data.classification->mistakes[0].cells = {"<5>"};
  const std::string html = report_html(data);
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, HasSubstr("&lt;size&gt;"));
  EXPECT_THAT(html, HasSubstr("&lt;5&gt;"));
}

TEST(Report, RefusesPartsWhoseSizesDoNotFit) {
  const auto refused = [](const auto& change) {
    ReportData data = everything();
    change(data);
    try {
      report_html(data);
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refused([](ReportData& d) { d.classification->confusion.pop_back(); }),
            "confusion matrix: 3 cells for 2 classes, expected 4");
  EXPECT_EQ(refused([](ReportData& d) { d.classification->mistakes[0].predicted = 2; }),
            "mistakes: class 2 of 2");
  EXPECT_THAT(refused([](ReportData& d) { d.classification->mistakes[0].pixels.pop_back(); }),
              HasSubstr("2 x 2 with 3 pixels"));
  EXPECT_EQ(refused([](ReportData& d) { d.regression->truth.pop_back(); }),
            "regression: 3 predictions for 2 rows");
  EXPECT_THAT(refused([](ReportData& d) { d.coefficients->rows[0].values.pop_back(); }),
              HasSubstr("coefficients: 0 values for \"intercept\", expected 1"));
}

TEST(ClassScores, AreTheSharesThatTheirNamesSay) {
  const std::vector<ClassScore> scores = class_scores(3, {8, 2, 0, 1, 0, 0, 0, 0, 0});
  EXPECT_EQ(scores[0].support, 10u);
  EXPECT_DOUBLE_EQ(scores[0].precision, 8.0 / 9);
  EXPECT_DOUBLE_EQ(scores[0].recall, 0.8);
  EXPECT_DOUBLE_EQ(scores[0].f1, 2 * (8.0 / 9) * 0.8 / (8.0 / 9 + 0.8));
  EXPECT_EQ(scores[1].precision, 0);
  EXPECT_EQ(scores[1].recall, 0);
  EXPECT_EQ(scores[1].f1, 0);
  EXPECT_TRUE(std::isnan(scores[2].precision));
  EXPECT_TRUE(std::isnan(scores[2].recall));
  EXPECT_TRUE(std::isnan(scores[2].f1));
}

TEST(Shown, HasFourDigits) {
  EXPECT_EQ(shown(0.89312), "0.8931");
  EXPECT_EQ(shown(0.0094358), "0.009436");
  EXPECT_EQ(shown(36.9412), "36.94");
  EXPECT_EQ(shown(-1234.5678), "−1235");
  EXPECT_EQ(shown(60000), "60\u202F000");
  EXPECT_EQ(shown(-3.9764e-6), "−3.976×10⁻⁶");
  EXPECT_EQ(shown(std::nan("")), "–");
  EXPECT_EQ(shown(-0.0), "0");
}

}  // namespace
}  // namespace calando::training
