// SPDX-License-Identifier: MIT
#include "src/io/safetensors.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "src/io/io_testing.h"

namespace calando::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_literals;

std::string with_length(const std::string& header, const std::string& data) {
  std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + data;
}
Safetensors read(const std::string& content) { return read_safetensors(file_of("m.safetensors", content)); }
std::string error_of(const std::string& header, const std::string& data = "") {
  return data_error([&] { read(with_length(header, data)); });
}

TEST(Safetensors, GoldenBytes) {
  const std::vector<std::uint8_t> mask = {1, 2, 3};
  const std::vector<float> weights = {1.0F, -2.0F};
  Safetensors content;
  content.tensors["a"] = view_of<std::uint8_t>(mask, {3});
  content.tensors["b"] = view_of<float>(weights, {2, 1});
  content.metadata["format"] = "calando";
  content.metadata["by"] = "\"test\"";
  const std::string header = R"({"__metadata__":{"by":"\"test\"","format":"calando"},)"
                             R"("a":{"data_offsets":[8,11],"dtype":"U8","shape":[3]},)"
                             R"("b":{"data_offsets":[0,8],"dtype":"F32","shape":[2,1]}})";
  ASSERT_EQ(header.size(), 161);
  EXPECT_EQ(safetensors_bytes(content), with_length(header + "       ", "\0\0\x80\x3F\0\0\0\xC0\1\2\3"s));
}

TEST(Safetensors, ReadsWhatItWrote) {
  const std::vector<std::uint64_t> words = {0x0001000100010001, 0x0101010101010101};
  Safetensors content;
  for (const Type type : {Type::boolean, Type::u8, Type::i8, Type::u16, Type::i16, Type::u32, Type::i32,
                          Type::u64, Type::i64, Type::f16, Type::bf16, Type::f32, Type::f64}) {
    Array array = view_of<std::uint64_t>(words, {16 / size_of(type)});
    array.type = type;
    content.tensors[std::string(name_of(type))] = array;
  }
  content.tensors["empty"] = view_of<double>({}, {0, 3});
  content.tensors["scalar"] = view_of<std::uint64_t>({words.data(), 1}, {});
  content.metadata = {{"k", "v\n\xC3\xA4"}};
  const File file = file_of("m.safetensors", safetensors_bytes(content));
  const Safetensors back = read_safetensors(file);
  EXPECT_EQ(back.metadata, content.metadata);
  ASSERT_EQ(back.tensors.size(), content.tensors.size());
  for (const auto& [name, array] : content.tensors) {
    const Array& other = back.tensors.at(name);
    EXPECT_EQ(other.type, array.type);
    EXPECT_EQ(other.shape, array.shape);
    EXPECT_EQ(other.bytes.view, array.bytes.view);
    EXPECT_EQ(other.bytes.owner, file.bytes.owner) << "viewed in place, because it is aligned";
  }
}

TEST(Safetensors, TheFileIsTheBytes) {
  const TemporaryFolder folder;
  Safetensors content;
  const std::vector<double> values(1000, 0.5);
  content.tensors["x"] = view_of<double>(values, {10, 100});
  write_safetensors(folder / "x.safetensors", content);
  EXPECT_EQ(read_file(folder / "x.safetensors").bytes.view, safetensors_bytes(content));
}

TEST(Safetensors, DataThatAreNotAlignedAreCopied) {
  const Safetensors content = read(with_length(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                                               R"( "b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}})",
                                               "\7\0\0\x80\x3F"s));
  EXPECT_THAT(content.tensors.at("b").as<float>(), ElementsAre(1.0F));
}

TEST(Safetensors, LengthsThatPassTheFileAreRefused) {
  EXPECT_EQ(data_error([] { read("1234567"); }),
            "m.safetensors at byte 7: the safetensors file ends within the header's length");
  EXPECT_EQ(
      data_error([] { read("\0\0\0\0\0\0\0\x10{}"s); }),
      "m.safetensors at byte 0: a safetensors header of 1152921504606846976 bytes, 2 are left in the file");
  EXPECT_EQ(error_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", "1234567"),
            "m.safetensors: tensor \"a\": its data end at byte 8, the file has 7");
  EXPECT_EQ(error_of(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[18446744073709551612,0]}})", ""),
            "m.safetensors: tensor \"a\": data_offsets are not [begin, end]");
  EXPECT_EQ(error_of(R"({"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}})", ""),
            "m.safetensors: tensor \"a\": 0 bytes of data, its shape needs more than 2^64");
  EXPECT_EQ(error_of(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", "12345678"),
            "m.safetensors: tensor \"a\": 8 bytes of data, its shape needs 12");
}

