// SPDX-License-Identifier: MIT
#include "tools/shrink_guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <utility>

#include "calando/error.h"

namespace calando::tools {
namespace {

/// What the signal handler looks at, which has to be global.
struct Mapping {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::atomic<bool> shrunk = false;
  std::string name;
};
std::array<Mapping, 8> mappings;
std::atomic<std::size_t> mapping_count = 0;
std::uintptr_t page_size = 4096;

void replace_missing_pages(int signal, siginfo_t* info, void*) {
  const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr);
  for (std::size_t i = 0; i < mapping_count.load(std::memory_order_acquire); ++i) {
    Mapping& mapping = mappings[i];
    if (at < mapping.begin || at >= mapping.end) continue;
    mapping.shrunk.store(true, std::memory_order_relaxed);
    const std::uintptr_t page = at / page_size * page_size;
    void* const zeros = ::mmap(reinterpret_cast<void*>(page), mapping.end - page, PROT_READ,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (zeros != MAP_FAILED) return;
  }
  std::signal(signal, SIG_DFL);  // not ours: the instruction is repeated and ends the process
}

}  // namespace

void guard_mapping(const io::File& file) {
  const std::size_t i = mapping_count.load(std::memory_order_relaxed);
  if (i == mappings.size() || file.bytes.view.empty()) return;
  if (i == 0) {
    page_size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    struct sigaction action = {};
    action.sa_sigaction = replace_missing_pages;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, nullptr);
  }
  mappings[i].begin = reinterpret_cast<std::uintptr_t>(file.bytes.view.data());
  mappings[i].end = mappings[i].begin + file.bytes.view.size();
  mappings[i].name = file.name;
  mapping_count.store(i + 1, std::memory_order_release);
}

void refuse_shrunk_files() {
  for (std::size_t i = 0; i < mapping_count.load(); ++i) {
    if (mappings[i].shrunk.load())
      throw DataError::in_file(mappings[i].name, "was cut short while it was read");
  }
}

std::function<void(double)> refusing_shrunk_files(std::function<void(double)> progress) {
  return [progress = std::move(progress)](double share) {
    refuse_shrunk_files();
    if (progress) progress(share);
  };
}

}  // namespace calando::tools
