// SPDX-License-Identifier: MIT
#include "src/io/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "calando/error.h"
#include "src/io/array_bytes.h"
#include "src/io/safetensors_format.h"

namespace calando::io {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestHeader = 100000000;  // as the reference implementation

/// A value for a message. Lists may be nested deeper than the stack would hold.
std::string shown_json(const json& value) { return value.is_primitive() ? value.dump() : value.type_name(); }

class Reader {
 public:
  explicit Reader(const File& file) : file_(file) {}

  Safetensors read() {
    const json header = parse_header();
    for (const auto& [name, value] : header.items()) {
      if (name == kSafetensorsMetadata) {
        read_metadata(value);
      } else {
        read_tensor(name, value);
      }
    }
    check_cover();
    return std::move(result_);
  }

 private:
  struct Extent {
    std::size_t begin;
    std::size_t end;
    std::string name;
  };

  json parse_header() {
    const std::string_view all = file_.bytes.view;
    if (all.size() < kSafetensorsPrefix)
      fail(all.size(), "the safetensors file ends within the header's length");
    std::uint64_t length = 0;
    for (std::size_t i = kSafetensorsPrefix; i-- > 0;)
      length = length << 8 | static_cast<unsigned char>(all[i]);
    if (length > all.size() - kSafetensorsPrefix) {
      fail(0, fmt::format("a safetensors header of {} bytes, {} are left in the file", length,
                          all.size() - kSafetensorsPrefix));
    }
    if (length > kLongestHeader)
      fail(0, fmt::format("a safetensors header of {} bytes, at most {} are read", length, kLongestHeader));
    data_ = kSafetensorsPrefix + length;
    const std::string_view text = all.substr(kSafetensorsPrefix, length);
    if (!text.starts_with('{')) fail(kSafetensorsPrefix, "the safetensors header does not start with {");
    // The parser keeps the last of two equal keys without a word.
    std::vector<std::set<std::string>> keys;
    const auto watch = [&](int, json::parse_event_t event, json& parsed) {
      if (event == json::parse_event_t::object_start) keys.emplace_back();
      if (event == json::parse_event_t::object_end) keys.pop_back();
      if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second) {
        fail(kSafetensorsPrefix,
             fmt::format("\"{}\" twice in the safetensors header", parsed.get<std::string>()));
      }
      return true;
    };
    try {
      return json::parse(text.begin(), text.end(), watch);
    } catch (const json::exception& error) {
      fail(kSafetensorsPrefix, fmt::format("the safetensors header is no JSON: {}", error.what()));
    }
  }

  void read_metadata(const json& value) {
    if (!value.is_object()) fail(kSafetensorsPrefix, "__metadata__ is no object");
    for (const auto& [name, text] : value.items()) {
      if (!text.is_string())
        fail(kSafetensorsPrefix,
             fmt::format("metadata \"{}\": {}, expected a string", name, shown_json(text)));
      result_.metadata[name] = text.get<std::string>();
    }
  }

  void read_tensor(const std::string& name, const json& value) {
    if (!value.is_object()) fail_tensor(name, "its entry is no object");
    Array array{read_type(name, value), read_sizes(name, value, "shape"), {}};
    const std::vector<std::size_t> offsets = read_sizes(name, value, "data_offsets");
    if (offsets.size() != 2 || offsets[0] > offsets[1])
      fail_tensor(name, "data_offsets are not [begin, end]");

    const std::size_t left = file_.bytes.view.size() - data_;
    if (offsets[1] > left) {
      fail_tensor(name, fmt::format("its data end at byte {}, the file has {}", offsets[1], left));
    }
    const std::size_t size = offsets[1] - offsets[0];
    const auto expected = bytes_of(array.type, array.shape);
    if (expected != size) {
      fail_tensor(name, fmt::format("{} bytes of data, its shape needs {}", size,
                                    expected ? fmt::to_string(*expected) : "more than 2^64"));
    }
    const std::string_view bytes = file_.bytes.view.substr(data_ + offsets[0], size);
    array.bytes = native_bytes({bytes, file_.bytes.owner}, size_of(array.type), ByteOrder::little);
    if (const auto bad = find_bad_bool(array))
      fail_tensor(name, fmt::format("element {} is neither 0 nor 1", *bad));
    extents_.push_back({offsets[0], offsets[1], name});
    result_.tensors.emplace(name, std::move(array));
  }

  Type read_type(const std::string& name, const json& value) const {
    const auto dtype = value.find("dtype");
    if (dtype == value.end() || !dtype->is_string()) fail_tensor(name, "no dtype");
    const auto word = dtype->get<std::string>();
    const auto named = std::find_if(kSafetensorsTypes.begin(), kSafetensorsTypes.end(),
                                    [&](const SafetensorsType& n) { return n.dtype == word; });
    if (named == kSafetensorsTypes.end()) fail_tensor(name, fmt::format("dtype \"{}\" is not known", word));
    return named->type;
  }

  std::vector<std::size_t> read_sizes(const std::string& name, const json& value, const char* key) const {
    const auto list = value.find(key);
    if (list == value.end() || !list->is_array()) fail_tensor(name, fmt::format("no {}", key));
    std::vector<std::size_t> sizes;
    for (const json& size : *list) {
      if (!size.is_number_unsigned())
        fail_tensor(name, fmt::format("{} holds {}, expected a size", key, shown_json(size)));
      sizes.push_back(size.get<std::size_t>());
    }
    return sizes;
  }

  /// The tensors' data follow each other from the first byte to the last.
  void check_cover() {
    const auto place = [](const Extent& e) { return std::pair(e.begin, e.end); };
    std::sort(extents_.begin(), extents_.end(),
              [&](const Extent& a, const Extent& b) { return place(a) < place(b); });
    std::size_t covered = 0;
    for (const Extent& extent : extents_) {
      if (extent.begin != covered) {
        fail_tensor(extent.name,
                    fmt::format("its data start at byte {} and {} at {}", extent.begin,
                                extent.begin < covered ? "overlap what ends" : "leave a hole", covered));
      }
      covered = extent.end;
    }
    if (const std::size_t left = file_.bytes.view.size() - data_; covered != left) {
      fail(data_ + covered, fmt::format("{} bytes of data that belong to no tensor", left - covered));
    }
  }

  [[noreturn]] void fail(std::size_t at, const std::string& what) const {
    throw DataError::at_byte(file_.name, at, what);
  }
  [[noreturn]] void fail_tensor(const std::string& name, const std::string& what) const {
    throw DataError::in_file(file_.name, fmt::format("tensor \"{}\": {}", name, what));
  }

  const File& file_;
  std::size_t data_ = 0;  // where the tensors' data start
  Safetensors result_;
  std::vector<Extent> extents_;
};

}  // namespace

Safetensors read_safetensors(const File& file) { return Reader(file).read(); }

}  // namespace calando::io
