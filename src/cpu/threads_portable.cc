// SPDX-License-Identifier: MIT
// The team of one, for builds without threads.
#ifdef CALANDO_PORTABLE
#include <exception>
#include <string>

#include "calando/error.h"
#include "src/cpu/threads.h"

namespace calando::cpu {

struct Team::Shared {};

int processors() noexcept { return 1; }

Team::Team(int threads) {
  if (threads < 1) throw UsageError("threads: " + std::to_string(threads) + ", expected at least 1");
}
Team::~Team() = default;

int Team::size() const noexcept { return 1; }

void Team::run_each(std::size_t count, TaskRef task) {
  std::exception_ptr failure;
  for (std::size_t i = 0; i < count; ++i) {
    try {
      task.call(task.self, i);
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace calando::cpu
#endif
