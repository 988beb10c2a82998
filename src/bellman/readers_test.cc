// SPDX-License-Identifier: MIT
// Each format read: what a file says, and what is said of one that is wrong. Round trips are in writers_test.cc.
#include "src/bellman/readers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "calando/error.h"

namespace calando::bellman {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Bytes that live as long as the program: models and errors may refer to them.
io::File file_of(const std::string& name, const std::string& content) {
  const auto owner = std::make_shared<std::string>(content);
  return {name, {*owner, owner}};
}

using Beside = std::map<std::string, std::string>;

Mdp read(const std::string& content, const Beside& beside = {}) {
  return read_model(file_of("m", content), [&](const std::string& ending) -> std::optional<io::File> {
    const auto found = beside.find(ending);
    if (found == beside.end()) return std::nullopt;
    return file_of("m." + ending, found->second);
  });
}

std::string error_of(const std::string& content, const Beside& beside = {}) {
  try {
    read(content, beside);
  } catch (const DataError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

/// Choices 2 and 1; the first splits evenly.
void expect_two_states(const Mdp& model, const std::vector<double>& rewards) {
  EXPECT_THAT(model.arrays().choice_begin, ElementsAre(0, 2, 3));
  EXPECT_THAT(model.arrays().row_begin, ElementsAre(0, 2, 3, 4));
  EXPECT_THAT(model.arrays().target, ElementsAre(0, 1, 1, 1));
  EXPECT_THAT(model.arrays().probability, ElementsAre(0.5, 0.5, 1, 1));
  EXPECT_THAT(model.arrays().reward, testing::ElementsAreArray(rewards));
}

constexpr const char* kTra = "2 3 4\n0 0 0 0.5\n0 0 1 0.5 stay\n0 1 1 1\n1 0 1 1\n";

TEST(ReadPrism, TransitionsWithRewardsLabelsAndStates) {
  const Mdp model = read(kTra, {{"srew", "2 1\n1 -1\n"},
                                {"trew", "2 3 2\n0 1 1 10\n0 0 1 4\n"},
                                {"lab", "0=\"init\" 1=\"goal\"\n0: 0\n1: 1\n"},
                                {"sta", "(x)\n0:(0)\n1:(1)\n"}});
  expect_two_states(model, {2, 10, -1});
  EXPECT_THAT(model.label("init"), ElementsAre(0));
  EXPECT_THAT(model.label("goal"), ElementsAre(1));
}

TEST(ReadPrism, FilesOfVersion410StartWithWhatTheyHold) {
  const Mdp model = read(std::string("# Transitions (MDP)\n") + kTra,
                         {{"srew", "# Reward structure \"steps\"\n# State rewards\n2 1\n1 -1\n"},
                          {"trew", "# Reward structure \"steps\"\n# Transition rewards\n2 3 0\n"},
                          {"lab", "# Labels\n0=\"init\" 1=\"goal\"\n0: 0\n1: 1\n"},
                          {"sta", "# States\n(x)\n0:(0)\n1:(1)\n"}});
  expect_two_states(model, {0, 0, -1});
  EXPECT_THAT(model.label("goal"), ElementsAre(1));
  EXPECT_THAT(error_of("# only\n# words\n"), HasSubstr("not a model"));
}

TEST(ReadPrism, TargetsInAnyOrderHaveTheirRewards) {
  const Mdp model = read("2 2 3\n0 0 1 0.5\n0 0 0 0.5\n1 0 1 1\n", {{"trew", "2 2 2\n0 0 0 8\n0 0 1 2\n"}});
  EXPECT_THAT(model.arrays().reward, ElementsAre(5, 0));
}

TEST(ReadPrism, ChainsHaveNoChoices) {
  const Mdp model = read("2 3\n0 0 0.25\n0 1 0.75\n1 1 1\n", {{"trew", "2 1\n0 1 4\n"}});
  EXPECT_THAT(model.arrays().choice_begin, ElementsAre(0, 1, 2));
  EXPECT_THAT(model.arrays().reward, ElementsAre(3, 0));
}

TEST(ReadPrism, NamesFileAndLineOfWhatIsWrong) {
  EXPECT_THAT(error_of("2 3 4\n0 0 0 0.5\n0 0 1 0.5\n"),
              HasSubstr("m:3: the file ends after 1 states and 2"));
  EXPECT_THAT(error_of("2 3 4\n0 0 0\n"), HasSubstr("m:2: a probability is missing"));
  EXPECT_THAT(error_of("2 2 2\n0 0 2 1\n1 0 1 1\n"), HasSubstr("m:2: target 2, but there are 2 states"));
  EXPECT_THAT(error_of("2 2 2\n0 0 1 -1\n1 0 1 1\n"), HasSubstr("m:2: probability -1, expected 0 to 1"));
  EXPECT_THAT(error_of("2 2 2\n0 0 1 nan\n1 0 1 1\n"),
              HasSubstr("m:2: a probability \"nan\", expected a finite"));
  EXPECT_THAT(error_of("2 2 2\n0 0 1 0.98\n1 0 1 1\n"),
              HasSubstr("state 0, choice 0: probabilities sum to 0.98"));
  EXPECT_THAT(error_of("2 2 2\n1 0 1 1\n0 0 1 1\n"), HasSubstr("m:2: state 1 of 2, expected 0 or 0"));
  EXPECT_THAT(error_of("2 2 2\n0 1 1 1\n1 0 1 1\n"), HasSubstr("m:2: choice 1, expected 0"));
  EXPECT_THAT(error_of("1 2 2\n0 0 0 1\n1 0 0 1\n"), HasSubstr("m:3: state 1 of 1"));
  EXPECT_THAT(error_of("4000000000 1 1\n0 0 0 1\n"),
              HasSubstr("m:1: 4000000000 states in a file of 23 bytes"));
}

TEST(ReadPrism, NamesCompanionsThatAreWrong) {
  EXPECT_THAT(error_of(kTra, {{"srew", "3 1\n1 -1\n"}}), HasSubstr("m.srew:1: a model of 3 states"));
  EXPECT_THAT(error_of(kTra, {{"srew", "2 1\n2 -1\n"}}), HasSubstr("m.srew:2: state 2, but there are 2"));
  EXPECT_THAT(error_of(kTra, {{"srew", ""}}), HasSubstr("m.srew:0: the file is empty"));
  EXPECT_THAT(error_of(kTra, {{"trew", "2 3 1\n0 1 0 7\n"}}),
              HasSubstr("m.trew:2: a reward of state 0, choice 1"));
  EXPECT_THAT(error_of(kTra, {{"trew", "2 3 2\n0 1 1 7\n0 1 1 8\n"}}), HasSubstr("m.trew:3"));
  EXPECT_THAT(error_of(kTra, {{"trew", "2 3 1\n0 1 1 inf\n"}}), HasSubstr("m.trew:2: a reward \"inf\""));
  EXPECT_THAT(error_of(kTra, {{"lab", "0=\"a\"\n0: 1\n"}}), HasSubstr("m.lab:2: label 1, but there are 1"));
  EXPECT_THAT(error_of(kTra, {{"lab", "0=\"a\"\n2: 0\n"}}), HasSubstr("m.lab:2: state 2"));
  EXPECT_THAT(error_of(kTra, {{"lab", "zero\n"}}), HasSubstr("m.lab:1: \"zero\", expected INDEX=\"NAME\""));
  EXPECT_THAT(error_of(kTra, {{"sta", "(x)\n0:(0)\n"}}), HasSubstr("m.sta:2: 1 states, but"));
}

std::string drn_of(const std::string& states, const std::string& count = "2") {
  return "// made by hand\n@type: MDP\n@parameters\n\n@reward_models\nr\n@nr_states\n" + count +
         "\n@nr_choices\n3\n@model\n" + states;
}
constexpr const char* kDrn =
    "state 0 [1, 9] init\n\taction a [4]\n\t\t0 : 0.5\n\t\t1 : 0.5\n\taction b [9, 1]\n\t\t1 : 1\n"
    "state 1 [-1] goal deadlock\n\taction 0 [0]\n\t\t1 : 1\n";

TEST(ReadDrn, FirstRewardsOfStatesAndActionsAndLabels) {
  const Mdp model = read(drn_of(kDrn));
  expect_two_states(model, {5, 10, -1});
  EXPECT_THAT(model.label("deadlock"), ElementsAre(1));
}

TEST(ReadDrn, NamesTheLineOfWhatIsWrong) {
  const std::string first = "state 0\n\taction 0\n\t\t";
  EXPECT_THAT(error_of(drn_of(first + "0 : 1\n")),
              HasSubstr("m:14: the file ends after 1 states, expected 2"));
  EXPECT_THAT(error_of(drn_of(first + "2 : 1\n")), HasSubstr("m:14: target 2, but there are 2 states"));
  EXPECT_THAT(error_of(drn_of(first + "1 : -0.5\n")), HasSubstr("m:14: probability -0.5"));
  EXPECT_THAT(error_of(drn_of(first + "1 : nan\n")), HasSubstr("m:14: a probability \"nan\""));
  EXPECT_THAT(error_of(drn_of(first + "1 0.5\n")), HasSubstr("m:14: expected TARGET : PROBABILITY"));
  EXPECT_THAT(error_of(drn_of(first + "0 : 0.98\n", "1")),
              HasSubstr("state 0, choice 0: probabilities sum to 0.98"));
  EXPECT_THAT(error_of(drn_of("state 1\n")), HasSubstr("m:12: state 1, expected 0 of 2"));
  EXPECT_THAT(error_of(drn_of("0 : 1\n")), HasSubstr("m:12: a transition before an action"));
  EXPECT_THAT(error_of(drn_of("state 0 [x]\n")), HasSubstr("m:12: a reward \"x\""));
  EXPECT_THAT(error_of("@type: CTMC\n@model\n"), HasSubstr("m:1: a model of type CTMC"));
  EXPECT_THAT(error_of("@type: MDP\n@nr_states\n"), HasSubstr("expected @model"));
}

TEST(ReadGymnasium, WhatIsTerminatedPaysNothingMore) {
  const Mdp model = read(
      "{\"0\": {\"0\": [[0.5, 0, 2, false], [0.5, 1, 4.0, true]], \"1\": [[1.0, 1, 3, false]]},\n"
      " \"1\": {\"0\": [[1.0, 1, 0, true]]}}");
  EXPECT_THAT(model.arrays().choice_begin, ElementsAre(0, 2, 3));
  EXPECT_THAT(model.arrays().target, ElementsAre(0, 1));
  EXPECT_THAT(model.arrays().termination, ElementsAre(0.5, 0, 1));
  EXPECT_THAT(model.arrays().reward, ElementsAre(3, 3, 0));
}

TEST(ReadGymnasium, MembersInAnyOrder) {
  const Mdp model =
      read("{\"1\":{\"0\":[[1,0,7,false]]},\"0\":{\"1\":[[1,1,2,false]],\"0\":[[1,0,1,false]]}}");
  EXPECT_THAT(model.arrays().reward, ElementsAre(1, 2, 7));
  EXPECT_THAT(model.arrays().target, ElementsAre(0, 1, 0));
  EXPECT_THAT(model.arrays().termination, IsEmpty());
}

TEST(ReadGymnasium, NamesThePlaceOfWhatIsWrong) {
  const auto outcome = [](const std::string& text) { return error_of("{\"0\": {\"0\": [" + text + "]}}"); };
  EXPECT_THAT(outcome("[0.98, 0, 1, false]"), HasSubstr("state 0, choice 0: probabilities sum to 0.98"));
  EXPECT_THAT(outcome("[-1, 0, 1, false]"), HasSubstr("m at byte 16: probability -1"));
  EXPECT_THAT(outcome("[NaN, 0, 1, false]"),
              HasSubstr("m at byte 14: probability \"NaN\", expected a finite number"));
  EXPECT_THAT(outcome("[1, 1, 1, false]"),
              HasSubstr("state 0, choice 0: goes to state 1, but there are 1 states"));
  EXPECT_THAT(outcome("[1, 0.5, 1, false]"), HasSubstr("next state 0.5, expected a whole number"));
  EXPECT_THAT(outcome("[1, 0, 1]"), HasSubstr("expected ,"));
  EXPECT_THAT(outcome("[1, 0, 1, 0]"), HasSubstr("terminated \"0\", expected true or false"));
  EXPECT_THAT(outcome("[1, 0, 1, false, 3]"), HasSubstr("expected ]"));
  EXPECT_THAT(error_of("{\"0\": {\"0\": [[1, 0, 1, fal"), HasSubstr("terminated \"fal\""));
  EXPECT_THAT(error_of("{\"0\": {\"0\": [[1, 0, 1, false]]}"), HasSubstr("at byte 31: expected }"));
  EXPECT_THAT(error_of("{\"0\": {\"1\": [[1, 0, 1, false]]}}"),
              HasSubstr("state 0, choice 1: the one before is missing"));
  EXPECT_THAT(error_of("{\"0\": {\"0\": [[1,0,1,false]], \"0\": [[1,0,1,false]]}}"), HasSubstr("twice"));
  EXPECT_THAT(error_of("{\"a\": {}}"), HasSubstr("the name \"a\", expected a state as a whole number"));
  EXPECT_THAT(error_of("{\"0\": {\"0\": [[1, 0, 1, false]]}} x"), HasSubstr("more text after the table"));
  EXPECT_THAT(error_of("{}"), HasSubstr("expected \""));
}

TEST(ReadTuples, WithAHeaderOrNotInAnyOrder) {
  expect_two_states(read("s,a,t,p,r\n1,0,1,1,-1\n0,1,1,1,10\n0,0,0,.5,5\n0,0,1,.5,5\n"), {5, 10, -1});
  expect_two_states(read("0,0,0,.5\n0,0,1,.5\n0,1,1,1\n1,0,1,1\n"), {0, 0, 0});
}

TEST(ReadTuples, NamesTheLineOfWhatIsWrong) {
  EXPECT_THAT(error_of("0,0,0,1\n2,0,0,1\n"), HasSubstr("m:2: state 2, but state 1 has no line"));
  EXPECT_THAT(error_of("0,0,0,1\n0,2,0,1\n"),
              HasSubstr("m:2: choice 2 of state 0, but its choice 1 has no line"));
  EXPECT_THAT(error_of("0,0,1,1\n"), HasSubstr("m:1: target 1, but there are 1 states"));
  EXPECT_THAT(error_of("0,0,0,1\n0,0,0,-1\n"), HasSubstr("m:2: probability -1"));
  EXPECT_THAT(error_of("0,0,0,nan\n"), HasSubstr("m:1: a probability \"nan\""));
  EXPECT_THAT(error_of("0,0,0,.98\n"), HasSubstr("state 0, choice 0: probabilities sum to 0.98"));
  EXPECT_THAT(error_of("0,0,0,1\n0,0\n"), HasSubstr("m:2: a target is missing"));
  EXPECT_THAT(error_of("0,0,0,1,2,3\n"), HasSubstr("m:1: \"3\" is too much on this line"));
  EXPECT_THAT(error_of("0,0,0,1\n0,0,0,1e999\n"), HasSubstr("m:2: a probability \"1e999\""));
  EXPECT_THAT(error_of("s,a,t,p\n"), HasSubstr("no tuple"));
}

std::string big_endian(std::initializer_list<std::uint32_t> words) {
  std::string bytes;
  for (const std::uint32_t word : words) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(word >> shift);
  }
  return bytes;
}
const std::string kHalf = big_endian({0x3FE00000, 0});
const std::string kOne = big_endian({0x3FF00000, 0});
const std::string kNan = big_endian({0x7FF80000, 0});
constexpr std::uint32_t kClass = 1211216;
/// Two states, two choices each, the second of state 1 without entries.
const std::string kMoves =
    big_endian({kClass, 4, 2, 4, 2, 1, 1, 0, 0, 1, 1, 1}) + kHalf + kHalf + kOne + kOne;
const std::string kCosts = big_endian({kClass, 2, 2, 2, 1, 1, 1, 0}) + kHalf + kOne;

TEST(ReadPetsc, MatricesAsMadupiteWritesThem) {
  const Mdp model = read(kMoves, {{"costs", kCosts}});
  expect_two_states(model, {0, 0.5, 1});
  EXPECT_THAT(model.notes().remarks, ElementsAre(HasSubstr("--minimise")));
  const std::string dense = big_endian({kClass, 2, 2, 0xFFFFFFFF}) + kOne + kHalf + kOne + kHalf;
  EXPECT_THAT(read(kMoves, {{"costs", dense}}).arrays().reward, ElementsAre(1, 0.5, 1));
}

TEST(ReadPetsc, NamesThePlaceOfWhatIsWrong) {
  EXPECT_THAT(error_of(kMoves), HasSubstr("without the costs beside it"));
  for (const std::size_t size : {5u, 17u, 40u, 60u}) {
    EXPECT_THAT(error_of(kMoves.substr(0, size), {{"costs", kCosts}}), HasSubstr("m at byte")) << size;
  }
  EXPECT_THAT(error_of(kMoves + "x", {{"costs", kCosts}}), HasSubstr("more bytes than the matrix has"));
  const std::string beyond = big_endian({kClass, 2, 2, 2, 1, 1, 0, 2}) + kOne + kOne;
  const std::string costs = big_endian({kClass, 2, 1, 0, 0, 0});
  EXPECT_THAT(error_of(beyond, {{"costs", costs}}),
              HasSubstr("row 1, column 2: 1, expected a probability in a column"));
  const std::string nan = big_endian({kClass, 2, 2, 2, 1, 1, 0, 1}) + kOne + kNan;
  EXPECT_THAT(error_of(nan, {{"costs", costs}}), HasSubstr("row 1, column 1: nan"));
  const std::string half = big_endian({kClass, 2, 2, 2, 1, 1, 0, 1}) + kOne + kHalf;
  EXPECT_THAT(error_of(half, {{"costs", costs}}), HasSubstr("state 1, choice 0: probabilities sum to 0.5"));
  EXPECT_THAT(error_of(kMoves, {{"costs", big_endian({kClass, 3, 2, 0, 0, 0, 0})}}),
              HasSubstr("costs of 3 states x 2"));
  EXPECT_THAT(error_of(big_endian({kClass, 0xFFFFFFFE, 2, 4}), {{"costs", kCosts}}),
              HasSubstr("the file ends before"));
}

constexpr const char* kCassandra =
    "# by hand\ndiscount: 0.95\nvalues: reward\nstates: left right\nactions: stay go\n"
    "T: stay\n0.5 0.5\n0 1\nT: go : * : right 1\nR: * : * : * 10\nR: stay : left : * 5\nR : * : right : * "
    "-1\n";

TEST(ReadCassandra, NamesNumbersAndTheLaterStatementSpeaks) {
  const Mdp model = read(kCassandra);
  EXPECT_THAT(model.arrays().choice_begin, ElementsAre(0, 2, 4));
  EXPECT_THAT(model.arrays().target, ElementsAre(0, 1, 1, 1, 1));
  EXPECT_THAT(model.arrays().reward, ElementsAre(5, 10, -1, -1));
  EXPECT_THAT(model.notes().remarks, ElementsAre(HasSubstr("--discount 0.95")));
}

TEST(ReadCassandra, RewardsOfWhatIsSeenAreExpected) {
  const Mdp model = read(
      "discount: 1\nvalues: cost\nstates: 2\nactions: 1\nobservations: dark bright\nstart: 0.5 0.5\n"
      "T: 0\nuniform\nO: 0 : 0\n0.25 0.75\nO: 0 : 1 : bright 1\nR: 0 : 0 : 0\n8 4\nR: 0 : 0 : 1 : bright "
      "3\nR: 0 : 1\n"
      "1 2\n3 4\n");
  EXPECT_THAT(model.arrays().reward,
              ElementsAre(0.5 * (0.25 * 8 + 0.75 * 4) + 0.5 * 3, 0.5 * (0.25 * 1 + 0.75 * 2) + 0.5 * 4));
  EXPECT_THAT(model.notes().remarks, ElementsAre(HasSubstr("--discount 1"), HasSubstr("--minimise")));
  const Mdp identity = read("states: 2\nactions: 1\nT: 0 identity\n");
  EXPECT_THAT(identity.arrays().target, ElementsAre(0, 1));
}

TEST(ReadCassandra, NamesTheLineOfWhatIsWrong) {
  const std::string head = "discount: 1\nstates: a b\nactions: 1\n";
  EXPECT_THAT(error_of(head + "T: 0 : a : c 1\n"), HasSubstr("m:4: state \"c\", expected one of 2"));
  EXPECT_THAT(error_of(head + "T: 0 : a : 2 1\n"), HasSubstr("state \"2\", expected one of 2"));
  EXPECT_THAT(error_of(head + "T: 1 : a : b 1\n"), HasSubstr("action \"1\", expected one of 1"));
  EXPECT_THAT(error_of(head + "T: 0\n0.5 0.5\n0 \n"),
              HasSubstr("m:7: a probability \"\", expected a finite number"));
  EXPECT_THAT(error_of(head + "T: 0\n0.5 -0.5\n"), HasSubstr("m:5: probability -0.5"));
  EXPECT_THAT(error_of(head + "T: 0\n0.5 nan\n"), HasSubstr("m:5: a probability \"nan\""));
  EXPECT_THAT(error_of(head + "T: 0\n0.5 0.48\n0 1\n"),
              HasSubstr("state 0, choice 0: probabilities sum to 0.98"));
  EXPECT_THAT(error_of(head + "T: 0 : a reset\n"), HasSubstr("m:4: reset"));
  EXPECT_THAT(error_of(head + "Q: 0\n"), HasSubstr("a statement \"Q\""));
  EXPECT_THAT(error_of("discount: 1\nT: 0\n"), HasSubstr("expected states:"));
  EXPECT_THAT(error_of("states: 2\nstates: a a\n"), HasSubstr("state a twice"));
  EXPECT_THAT(error_of("states: 100000\nactions: 100000\nT: 0 uniform\n"),
              HasSubstr("more than 268435456 entries"));
}

/// A tar of these files; checksums are not looked at.
std::string tar_of(const Beside& files) {
  std::string tar;
  for (const auto& [name, content] : files) {
    std::string head(512, '\0');
    head.replace(0, name.size(), name);
    char size[12];
    std::snprintf(size, sizeof size, "%011o", static_cast<unsigned>(content.size()));
    head.replace(124, 11, size);
    head[156] = '0';
    head.replace(257, 5, "ustar");
    tar += head + content + std::string((512 - content.size() % 512) % 512, '\0');
  }
  return tar + std::string(1024, '\0');
}
std::string words(std::initializer_list<std::uint64_t> numbers) {
  std::string bytes;
  for (std::uint64_t number : numbers) {
    for (int byte = 0; byte < 8; ++byte, number >>= 8) bytes += static_cast<char>(number & 0xFF);
  }
  return bytes;
}
/// The model of expect_two_states, its probabilities 1/2 and 1 as rationals.
Beside umb_files() {
  return {
      {"./index.json",
       R"({"transition-system": {"time": "discrete", "#players": 1, "#states": 2, "#choices": 3, "#branches": 4,
               "#observations": 0, "branch-probability-type": {"type": "rational", "size": 128}},
               "annotations": {"rewards": {"r": {"applies-to": ["choices"], "type": {"type": "rational"}}},
                               "aps": {"g": {"alias": "goal"}}}})"},
      {"state-to-choices.bin", words({0, 2, 3})},
      {"choice-to-branches.bin", words({0, 2, 3, 4})},
      {"branch-to-target.bin", words({0, 1, 1, 1})},
      {"branch-to-probability.bin", words({1, 2, 1, 2, 1, 1, 3, 3})},
      {"state-is-initial.bin", words({1})},
      {"annotations/aps/g/states/values.bin", words({2})},
      {"annotations/rewards/r/choices/values.bin", words({9, 2, 10, 1, ~std::uint64_t{0}, 1})}};
}

