// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/bellman/readers.h"

namespace calando::bellman {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kBlock = 512;

/// The files of a tar by name, without "./" in front.
///
/// Source:  POSIX.1-1988, ustar: name at 0, size in octal at 124, type at 156, prefix at 345, content in blocks of 512 bytes.
std::map<std::string, std::string_view> read_tar(const io::File& file) {
  const std::string_view bytes = file.bytes.view;
  std::map<std::string, std::string_view> files;
  const auto field = [&](std::size_t at, std::size_t size) {
    const std::string_view text = bytes.substr(at, size);
    return text.substr(0, text.find('\0'));
  };
  for (std::size_t at = 0; at + kBlock <= bytes.size() && bytes[at] != '\0';) {
    std::uint64_t size = 0;
    for (const char digit : field(at + 124, 12)) {
      if (digit >= '0' && digit <= '7') size = size * 8 + static_cast<std::uint64_t>(digit - '0');
    }
    if (size > bytes.size() - at - kBlock)
      throw DataError::at_byte(file.name, at,
                               fmt::format("an entry of {} bytes, beyond the end of the file", size));
    const char type = bytes[at + 156];
    std::string name(field(at, 100));
    if (!field(at + 345, 155).empty()) name = fmt::format("{}/{}", field(at + 345, 155), name);
    name.erase(0, name.rfind("./", 0) == 0 ? 2 : name.rfind('/', 0) == 0 ? 1 : 0);
    if (type == '0' || type == '\0') files[name] = bytes.substr(at + kBlock, size);
    at += kBlock + (size + kBlock - 1) / kBlock * kBlock;
  }
  return files;
}

class Umb {
 public:
  explicit Umb(const io::File& file) : name_(file.name), files_(read_tar(file)), builder_(file.name) {
    read_index();
    const auto choice_begin = mapping("state-to-choices.bin", states_, choices_);
    const auto row_begin = mapping("choice-to-branches.bin", choices_, branches_);
    const std::string_view target = array("branch-to-target.bin", branches_, 8, /*optional=*/false);
    read_rewards();
    for (std::uint64_t s = 0; s < states_; ++s) {
      builder_.add_state();
      for (std::uint64_t c = choice_begin(s); c < choice_begin(s + 1); ++c) {
        builder_.add_choice(of_state_(s)).pay(of_choice_(c));
        for (std::uint64_t i = row_begin(c); i < row_begin(c + 1); ++i) add_branch(word(target, i), i);
      }
    }
    read_labels();
  }

  Mdp build() && { return std::move(builder_).build(); }

 private:
  using Numbers = std::function<double(std::uint64_t)>;
  using Offsets = std::function<std::uint64_t(std::uint64_t)>;

  [[noreturn]] void fail(const std::string& what) const { throw DataError::in_file(name_, what); }

  static std::uint64_t word(std::string_view bytes, std::uint64_t index) {
    std::uint64_t value = 0;
    for (unsigned byte = 8; byte-- > 0;)
      value = value << 8 | static_cast<unsigned char>(bytes[8 * index + byte]);
    return value;
  }
  static double real(std::string_view bytes, std::uint64_t index) {
    const std::uint64_t bits = word(bytes, index);
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }

  /// A file of `count` elements; nothing where it may be absent and is.
  std::string_view array(const std::string& path, std::uint64_t count, std::uint64_t size,
                         bool optional = true) const {
    const auto found = files_.find(path);
    if (found == files_.end()) {
      if (optional) return {};
      fail(fmt::format("{} is missing", path));
    }
    if (count > found->second.size() || found->second.size() != count * size)
      fail(fmt::format("{}: {} bytes, expected {} x {}", path, found->second.size(), count, size));
    return found->second;
  }

  Offsets mapping(const std::string& path, std::uint64_t count, std::uint64_t end) const {
    const std::string_view bytes = array(path, count + 1, 8);
    if (bytes.empty()) {
      if (count != end) fail(fmt::format("{} is missing, though there are {} for {}", path, end, count));
      return [](std::uint64_t i) { return i; };
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      if (word(bytes, i) > word(bytes, i + 1)) fail(fmt::format("{} falls after element {}", path, i));
    }
    if (word(bytes, 0) != 0 || word(bytes, count) != end)
      fail(fmt::format("{} goes from {} to {}, expected 0 to {}", path, word(bytes, 0), word(bytes, count),
                       end));
    return [bytes](std::uint64_t i) { return word(bytes, i); };
  }

  std::uint64_t count_of(const Json& system, const char* key) const {
    const auto found = system.find(key);
    if (found == system.end() || !found->is_number_unsigned() || found->get<std::uint64_t>() >= 0xFFFFFFFF)
      fail(fmt::format("index.json: {} is missing, or no whole number below 2^32 - 1", key));
    return found->get<std::uint64_t>();
  }

