// SPDX-License-Identifier: MIT
// The one list of standard models, and models made from their text form.
#include "src/bellman/families.h"

#include <tuple>
#include <vector>

#include "src/spec/arguments.h"
#include "src/spec/fields.h"
#include "src/spec/nearest.h"

namespace calando {
namespace {

using namespace bellman;

using Families = std::tuple<Garnet, TwoState, Forest, Grid, Maze, FrozenLake, Cliff, Taxi, Gambler, Rental,
                            Inventory, Queue, Sis, Pendulum>;

template <class Visit>
void for_each_family(Visit&& visit) {
  std::apply([&](const auto&... family) { (visit(family), ...); }, Families{});
}

template <class Family>
MdpFamily describe(const Family&) {
  std::string arguments;
  for (const spec::FieldDescription& field : spec::describe_fields<Family>()) {
    arguments += (arguments.empty() ? "" : ", ") + field.name + "=" + field.value;
  }
  return {std::string(Family::kName), std::string(Family::kSummary), arguments};
}

}  // namespace

std::vector<MdpFamily> mdp_families() {
  std::vector<MdpFamily> list;
  for_each_family([&](const auto& family) { list.push_back(describe(family)); });
  return list;
}

Mdp make_mdp(std::string_view text) {
  const spec::Call call = spec::parse_call(text, "model");
  spec::Arguments args(call, 1, "model");
  std::vector<Mdp> made;
  std::vector<std::string> names;
  for_each_family([&](auto family) {
    using Family = decltype(family);
    names.emplace_back(Family::kName);
    if (call.path != Family::kName) return;
    spec::read_fields(args, family);
    args.finish();
    made.push_back(family.build(spec::print_fields(Family::kName, family)));
  });
  if (made.empty())
    spec::refuse_at("model", 1, "no family \"" + call.path + "\"" + spec::did_you_mean(call.path, names));
  return made.front();
}

}  // namespace calando
