// SPDX-License-Identifier: MIT
// calando explain [CONCEPT]: a concept card, its numbers computed; the cards' site; the daily mail.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/cards/daily.h"
#include "src/cards/deck.h"
#include "src/cards/explain.h"
#include "src/cards/mail.h"
#include "src/cards/site.h"
#include "src/io/atomic_file.h"
#include "src/io/file.h"
#include "tools/command.h"
#include "tools/output.h"

namespace calando::tools {
namespace {

struct Options {
  std::string concept_name;
  std::vector<std::string> values;
  std::string site;    // a folder
  std::string module;  // the WebAssembly module's script
  bool daily = false;
  std::string date;
  std::vector<std::string> feeds;
  std::string interests;
  std::string from;
  std::string to;
};

constexpr std::size_t kStories = 5;

void list_cards(bool as_json, Output& out) {
  if (as_json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const cards::Card& card : cards::deck())
      all.push_back({{"id", card.id}, {"name", card.name}, {"area", card.area}});
    out.text(all.dump(1)).text("\n");
    return;
  }
  std::string_view area;
  for (const cards::Card& card : cards::deck()) {
    if (card.area != area) out.text(area.empty() ? "" : "\n").text(card.area).text("\n");
    area = card.area;
    out.text(fmt::format("  {:<34} {}\n", card.id, card.name));
  }
}

plot::TerminalOptions terminal_options() {
  plot::TerminalOptions drawn;
  drawn.columns = static_cast<std::size_t>(std::clamp(terminal_width(), 40, 100));
  if (stdout_has_color()) drawn.colour = plot::Colour::ansi;
  return drawn;
}

void explain_card(const Options& options, bool as_json, Output& out) {
  const cards::Card& card = cards::find_card(options.concept_name);
  const cards::Explanation explanation = cards::explain(card, cards::changed_values(card, options.values));
  out.text(as_json ? cards::to_json(explanation).dump(1) + "\n"
                   : cards::to_terminal(explanation, terminal_options()));
}

void write_site(const Options& options, const Common& common) {
  const std::string module =
      options.module.empty() ? std::string() : std::string(io::read_file(options.module).bytes.view);
  std::error_code error;
  std::filesystem::create_directories(options.site, error);
  if (error) throw RunError(fmt::format("{}: {}", options.site, error.message()));
  const std::string path = (std::filesystem::path(options.site) / "index.html").string();
  io::write_file(path, cards::site_page(cards::deck(), module));
  if (!common.quiet) fmt::print(stderr, "calando: {} cards in {}\n", cards::deck().size(), path);
}

/// The reader's interests, and what the day's cards say.
std::vector<std::string> wanted_texts(const Options& options,
                                      const std::vector<cards::Explanation>& explanations) {
  std::string words;
  for (const cards::Explanation& explanation : explanations)
    words += explanation.card->name + " " + explanation.text + " ";
  return {options.interests, words};
}

void write_mail(const Options& options, Output& out) {
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  cards::DailyMail mail{.day = options.date.empty() ? today : cards::parse_day(options.date),
                        .from = options.from,
                        .to = options.to,
                        .cards = {},
                        .stories = {}};
  for (const cards::Card* card : cards::cards_of_day(mail.day))
    mail.cards.push_back(cards::explain(*card, cards::default_values(*card)));
  for (const std::string& feed : options.feeds) {
    std::vector<cards::Story> stories = cards::read_feed(feed);
    mail.stories.insert(mail.stories.end(), std::make_move_iterator(stories.begin()),
                        std::make_move_iterator(stories.end()));
  }
  std::vector<std::string> texts;
  for (const cards::Card& card : cards::deck()) texts.push_back(card.text);
  mail.stories =
      cards::nearest_stories(std::move(mail.stories), wanted_texts(options, mail.cards), texts, kStories);
  out.text(cards::compose(mail));
}

void check_words(const Options& options) {
  if (options.daily && !options.values.empty()) throw UsageError("--daily takes one date and no values");
  if (options.daily && (options.from.empty() || options.to.empty()))
    throw UsageError("--daily needs --from ADDRESS and --to ADDRESS");
  if (!options.daily &&
      !(options.feeds.empty() && options.interests.empty() && options.from.empty() && options.to.empty())) {
    throw UsageError("--stories, --interests, --from and --to go with --daily");
  }
  if (options.site.empty() && !options.module.empty()) throw UsageError("--module goes with --site");
}

int run(Options options, const Common& common) {
  check_words(options);
  Output out;
  if (!options.site.empty()) {
    write_site(options, common);
  } else if (options.daily) {
    options.date = options.concept_name;
    write_mail(options, out);
  } else if (options.concept_name.empty()) {
    list_cards(common.json, out);
  } else {
    explain_card(options, common.json, out);
  }
  out.finish();
  return kDone;
}

void declare(CLI::App& app, Options& options) {
  app.add_option("CONCEPT", options.concept_name,
                 "a card's name; without one: the list; with --daily a date");
  app.add_option("name=value", options.values, "numbers of your own for the worked example");
  app.add_option("--site", options.site, "write all cards as a page that opens offline")->option_text("DIR");
  app.add_option("--module", options.module,
                 "with --site: the WebAssembly module of `make site`, for sliders and the playground")
      ->option_text("FILE.js");
  app.add_flag("--daily", options.daily, "a mail with five cards, for sendmail -t, on stdout");
  app.add_option("--stories", options.feeds, "with --daily: RSS or Atom; may be repeated")
      ->option_text("FEED.xml")
      ->allow_extra_args(false);
  app.add_option("--interests", options.interests, "with --stories: words to rank them by, beside the cards'")
      ->option_text("WORDS");
  app.add_option("--from", options.from, "with --daily: the sender")->option_text("ADDRESS");
  app.add_option("--to", options.to, "with --daily: the reader")->option_text("ADDRESS");
}

}  // namespace

Command explain_command() {
  return {
      .name = "explain",
      .summary = "Explain a concept: formula, worked example with your numbers, picture, what goes wrong.",
      .examples =
          "calando explain\n"
          "calando explain cosine-annealing\n"
          "calando explain cosine-annealing lr0=0.1 T=100 t=50\n"
          "calando explain --site cards\n"
          "calando explain --daily 2026-11-25 --stories feed.xml --interests \"optimizers, search\" --from "
          "cards@example.org "
          "--to anna@example.org > mail.eml\n",
      .computes = false,
      .declare = [](CLI::App& app) -> Run {
        auto options = std::make_shared<Options>();
        declare(app, *options);
        return [options](const Common& common) { return run(*options, common); };
      }};
}

}  // namespace calando::tools
