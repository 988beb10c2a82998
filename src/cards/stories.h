// SPDX-License-Identifier: MIT
// Stories from feeds, ranked by how similar their words are to a reader's interests.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace calando::cards {

/// Plain text, without markup.
struct Story {
  std::string title;
  std::string link;  // http or https; empty where the feed has another
  std::string summary;
  double similarity = 0;
};

/// Reads RSS 2.0, RSS 1.0 or Atom. Markup in titles and summaries is left out, scripts and styles with their text; entities of the feed's
/// own are not expanded.
///
/// Throws:  DataError: no XML (with the byte), no feed, larger than 64 MiB
std::vector<Story> read_feed(const std::string& path);
std::vector<Story> parse_feed(const std::string& name, std::string_view text);

/// HTML as text: tags left out, entities decoded, white space folded, bytes that are no UTF-8 replaced.
std::string text_of_html(std::string_view html);

/// The words of a text, in lower case, letters and digits of at least two.
std::vector<std::string> words_of(std::string_view text);

/// The stories nearest to the texts of `wanted` by the cosine of their words, the nearest first; of equals the earlier. Each wanted text
/// counts the same, however long it is. Words count by how often they stand in a text and how rare they are among all texts, the stories
/// and `others`: without the latter a short feed would not know that "to" and "one" say little. A plural is the word of its singular.
///
///   weight(word) = (1 + ln(times)) ln((texts + 1) / texts with it)
///
/// Source:  Salton & Buckley 1988, "Term-weighting approaches in automatic text retrieval".
std::vector<Story> nearest_stories(std::vector<Story> stories, std::span<const std::string> wanted,
                                   std::span<const std::string> others, std::size_t count);

}  // namespace calando::cards