TEST(Safetensors, HolesAndOverlapsAreRefused) {
  const auto two = [](const char* a, const char* b) {
    return fmt::format(R"({{"a":{{"dtype":"U8","shape":[4],"data_offsets":[{}]}},)"
                       R"("b":{{"dtype":"U8","shape":[4],"data_offsets":[{}]}}}})",
                       a, b);
  };
  EXPECT_EQ(error_of(two("4,8", "0,4"), "12345678"), "no error");
  EXPECT_EQ(error_of(two("0,4", "2,6"), "123456"),
            "m.safetensors: tensor \"b\": its data start at byte 2 and overlap what ends at 4");
  EXPECT_EQ(error_of(two("0,4", "5,9"), "123456789"),
            "m.safetensors: tensor \"b\": its data start at byte 5 and leave a hole at 4");
  EXPECT_EQ(error_of(two("1,5", "5,9"), "123456789"),
            "m.safetensors: tensor \"a\": its data start at byte 1 and leave a hole at 0");
  EXPECT_THAT(error_of(two("0,4", "4,8"), "123456789"),
              HasSubstr("1 bytes of data that belong to no tensor"));
}

TEST(Safetensors, HeadersOfAnotherFormAreRefused) {
  EXPECT_THAT(error_of("[]"), HasSubstr("does not start with {"));
  EXPECT_THAT(error_of("{"), HasSubstr("is no JSON"));
  EXPECT_THAT(error_of("{} {}"), HasSubstr("is no JSON"));
  EXPECT_THAT(error_of(R"({"__metadata__":{"a":1}})"), HasSubstr("metadata \"a\": 1, expected a string"));
  const std::string deep(200000, '[');
  EXPECT_THAT(error_of("{\"__metadata__\":{\"a\":" + deep + std::string(deep.size(), ']') + "}}"),
              HasSubstr("metadata \"a\": array"));
  EXPECT_THAT(error_of(R"({"__metadata__":{"a":"1","a":"2"}})"), HasSubstr("\"a\" twice"));
  EXPECT_THAT(error_of(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
                       R"("a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})"),
              HasSubstr("\"a\" twice"));
  EXPECT_THAT(error_of(R"({"a":7})"), HasSubstr("tensor \"a\": its entry is no object"));
  EXPECT_THAT(error_of(R"({"a":{"shape":[0],"data_offsets":[0,0]}})"), HasSubstr("tensor \"a\": no dtype"));
  EXPECT_THAT(error_of(R"({"a":{"dtype":"F8_E4M3","shape":[0],"data_offsets":[0,0]}})"),
              HasSubstr("dtype \"F8_E4M3\" is not known"));
  EXPECT_THAT(error_of(R"({"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}})"),
              HasSubstr("shape holds -1, expected a size"));
  EXPECT_THAT(error_of(R"({"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,0]}})"),
              HasSubstr("shape holds 1.5"));
  EXPECT_THAT(error_of(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0]}})"),
              HasSubstr("data_offsets are not [begin, end]"));
  EXPECT_THAT(error_of(R"({"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}})", "\1\2"),
              HasSubstr("element 1 is neither 0 nor 1"));
}

TEST(Safetensors, WhatCannotBeWrittenIsAUsageError) {
  const std::vector<float> values(3);
  Safetensors content;
  content.tensors["x"] = view_of<float>(values, {4});
  EXPECT_THROW(safetensors_bytes(content), UsageError);
  content.tensors = {{"__metadata__", view_of<float>(values, {3})}};
  EXPECT_THROW(safetensors_bytes(content), UsageError);
  content.tensors = {{"\xFF", view_of<float>(values, {3})}};
  EXPECT_THROW(safetensors_bytes(content), UsageError);
}

}  // namespace
}  // namespace calando::io
