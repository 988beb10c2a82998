// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/bellman/readers.h"
#include "src/spec/number.h"

namespace calando::bellman {
namespace {

using Json = nlohmann::json;

class Gymnasium {
 public:
  explicit Gymnasium(const io::File& file) : name_(file.name), builder_(file.name) {
    const Json table = Json::parse(file.bytes.view, nullptr, /*allow_exceptions=*/false);
    if (!table.is_object() || table.empty())
      fail("expected {\"0\": {\"0\": [[probability, next, reward, terminated], ...");
    for (const Json* choices : in_order(table, "states")) {
      const std::uint32_t state = builder_.add_state();
      where_ = fmt::format("state {}", state);
      if (!choices->is_object()) fail("expected an object of choices");
      std::size_t choice = 0;
      for (const Json* outcomes : in_order(*choices, where_ + ": choices")) {
        where_ = fmt::format("state {}, choice {}", state, choice++);
        add_choice(*outcomes);
      }
    }
  }

  Mdp build() && { return std::move(builder_).build(); }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw DataError::in_file(name_, where_.empty() ? what : where_ + ": " + what);
  }

  /// The members "0", "1", ... in the order of these numbers, none missing.
  std::vector<const Json*> in_order(const Json& object, const std::string& what) const {
    std::vector<const Json*> members(object.size());
    for (const auto& [key, value] : object.items()) {
      const auto index = spec::to_number(key);
      const bool fits = index && *index >= 0 && *index < static_cast<double>(members.size()) &&
                        *index == std::floor(*index) && members[static_cast<std::size_t>(*index)] == nullptr;
      if (!fits)
        fail(fmt::format("{} are to be called \"0\" to \"{}\", not \"{}\"", what, members.size() - 1, key));
      members[static_cast<std::size_t>(*index)] = &value;
    }
    return members;
  }

  void add_choice(const Json& outcomes) {
    if (!outcomes.is_array()) fail("expected a list of outcomes");
    builder_.add_choice(0);
    for (const Json& outcome : outcomes) {
      const bool fits = outcome.is_array() && outcome.size() == 4 && outcome[0].is_number() &&
                        outcome[1].is_number_unsigned() && outcome[2].is_number() && outcome[3].is_boolean();
      if (!fits)
        fail(fmt::format("{}, expected [probability, next, reward, terminated]",
                         outcome.dump(-1, ' ', true, Json::error_handler_t::replace)));
      const auto probability = outcome[0].get<double>();
      const auto reward = outcome[2].get<double>();
      const auto next = outcome[1].get<std::uint64_t>();
      if (next > 0xFFFFFFFE) fail(fmt::format("goes to state {}", next));
      if (outcome[3].get<bool>()) {
        builder_.terminate(probability, reward);
      } else {
        builder_.add(static_cast<std::uint32_t>(next), probability, reward);
      }
    }
  }

  std::string name_;
  std::string where_;
  MdpBuilder builder_;
};

}  // namespace

Mdp read_gymnasium(const io::File& file) { return Gymnasium(file).build(); }

}  // namespace calando::bellman
