// SPDX-License-Identifier: MIT
// Gzip by zlib, member after member; every byte of the file is accounted for.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#ifndef CALANDO_PORTABLE
#include <zlib.h>
#endif

#include "calando/error.h"
#include "src/io/input.h"

namespace calando::io {

bool is_gzip(std::string_view head) noexcept { return head.starts_with("\x1f\x8b"); }

#ifdef CALANDO_PORTABLE

std::unique_ptr<Input> gunzip(const std::string& name, std::string, std::unique_ptr<Input>) {
  throw DataError::in_file(name, "is gzip, which this build (portable) cannot read: gunzip it first");
}

#else
namespace {

constexpr std::size_t kPackedBytes = 1 << 17;
constexpr int kGzipWindow = 15 + 16;         // zlib: the largest window, in gzip's frame
constexpr std::size_t kFrame = 64;           // more than the bytes around a member's data
constexpr std::size_t kLargestRatio = 1032;  // of deflate: 258 bytes for two bits

class Gunzip : public Input {
 public:
  Gunzip(std::string name, std::string start, std::unique_ptr<Input> packed)
      : name_(std::move(name)), buffer_(std::move(start)), packed_(std::move(packed)) {
    hint_ = unpacked_size(buffer_.size() + packed_->size_hint());
    taken_ = buffer_.size();
    buffer_.resize(std::max(kPackedBytes, buffer_.size()));
    point_at(taken_);
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw RunError(name_ + ": zlib cannot start");
  }
  ~Gunzip() override { inflateEnd(&stream_); }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  std::size_t read(char* out, std::size_t size) override {
    const auto room = static_cast<uInt>(std::min<std::size_t>(size, 1U << 30));
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = room;
    while (stream_.avail_out == room && (stream_.avail_in > 0 || refill())) advance();
    const std::size_t count = room - stream_.avail_out;
    hint_ -= std::min(hint_, count);
    return count;
  }
  std::size_t size_hint() const noexcept override { return hint_; }
  bool live() const noexcept override { return packed_->live(); }

 private:
  // The trailer holds the size of the last member modulo 2^32; it is believed where deflate could have made
  // it.
  std::size_t unpacked_size(std::size_t packed) const {
    const std::string trailer = packed_->ending(4);
    std::size_t size = 0;
    for (std::size_t i = trailer.size(); i-- > 0;) size = size << 8 | static_cast<unsigned char>(trailer[i]);
    return 2 * size + kFrame >= packed && size / kLargestRatio <= packed ? size : packed * 3;
  }

  void point_at(std::size_t count) {
    stream_.next_in = reinterpret_cast<Bytef*>(buffer_.data());
    stream_.avail_in = static_cast<uInt>(count);
  }

  bool refill() {
    const std::size_t count = packed_->read(buffer_.data(), buffer_.size());
    if (count == 0 && inside_) {
      throw DataError::at_byte(name_, taken_, "the gzip data end too early: the file is truncated");
    }
    taken_ += count;
    point_at(count);
    return count > 0;
  }

  void advance() {
    inside_ = true;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      inside_ = false;
      member_start_ = taken_ - stream_.avail_in;
      inflateReset(&stream_);
    } else if (status == Z_MEM_ERROR) {
      throw RunError(name_ + ": zlib has no memory");
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      fail();
    }
  }

  [[noreturn]] void fail() const {
    const char* const why = stream_.msg != nullptr ? stream_.msg : "no reason given";
    if (member_start_ > 0 && stream_.total_out == 0) {
      throw DataError::at_byte(name_, member_start_,
                               fmt::format("what follows the gzip data is not gzip ({})", why));
    }
    throw DataError::at_byte(name_, taken_ - stream_.avail_in,
                             fmt::format("the gzip data are damaged ({})", why));
  }

  std::string name_;
  std::string buffer_;
  std::unique_ptr<Input> packed_;
  z_stream stream_{};
  std::size_t taken_ = 0;  // bytes of the file in or before the buffer
  std::size_t hint_ = 0;
  std::size_t member_start_ = 0;
  bool inside_ = false;
};

}  // namespace

std::unique_ptr<Input> gunzip(const std::string& name, std::string start, std::unique_ptr<Input> packed) {
  return std::make_unique<Gunzip>(name, std::move(start), std::move(packed));
}
#endif

}  // namespace calando::io
