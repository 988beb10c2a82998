// SPDX-License-Identifier: MIT
#include "src/train/class_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calando/error.h"

namespace calando::training {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

const std::vector<std::string> kClasses = {"no", "yes", "a=b"};
const std::vector<std::int32_t> kLabels = {0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 2};

TEST(ClassWeights, AreNoneWithoutAnOption) { EXPECT_TRUE(class_weights({}, kClasses, kLabels).empty()); }

TEST(ClassWeights, BalanceTheClasses) {
  EXPECT_THAT(class_weights({"balanced"}, kClasses, kLabels), ElementsAre(1.0F, 2.0F, 12.0F / 18.0F));
}

TEST(ClassWeights, AreSetByName) {
  EXPECT_THAT(class_weights({"yes=3", "a=b=0.5"}, kClasses, kLabels), ElementsAre(1.0F, 3.0F, 0.5F));
  EXPECT_THAT(class_weights({"balanced", "no=9"}, kClasses, kLabels), ElementsAre(9.0F, 2.0F, 12.0F / 18.0F));
}

TEST(ClassWeights, NameWhatIsWrong) {
  const auto refused = [](const char* text, const char* says) {
    EXPECT_THAT([&] { class_weights({text}, kClasses, kLabels); },
                ThrowsMessage<UsageError>(HasSubstr(says)));
  };
  refused("yess=2", "did you mean \"yes\"");
  refused("yes=-1", "a weight above 0");
  refused("yes=inf", "a weight above 0");
  refused("yes", "NAME=WEIGHT or balanced");
  EXPECT_THAT([] { class_weights({"yes=2"}, {}, {}); }, ThrowsMessage<UsageError>(HasSubstr("regression")));
}

}  // namespace
}  // namespace calando::training
