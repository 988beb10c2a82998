// SPDX-License-Identifier: MIT
#include "src/cards/answer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "calando/schedule.h"
#include "src/cards/deck.h"
#include "src/cards/site.h"

namespace calando::cards {
namespace {

using nlohmann::json;

json asked(const json& request) { return json::parse(answer(request.dump())); }

TEST(Answer, OfEveryCardWithItsOwnValues) {
  for (const Card& card : deck()) {
    json values = json::object();
    for (const Parameter& parameter : card.parameters) values[parameter.name] = parameter.value;
    const json reply = asked({{"ask", "card"}, {"id", card.id}, {"values", values}});
    ASSERT_FALSE(reply.contains("error")) << card.id << ": " << reply["error"];
    EXPECT_FALSE(reply["steps"].empty());
    EXPECT_NE(reply["pictures"][0].get<std::string>().find("<svg"), std::string::npos);
  }
}

TEST(Answer, IsWhatTheLibraryComputes) {
  const json rates = asked({{"ask", "rates"}, {"spec", "cosine(0.1, 0, 100)"}, {"at", {0, 25, 50, 100}}});
  const Schedule schedule = cosine(0.1, 0, 100);
  EXPECT_EQ(rates["rates"], json({schedule(0), schedule(25), schedule(50), schedule(100)}));
  const json vectors = asked({{"ask", "vectors"}, {"a", {2, 1}}, {"b", {1, 3}}});
  EXPECT_NEAR(vectors["similarity"].get<double>(), std::sqrt(0.5), 1e-15);
  const json race = asked({{"ask", "descend"},
                           {"surface", "quadratic(condition=1)"},
                           {"from", {1, 1}},
                           {"optimizers", {"sgd(lr=0.5)"}},
                           {"steps", 2}});
  EXPECT_EQ(race["ends"][0]["value"], 0.0625);
}

TEST(Answer, OfAGridKeepsOutOfWalls) {
  // Three cells in a row: two steps to the goal, each for 1, the second discounted by a half.
  const json row = asked({{"ask", "grid"},
                          {"rows", 1},
                          {"columns", 3},
                          {"walls", json::array()},
                          {"discount", 0.5},
                          {"slip", 0}});
  EXPECT_NEAR(row["values"][0].get<double>(), -1.5, 1e-8);
  EXPECT_NEAR(row["values"][1].get<double>(), -1, 1e-8);
  const json walled =
      asked({{"ask", "grid"}, {"rows", 2}, {"columns", 3}, {"walls", {1}}, {"discount", 0.5}, {"slip", 0}});
  EXPECT_TRUE(walled["values"][1].is_null());
  EXPECT_NEAR(walled["values"][0].get<double>(), -1.75, 1e-8);
}

TEST(Answer, NamesWhatIsWrong) {
  EXPECT_NE(answer("{").find("error"), std::string::npos);
  EXPECT_NE(answer("{}").find("error"), std::string::npos);
  EXPECT_NE(asked({{"ask", "schedules"}, {"specs", {"cosin(1, 0, 5)"}}})["error"].get<std::string>().find(
                "did you mean"),
            std::string::npos);
  EXPECT_NE(
      asked({{"ask", "grid"}, {"rows", 2}, {"columns", 2}, {"walls", {3}}})["error"].get<std::string>().find(
          "a wall in cell 3"),
      std::string::npos);
}

TEST(Site, HoldsEveryCardAndAsksNobody) {
  const std::string page = site_page(deck(), "");
  EXPECT_LT(page.size(), std::size_t{5'000'000});
  EXPECT_EQ(page.find("@CARDS@"), std::string::npos);
  EXPECT_EQ(page.find("src=\"http"), std::string::npos);
  EXPECT_EQ(page.find("@import"), std::string::npos);
  const std::size_t start = page.find("application/json\">") + 18;
  const json data = json::parse(page.substr(start, page.find("</script>", start) - start));
  EXPECT_EQ(data["cards"].size(), deck().size());
  EXPECT_EQ(data["cards"][data["first"].get<std::size_t>()]["id"], "cosine-annealing");
}

}  // namespace
}  // namespace calando::cards
