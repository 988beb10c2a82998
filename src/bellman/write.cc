// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>

#include "calando/error.h"
#include "src/bellman/native.h"
#include "src/bellman/writers.h"
#include "src/spec/number.h"

namespace calando::bellman {
namespace {

/// Text that grows by words and numbers.
class Text {
 public:
  Text& operator<<(std::string_view words) {
    text_ += words;
    return *this;
  }
  Text& operator<<(std::size_t number) {
    fmt::format_to(std::back_inserter(text_), "{}", number);
    return *this;
  }
  Text& operator<<(std::uint32_t number) { return *this << std::size_t{number}; }
  Text& operator<<(double number) {
    char digits[32];
    text_.append(digits, spec::to_text(digits, number));
    return *this;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// Calls use(state, choice within it, choice) for each choice.
template <class Use>
void each_choice(const MdpArrays& a, Use use) {
  for (std::size_t s = 0; s + 1 < a.choice_begin.size(); ++s) {
    for (std::size_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c) use(s, c - a.choice_begin[s], c);
  }
}

/// The labels of each state.
std::vector<std::vector<std::string_view>> labels_by_state(const Mdp& model) {
  std::vector<std::vector<std::string_view>> labels(model.states());
  for (const auto& [name, states] : model.notes().labels) {
    for (const std::uint32_t s : states) labels[s].push_back(name);
  }
  return labels;
}

std::string to_tuples(const MdpArrays& a) {
  Text out;
  out << "state,choice,target,probability,reward\n";
  each_choice(a, [&](std::size_t s, std::size_t local, std::size_t c) {
    for (std::size_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i) {
      out << s << "," << local << "," << a.target[i] << "," << a.probability[i] << "," << a.reward[c] << "\n";
    }
  });
  return out.take();
}

std::string to_drn(const Mdp& model) {
  const MdpArrays& a = model.arrays();
  const auto labels = labels_by_state(model);
  Text out;
  out << "@type: MDP\n@parameters\n\n@reward_models\nreward\n@nr_states\n"
      << model.states() << "\n@nr_choices\n"
      << model.choices() << "\n@model\n";
  each_choice(a, [&](std::size_t s, std::size_t local, std::size_t c) {
    if (local == 0) {
      out << "state " << s << " [0]";
      for (const std::string_view label : labels[s]) out << " " << label;
      out << "\n";
    }
    out << "\taction " << local << " [" << a.reward[c] << "]\n";
    for (std::size_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i) {
      out << "\t\t" << a.target[i] << " : " << a.probability[i] << "\n";
    }
  });
  return out.take();
}

std::string to_gymnasium(const MdpArrays& a) {
  Text out;
  each_choice(a, [&](std::size_t s, std::size_t local, std::size_t c) {
    out << (local > 0 ? ", " : s > 0 ? "}, " : "{");
    if (local == 0) out << "\"" << s << "\": {";
    out << "\"" << local << "\": [";
    bool first = true;
    const auto outcome = [&](double probability, std::size_t next, std::string_view terminated) {
      out << (first ? "[" : ", [") << probability << ", " << next << ", " << a.reward[c] << ", " << terminated
          << "]";
      first = false;
    };
    for (std::size_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i)
      outcome(a.probability[i], a.target[i], "false");
    if (!a.termination.empty() && a.termination[c] > 0) outcome(a.termination[c], s, "true");
    out << "]";
  });
  out << "}}\n";
  return out.take();
}

/// PRISM has rewards of states and of transitions: the former where all choices of each state earn the same.
std::vector<WrittenFile> to_prism(const Mdp& model) {
  const MdpArrays& a = model.arrays();
  bool by_state = true;
  each_choice(a, [&](std::size_t s, std::size_t, std::size_t c) {
    by_state = by_state && a.reward[c] == a.reward[a.choice_begin[s]];
  });
  Text moves;
  Text rewards;
  std::size_t paid = 0;
  moves << model.states() << " " << model.choices() << " " << model.transitions() << "\n";
  each_choice(a, [&](std::size_t s, std::size_t local, std::size_t c) {
    const bool pays = a.reward[c] != 0;
    if (pays && by_state && local == 0) {
      rewards << s << " " << a.reward[c] << "\n";
      ++paid;
    }
    for (std::size_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i) {
      moves << s << " " << local << " " << a.target[i] << " " << a.probability[i] << "\n";
      if (!pays || by_state) continue;
      rewards << s << " " << local << " " << a.target[i] << " " << a.reward[c] << "\n";
      ++paid;
    }
  });
  const std::string sizes = by_state ? fmt::format("{} {}\n", model.states(), paid)
                                     : fmt::format("{} {} {}\n", model.states(), model.choices(), paid);
  std::vector<WrittenFile> files{{"", moves.take()}, {by_state ? "srew" : "trew", sizes + rewards.take()}};
  Text labels;
  std::map<std::string_view, std::size_t> index;
  for (const auto& [name, states] : model.notes().labels) {
    labels << (index.empty() ? "" : " ") << index.size() << "=\"" << name << "\"";
    index.emplace(name, index.size());
  }
  if (index.empty()) return files;
  labels << "\n";
  const auto of_state = labels_by_state(model);
  for (std::size_t s = 0; s < of_state.size(); ++s) {
    if (of_state[s].empty()) continue;
    labels << s << ":";
    for (const std::string_view name : of_state[s]) labels << " " << index.at(name);
    labels << "\n";
  }
  files.push_back({"lab", labels.take()});
  return files;
}

std::size_t most_choices(const MdpArrays& a) {
  std::size_t most = 0;
  for (std::size_t s = 0; s + 1 < a.choice_begin.size(); ++s)
    most = std::max<std::size_t>(most, a.choice_begin[s + 1] - a.choice_begin[s]);
  return most;
}

std::string to_cassandra(const Mdp& model) {
  const MdpArrays& a = model.arrays();
  const std::size_t most = most_choices(a);
  Text out;
  out << "discount: 1\nvalues: reward\nstates: " << model.states() << "\nactions: " << most << "\n";
  for (std::size_t s = 0; s < model.states(); ++s) {
    for (std::size_t local = 0; local < most; ++local) {
      const std::size_t c = std::min<std::size_t>(a.choice_begin[s] + local, a.choice_begin[s + 1] - 1);
      for (std::size_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i) {
        out << "T: " << local << " : " << s << " : " << a.target[i] << " " << a.probability[i] << "\n";
      }
      if (a.reward[c] != 0) out << "R: " << local << " : " << s << " : * " << a.reward[c] << "\n";
    }
  }
  return out.take();
}

/// Numbers with the highest byte first.
class BigEndian {
 public:
  void word(std::size_t value) { put(value, 4); }
  void number(double value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    put(bits, 8);
  }
  std::string take() { return std::move(bytes_); }

 private:
  void put(std::uint64_t value, unsigned size) {
    for (unsigned byte = size; byte-- > 0;) bytes_ += static_cast<char>(value >> (8 * byte) & 0xFF);
  }
  std::string bytes_;
};

constexpr std::size_t kPetscMatrix = 1211216;

std::vector<WrittenFile> to_petsc(const Mdp& model) {
  const MdpArrays& a = model.arrays();
  const std::size_t most = most_choices(a);
  if (most * model.states() >= 1ULL << 31)
    throw UsageError("petsc: states x choices is beyond 2^31, which its binary form cannot say");
  BigEndian moves;
  for (const std::size_t word : {kPetscMatrix, most * model.states(), model.states(), model.transitions()})
    moves.word(word);
  for (std::size_t s = 0; s < model.states(); ++s) {
    for (std::size_t local = 0; local < most; ++local) {
      const std::size_t c = a.choice_begin[s] + local;
      moves.word(c < a.choice_begin[s + 1] ? a.row_begin[c + 1] - a.row_begin[c] : 0);
    }
  }
  for (const std::uint32_t target : a.target) moves.word(target);
  for (const double p : a.probability) moves.number(p);
  BigEndian costs;
  for (const std::size_t word : {kPetscMatrix, model.states(), most, model.choices()}) costs.word(word);
  for (std::size_t s = 0; s < model.states(); ++s) costs.word(a.choice_begin[s + 1] - a.choice_begin[s]);
  each_choice(a, [&](std::size_t, std::size_t local, std::size_t) { costs.word(local); });
  for (const double r : a.reward) costs.number(r);
  return {{"", moves.take()}, {"costs", costs.take()}};
}

void add_row(const MdpArrays& a, std::size_t c, std::uint32_t end, MdpBuilder& builder) {
  std::vector<std::pair<std::uint32_t, double>> row;
  for (std::size_t i = a.row_begin[c]; i < a.row_begin[c + 1]; ++i)
    row.emplace_back(a.target[i], a.probability[i]);
  std::stable_sort(row.begin(), row.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
  for (std::size_t i = 0; i < row.size();) {
    double sum = 0;
    const std::uint32_t target = row[i].first;
    for (; i < row.size() && row[i].first == target; ++i) sum += row[i].second;
    builder.add(target, sum);
  }
  if (!a.termination.empty()) builder.add(end, a.termination[c]);
}

}  // namespace

Mdp plain_model(const Mdp& model) {
  const MdpArrays& a = model.arrays();
  if (!a.discount.empty())
    throw UsageError("choices with discounts of their own: only the native form can hold them");
  if (!a.least.empty()) throw UsageError("intervals of probabilities: only the native form can hold them");
  MdpBuilder builder(model.notes().name);
  const auto end = static_cast<std::uint32_t>(model.states());
  for (std::size_t s = 0; s < model.states(); ++s) {
    builder.add_state();
    for (std::size_t c = a.choice_begin[s]; c < a.choice_begin[s + 1]; ++c) {
      builder.add_choice(a.reward[c]);
      add_row(a, c, end, builder);
    }
  }
  for (const auto& [name, states] : model.notes().labels) {
    for (const std::uint32_t s : states) builder.label(name, s);
  }
  const bool ends = std::any_of(a.termination.begin(), a.termination.end(), [](double p) { return p > 0; });
  if (ends) {
    builder.label("end", builder.add_state());
    builder.add_choice(0).add(end, 1);
  }
  return std::move(builder).build();
}

std::vector<WrittenFile> write_model(const Mdp& model, ModelFormat format) {
  if (format == ModelFormat::native) return {{"", native_bytes(model)}};
  const Mdp plain = plain_model(model);
  switch (format) {
    case ModelFormat::gymnasium:
      return {{"", to_gymnasium(model.arrays())}};
    case ModelFormat::prism:
      return to_prism(plain);
    case ModelFormat::drn:
      return {{"", to_drn(plain)}};
    case ModelFormat::petsc:
      return to_petsc(plain);
    case ModelFormat::umb:
      return {{"", umb_bytes(plain)}};
    case ModelFormat::cassandra:
      return {{"", to_cassandra(plain)}};
    default:
      return {{"", to_tuples(plain.arrays())}};
  }
}

}  // namespace calando::bellman
