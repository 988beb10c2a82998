// SPDX-License-Identifier: MIT
// Data sets from other formats than tables.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "calando/error.h"
#include "src/io/npy.h"
#include "src/train/data_testing.h"

namespace calando::training {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string idx(std::vector<unsigned> shape, const std::string& bytes, char type = 8) {
  std::string text{'\0', '\0', type, static_cast<char>(shape.size())};
  for (const unsigned size : shape) {
    for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(size >> shift & 255);
  }
  return text + bytes;
}

template <class T>
std::string npy(const std::vector<T>& values, std::vector<std::size_t> shape) {
  return io::npy_bytes(io::view_of<T>(values, std::move(shape)));
}

/// Four pictures of 1 x 2 pixels to learn from, two to test with.
DataOptions picture_folder(DataFolder& folder) {
  folder.write("train-images-idx3-ubyte", idx({4, 1, 2}, std::string("\x00\x04\x00\x04\x00\x04\x00\x04", 8)));
  folder.write("train-labels-idx1-ubyte", idx({4}, std::string("\x03\x07\x07\x03", 4)));
  folder.write("t10k-images-idx3-ubyte", idx({2, 1, 2}, std::string("\x06\x02\x00\x04", 4)));
  folder.write("t10k-labels-idx1-ubyte", idx({2}, std::string("\x07\x03", 2)));
  DataOptions options;
  options.path = folder.path();
  return options;
}

TEST(DataFormats, AFolderOfPicturesTrainsOnAllAndTestsOnT10k) {
  DataFolder folder;
  const DataSet set = read(picture_folder(folder));
  EXPECT_EQ(set.training.rows(), 4U);
  EXPECT_EQ(set.validation.rows(), 0U);
  EXPECT_THAT(set.preprocessing.classes, ElementsAre("3", "7"));
  EXPECT_THAT(set.test.labels, ElementsAre(1, 0));
  EXPECT_THAT(inputs_of(set.training, 0), ElementsAre(-1, 1));  // mean 2, deviation 2, of all pixels
  EXPECT_THAT(inputs_of(set.test, 0), ElementsAre(2, 0));
  EXPECT_THAT(image_of(*set.test.features, 0), ElementsAre(6, 2));
  EXPECT_EQ(set.preprocessing.image_columns, 2U);
}

TEST(DataFormats, AFolderThatLacksAFileSaysWhich) {
  DataFolder folder;
  DataOptions options = picture_folder(folder);
  options.target = "y";
  EXPECT_THAT(refusal<UsageError>(options),
              HasSubstr("--target y: a folder has its labels in train-labels*"));
  DataFolder empty;
  options = {};
  options.path = empty.path();
  EXPECT_THAT(refusal<DataError>(options), HasSubstr("holds train-images* and train-labels*"));
}

TEST(DataFormats, PicturesAndLabelsThatDisagree) {
  DataFolder folder;
  const DataOptions options = picture_folder(folder);
  folder.write("train-labels-idx1-ubyte", idx({3}, "\1\2\1"));
  EXPECT_THAT(refusal<DataError>(options), HasSubstr("3 labels, expected one for each of the 4 rows of"));
  folder.write("train-labels-idx1-ubyte", idx({4}, "\1\2\1"));
  EXPECT_THAT(refusal<DataError>(options), HasSubstr("3 bytes of data, expected 4"));
}

TEST(DataFormats, SparseRowsAreStandardisedWithTheirZeros) {
  DataFolder folder;
  DataOptions options;
  options.path = folder.write("a.txt", "+1 1:4 3:1\n-1 2:2\n+1 1:4\n-1 # none\n");
  options.validation = "0";
  options.test = folder.write("b.txt", "-1 1:2 9:1\n");
  const DataSet set = read(options);
  EXPECT_THAT(set.preprocessing.classes, ElementsAre("-1", "1"));
  EXPECT_THAT(set.training.labels, ElementsAre(1, 0, 1, 0));
  EXPECT_FLOAT_EQ(inputs_of(set.training, 0)[0], 1);  // 4 0 4 0: mean 2, deviation 2
  EXPECT_FLOAT_EQ(inputs_of(set.training, 3)[0], -1);
  EXPECT_FLOAT_EQ(inputs_of(set.training, 1)[1], static_cast<float>(std::sqrt(3.0)));
  EXPECT_FLOAT_EQ(inputs_of(set.test, 0)[0], 0);
  EXPECT_EQ(set.test.features->inputs(), 3U);
  options.target = "y";
  EXPECT_THAT(refusal<UsageError>(options), HasSubstr("the first word of each line"));
}

TEST(DataFormats, ArraysWithTheirLabelsInAnotherFile) {
  DataFolder folder;
  DataOptions options;
  options.path = folder.write("x.npy", npy<float>({1, 10, 3, 10}, {2, 2}));
  options.validation = "0";
  EXPECT_THAT(refusal<UsageError>(options),
              HasSubstr("--target is missing: the file with a label for each row"));
  options.target = folder.write("y.npy", npy<double>({0.25, 0.5}, {2}));
  options.test = options.path + ":" + options.target;
  const DataSet set = read(options);
  EXPECT_EQ(set.preprocessing.task, Task::regression);
  EXPECT_THAT(inputs_of(set.training, 1), ElementsAre(1, 0));
  EXPECT_THAT(set.test.values, ElementsAre(0.25F, 0.5F));
  options.categorical = {"1"};
  EXPECT_EQ(refusal<UsageError>(options), "--categorical 1: only a table has named columns");
}

TEST(DataFormats, AnArrayWithAValueThatIsNotFinite) {
  DataFolder folder;
  DataOptions options;
  options.path = folder.write("x.npy", npy<double>({1, 2, 3, std::nan("")}, {2, 2}));
  options.target = folder.write("y.npy", npy<std::int64_t>({0, 1}, {2}));
  EXPECT_EQ(refusal<DataError>(options),
            "x.npy: row 1, column 2: nan, expected a finite number within float32");
  folder.write("x.npy", npy<double>({1, 1e300, 3, 4}, {2, 2}));
  EXPECT_THAT(refusal<DataError>(options), HasSubstr("row 0, column 2: inf"));
}

TEST(DataFormats, AnArrayOfBytesWithTwoAxesARowIsPictures) {
  DataFolder folder;
  DataOptions options;
  options.path = folder.write("x.npy", npy<std::uint8_t>({0, 4, 0, 4, 0, 4}, {3, 1, 2}));
  options.target = folder.write("y.npy", npy<std::int64_t>({0, 1, 1}, {3}));
  options.validation = "0";
  const DataSet set = read(options);
  EXPECT_EQ(set.preprocessing.kind, DataKind::images);
  EXPECT_THAT(inputs_of(set.training, 2), ElementsAre(-1, 1));
}

}  // namespace
}  // namespace calando::training