  void read_index() {
    const auto found = files_.find("index.json");
    if (found == files_.end()) fail("a tar without index.json, expected UMB");
    index_ = Json::parse(found->second, nullptr, /*allow_exceptions=*/false);
    if (!index_.is_object() || !index_.contains("transition-system") ||
        !index_["transition-system"].is_object())
      fail("index.json: no transition-system");
    const Json& system = index_["transition-system"];
    if (!system.contains("time") || system["time"] != "discrete")
      fail("index.json: time, expected \"discrete\"");
    if (count_of(system, "#players") > 1) fail("index.json: more than one player");
    states_ = count_of(system, "#states");
    choices_ = count_of(system, "#choices");
    branches_ = count_of(system, "#branches");
    if (system.contains("#observations") && system["#observations"] != 0)
      builder_.remark("its observations are left out: solved as if states were seen");
    if (!system.contains("branch-probability-type")) return;
    type_ = type_of(system["branch-probability-type"]);
    probabilities_ =
        array("branch-to-probability.bin", branches_, type_ == "double" ? 8 : 16, /*optional=*/false);
  }

  /// double, double-interval, or rational of 64-bit parts.
  std::string type_of(const Json& type) const {
    const std::string name = type.is_object() && type.contains("type") && type["type"].is_string()
                                 ? type["type"].get<std::string>()
                                 : std::string();
    const bool sized = name == "rational" && type.contains("size") && type["size"] != 128;
    if ((name != "double" && name != "double-interval" && name != "rational") || sized) {
      fail(fmt::format(
          "index.json: numbers of type {}, expected double, double-interval or rational of 128 bits",
          type.dump(-1, ' ', true, Json::error_handler_t::replace)));
    }
    return name;
  }

  double ratio(std::string_view bytes, std::uint64_t index) const {
    const std::uint64_t denominator = word(bytes, 2 * index + 1);
    if (denominator == 0) fail("a rational number with denominator 0");
    return static_cast<double>(static_cast<std::int64_t>(word(bytes, 2 * index))) /
           static_cast<double>(denominator);
  }

  void add_branch(std::uint64_t target, std::uint64_t i) {
    if (target >= states_)
      fail(fmt::format("branch-to-target.bin: target {}, but there are {} states", target, states_));
    const auto to = static_cast<std::uint32_t>(target);
    if (type_ == "double-interval") {
      builder_.add_between(to, real(probabilities_, 2 * i), real(probabilities_, 2 * i + 1));
      if (of_branch_(i) != 0) fail(fmt::format("branch {}: a reward of an interval of probabilities", i));
      return;
    }
    const double p = type_.empty()       ? 1
                     : type_ == "double" ? real(probabilities_, i)
                                         : ratio(probabilities_, i);
    if (!(p >= 0 && p <= 1 + 1e-6))
      fail(fmt::format("branch-to-probability.bin: branch {}: {}, expected 0 to 1", i, p));
    builder_.add(to, p, of_branch_(i));
  }

  /// A group of annotations, empty where there is none.
  Json group(const char* name) const {
    const auto annotations = index_.find("annotations");
    if (annotations == index_.end() || !annotations->is_object()) return Json::object();
    const auto found = annotations->find(name);
    return found == annotations->end() || !found->is_object() ? Json::object() : *found;
  }

  void read_rewards() {
    const Json rewards = group("rewards");
    if (rewards.empty()) return;
    const std::string id = rewards.begin().key();
    const Json& about = rewards.begin().value();
    const std::string type = type_of(about.is_object() && about.contains("type") ? about["type"] : Json());
    if (type == "double-interval") fail("rewards that are intervals");
    const auto numbers = [&](const char* what, std::uint64_t count) -> Numbers {
      const std::string path = fmt::format("annotations/rewards/{}/{}/values.bin", id, what);
      const std::string_view bytes = array(path, count, type == "double" ? 8 : 16);
      if (bytes.empty()) return [](std::uint64_t) { return 0.0; };
      if (type == "double") return [bytes](std::uint64_t i) { return real(bytes, i); };
      return [this, bytes](std::uint64_t i) { return ratio(bytes, i); };
    };
    of_state_ = numbers("states", states_);
    of_choice_ = numbers("choices", choices_);
    of_branch_ = numbers("branches", branches_);
    if (rewards.size() > 1)
      builder_.remark(fmt::format("of its {} reward models the first counts, {}", rewards.size(), id));
  }

  void label_states(const std::string& name, const std::string& path) {
    const std::string_view bits = array(path, (states_ + 63) / 64, 8);
    for (std::uint64_t s = 0; !bits.empty() && s < states_; ++s) {
      if ((word(bits, s / 64) >> (s % 64) & 1) != 0) builder_.label(name, static_cast<std::uint32_t>(s));
    }
  }

  void read_labels() {
    const Json all = group("aps");
    bool initial = false;
    for (const auto& [id, about] : all.items()) {
      const bool aliased = about.is_object() && about.contains("alias") && about["alias"].is_string();
      const std::string name = aliased ? about["alias"].get<std::string>() : id;
      initial = initial || name == "init";
      label_states(name, fmt::format("annotations/aps/{}/states/values.bin", id));
    }
    if (!initial) label_states("init", "state-is-initial.bin");
  }

  std::string name_;
  std::map<std::string, std::string_view> files_;
  MdpBuilder builder_;
  Json index_;
  std::uint64_t states_ = 0;
  std::uint64_t choices_ = 0;
  std::uint64_t branches_ = 0;
  std::string type_;  // of probabilities; empty: there are none, and all are 1
  std::string_view probabilities_;
  Numbers of_state_ = [](std::uint64_t) { return 0.0; };
  Numbers of_choice_ = of_state_;
  Numbers of_branch_ = of_state_;
};

}  // namespace

Mdp read_umb(const io::File& file) { return Umb(file).build(); }

}  // namespace calando::bellman
