// SPDX-License-Identifier: MIT
#include "src/cards/stories.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <unordered_map>

#include "calando/error.h"
#include "calando/similarity.h"

namespace calando::cards {
namespace {

/// Every word that has been met, numbered.
class Vocabulary {
 public:
  std::uint32_t number(std::string&& word) {
    return numbers_.try_emplace(std::move(word), static_cast<std::uint32_t>(numbers_.size())).first->second;
  }
  std::size_t size() const { return numbers_.size(); }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

struct Count {
  std::uint32_t word = 0;
  double times = 0;
};

/// A plural as its singular, so that "optimizers" meets "optimizer": the S-stemmer of Harman 1991, "How effective is suffixing?".
std::string singular(std::string word) {
  if (word.size() <= 3) return word;
  const auto ends = [&](std::string_view end) { return word.ends_with(end); };
  if (ends("ies") && !ends("eies") && !ends("aies")) return word.replace(word.size() - 3, 3, "y");
  if (ends("es") && (ends("aes") || ends("ees") || ends("oes"))) return word;
  if (ends("s") && !ends("us") && !ends("ss")) word.pop_back();
  return word;
}

/// How often each word stands in a text, by the words' numbers.
std::vector<Count> counted(std::string_view text, Vocabulary& vocabulary) {
  std::vector<std::uint32_t> numbers;
  for (std::string& word : words_of(text)) numbers.push_back(vocabulary.number(singular(std::move(word))));
  std::sort(numbers.begin(), numbers.end());
  std::vector<Count> counts;
  for (const std::uint32_t number : numbers) {
    if (counts.empty() || counts.back().word != number) counts.push_back({.word = number});
    ++counts.back().times;
  }
  return counts;
}

/// What the words of a set of texts weigh.
class Weights {
 public:
  Weights(const std::vector<std::vector<Count>>& texts, std::size_t words)
      : texts_(static_cast<double>(texts.size())), with_(words) {
    for (const std::vector<Count>& text : texts) {
      for (const Count& count : text) ++with_[count.word];
    }
  }

  double operator()(const Count& count) const {
    const double with = std::max(1.0, with_[count.word]);
    return (1 + std::log(count.times)) * std::log((texts_ + 1) / with);
  }

 private:
  double texts_;
  std::vector<double> with_;
};

/// Compares stories with some texts, each of which counts as much as every other however long it is. The axes of both vectors are the
/// words of those texts, then the other words of the story.
class Comparison {
 public:
  Comparison(const std::vector<std::vector<Count>>& wanted, const Weights& weights, std::size_t words)
      : weights_(weights), axis_(words, kNone) {
    for (const std::vector<Count>& text : wanted) add(text);
    words_ = x_.size();
  }

  double operator()(const std::vector<Count>& story) {
    y_.assign(words_, 0);
    for (const Count& count : story) {
      const std::uint32_t axis = axis_[count.word];
      if (axis == kNone) {
        y_.push_back(weights_(count));
      } else {
        y_[axis] = weights_(count);
      }
    }
    x_.resize(words_);
    x_.resize(y_.size(), 0);
    return cosine_similarity(x_, y_, Undefined::zero);
  }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  /// A text's weights, at length 1.
  void add(const std::vector<Count>& text) {
    double squares = 0;
    for (const Count& count : text) squares += weights_(count) * weights_(count);
    if (squares == 0) return;
    for (const Count& count : text) {
      std::uint32_t& axis = axis_[count.word];
      if (axis == kNone) {
        axis = static_cast<std::uint32_t>(x_.size());
        x_.push_back(0);
      }
      x_[axis] += weights_(count) / std::sqrt(squares);
    }
  }

  const Weights& weights_;
  std::vector<std::uint32_t> axis_;
  std::size_t words_ = 0;
  std::vector<double> x_, y_;
};

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

std::vector<Story> nearest_stories(std::vector<Story> stories, std::span<const std::string> wanted,
                                   std::span<const std::string> others, std::size_t count) {
  Vocabulary vocabulary;
  std::vector<std::vector<Count>> texts;
  for (const Story& story : stories)
    texts.push_back(counted(story.title + " " + story.title + " " + story.summary, vocabulary));
  for (const std::string& other : others) texts.push_back(counted(other, vocabulary));
  std::vector<std::vector<Count>> asked;
  for (const std::string& text : wanted) asked.push_back(counted(text, vocabulary));
  const Weights weights(texts, vocabulary.size());
  Comparison compare(asked, weights, vocabulary.size());
  for (std::size_t i = 0; i < stories.size(); ++i) stories[i].similarity = compare(texts[i]);
  std::stable_sort(stories.begin(), stories.end(),
                   [](const Story& a, const Story& b) { return a.similarity > b.similarity; });
  stories.resize(std::min(stories.size(), count));
  return stories;
}

}  // namespace calando::cards
