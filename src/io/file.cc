// SPDX-License-Identifier: MIT
#include "src/io/file.h"

#include <algorithm>
#include <cstring>

#include "src/io/input.h"

namespace calando::io {

struct Source::State {
  std::string name;
  std::unique_ptr<Input> input;
  std::string ahead;      // read, not yet given out
  std::size_t given = 0;  // of `ahead`
  bool untouched = true;  // nothing read of `input` but what `ahead` holds

  std::string_view waiting() const noexcept { return std::string_view(ahead).substr(given); }

  State(std::string file, std::unique_ptr<Input> bytes) : name(std::move(file)), input(std::move(bytes)) {
    // Two bytes tell gzip from all else; a mapping starts at byte 0 all the same.
    while (waiting().size() < 2 && pull(2 - waiting().size())) continue;
    if (!is_gzip(ahead)) return;
    input = gunzip(name, std::move(ahead), std::move(input));
    ahead.clear();
    untouched = false;
  }

  bool pull(std::size_t size) {
    const std::size_t before = ahead.size();
    ahead.resize(before + size);
    const std::size_t count = input->read(ahead.data() + before, size);
    ahead.resize(before + count);
    return count > 0;
  }
};

Source::Source(const std::string& path)
    : state_(std::make_unique<State>(path == "-" ? "standard input" : path, open_input(path))) {}
Source::Source(File content)
    : state_(std::make_unique<State>(std::move(content.name), memory_input(std::move(content.bytes)))) {}
Source::~Source() = default;
Source::Source(Source&&) noexcept = default;
Source& Source::operator=(Source&&) noexcept = default;

const std::string& Source::name() const noexcept { return state_->name; }

std::size_t Source::read(char* out, std::size_t size) {
  State& s = *state_;
  s.untouched = false;
  if (s.given == s.ahead.size()) return s.input->read(out, size);
  const std::size_t count = s.waiting().copy(out, size);
  s.given += count;
  return count;
}

std::string_view Source::peek(std::size_t size, std::size_t known) {
  State& s = *state_;
  const auto enough = [&] {
    const std::string_view waiting = s.waiting();
    return waiting.size() >= size ||
           (s.input->live() && waiting.size() > known && waiting.find('\n') != std::string_view::npos);
  };
  while (!enough() && s.pull(size - s.waiting().size())) continue;
  return s.waiting().substr(0, size);
}

bool Source::live() const noexcept { return state_->input->live(); }

std::size_t Source::size_hint() const noexcept {
  return state_->waiting().size() + state_->input->size_hint();
}

File Source::whole() && {
  State& s = *state_;
  if (s.untouched) {
    if (const auto mapped = s.input->mapped()) return {s.name, *mapped};
  }
  std::size_t room = size_hint() + 1;  // one more, so that the end is seen without growing
  Buffer buffer = make_buffer(room);
  std::size_t size = 0;
  while (const std::size_t count = read(buffer.data + size, room - size)) {
    size += count;
    if (size < room) continue;
    Buffer larger = make_buffer(room *= 2);
    std::memcpy(larger.data, buffer.data, size);
    buffer = std::move(larger);
  }
  return {s.name, {buffer.bytes.view.substr(0, size), std::move(buffer.bytes.owner)}};
}

File read_file(const std::string& path) { return Source(path).whole(); }

}  // namespace calando::io
