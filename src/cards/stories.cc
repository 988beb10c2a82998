// SPDX-License-Identifier: MIT
#include "src/cards/stories.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <unordered_map>

#include "calando/error.h"
#include "calando/similarity.h"

namespace calando::cards {
namespace {

using Counts = std::map<std::string, double>;

Counts counted(std::string_view text) {
  Counts counts;
  for (std::string& word : words_of(text)) ++counts[std::move(word)];
  return counts;
}

class Weights {
 public:
  explicit Weights(const std::vector<Counts>& stories) : stories_(static_cast<double>(stories.size())) {
    for (const Counts& story : stories) {
      for (const auto& [word, times] : story) ++with_[word];
    }
  }

  double operator()(const std::string& word, double times) const {
    const auto found = with_.find(word);
    const double with = found == with_.end() ? 1.0 : found->second;
    return (1 + std::log(times)) * std::log(1 + stories_ / with);
  }

 private:
  double stories_;
  std::unordered_map<std::string, double> with_;
};

/// The words of both, each once, as the axes of two vectors.
double similarity_of(const Counts& a, const Counts& b, const Weights& weight) {
  std::vector<double> x;
  std::vector<double> y;
  for (const auto& [word, times] : a) {
    x.push_back(weight(word, times));
    const auto other = b.find(word);
    y.push_back(other == b.end() ? 0 : weight(word, other->second));
  }
  for (const auto& [word, times] : b) {
    if (a.contains(word)) continue;
    x.push_back(0);
    y.push_back(weight(word, times));
  }
  return cosine_similarity(x, y, Undefined::zero);
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (word.size() > 1) words.push_back(std::move(word));
    word.clear();
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || byte >= 0x80U) {  // letters beyond ASCII stay as they are
      word += static_cast<char>(byte < 0x80U ? std::tolower(byte) : byte);
    } else {
      finish();
    }
  }
  finish();
  return words;
}

std::vector<Story> nearest_stories(std::vector<Story> stories, std::string_view interests,
                                   std::size_t count) {
  std::vector<Counts> counts;
  for (const Story& story : stories)
    counts.push_back(counted(story.title + " " + story.title + " " + story.summary));
  const Weights weight(counts);
  const Counts wanted = counted(interests);
  for (std::size_t i = 0; i < stories.size(); ++i)
    stories[i].similarity = similarity_of(wanted, counts[i], weight);
  std::stable_sort(stories.begin(), stories.end(),
                   [](const Story& a, const Story& b) { return a.similarity > b.similarity; });
  stories.resize(std::min(stories.size(), count));
  return stories;
}

}  // namespace calando::cards