TEST(ReadUmb, RationalsLabelsAndRewards) {
  const Mdp model = read(tar_of(umb_files()));
  expect_two_states(model, {4.5, 10, -1});
  EXPECT_THAT(model.label("init"), ElementsAre(0));
  EXPECT_THAT(model.label("goal"), ElementsAre(1));
}

TEST(ReadUmb, NamesTheFileOfWhatIsWrong) {
  const auto with = [](const std::string& name, const std::string& content) {
    Beside files = umb_files();
    files[name] = content;
    return error_of(tar_of(files));
  };
  EXPECT_THAT(with("state-to-choices.bin", words({0, 2})),
              HasSubstr("state-to-choices.bin: 16 bytes, expected 3 x 8"));
  EXPECT_THAT(with("state-to-choices.bin", words({0, 4, 3})),
              HasSubstr("state-to-choices.bin falls after element 1"));
  EXPECT_THAT(with("choice-to-branches.bin", words({1, 2, 3, 4})),
              HasSubstr("goes from 1 to 4, expected 0 to 4"));
  EXPECT_THAT(with("branch-to-target.bin", words({0, 1, 2, 1})),
              HasSubstr("target 2, but there are 2 states"));
  EXPECT_THAT(with("branch-to-probability.bin", words({1, 2, 1, 0, 1, 1, 3, 3})), HasSubstr("denominator 0"));
  EXPECT_THAT(with("branch-to-probability.bin", words({1, 2, 3, 2, 1, 1, 3, 3})), HasSubstr("branch 1: 1.5"));
  EXPECT_THAT(with("branch-to-probability.bin", words({1, 2, 48, 100, 1, 1, 3, 3})),
              HasSubstr("sum to 0.98"));
  EXPECT_THAT(with("./index.json", "{"), HasSubstr("index.json: no transition-system"));
  EXPECT_THAT(with("./index.json", R"({"transition-system": {"time": "stochastic"}})"),
              HasSubstr("time, expected"));
  Beside lacking = umb_files();
  lacking.erase("branch-to-target.bin");
  EXPECT_THAT(error_of(tar_of(lacking)), HasSubstr("branch-to-target.bin is missing"));
  const std::string whole = tar_of(umb_files());
  EXPECT_THAT(error_of(whole.substr(0, 700)), HasSubstr("beyond the end of the file"));
}

TEST(DetectModel, RefusesWhatIsNone) {
  for (const char* text : {"", "hello\n", "a,b\n1,2\n", "\xFF\xFE", "statesman: 3\n"}) {
    EXPECT_THAT(error_of(text), HasSubstr("not a model")) << text;
  }
}

}  // namespace
}  // namespace calando::bellman
