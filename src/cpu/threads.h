// SPDX-License-Identifier: MIT
// A team of threads that shares out independent tasks.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace calando::cpu {

/// The number of processors this process may use.
int processors() noexcept;

/// A team of threads, the caller being one of them. Idle ones spin for some microseconds and then sleep, so that a busy
/// neighbour costs its share and no more. A team of one starts no thread.
///
/// A task must not depend on which thread runs it, nor on how many there are: then neither do the results.
class Team {
 public:
  /// Throws:  UsageError where threads < 1.
  explicit Team(int threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int size() const noexcept;

  /// Calls task(i) once for each i < count, in any order, on any thread of the team; returns when all have returned.
  /// An exception of a task is thrown here, after the others are done. Not to be called from within a task.
  void run(std::size_t count, const std::function<void(std::size_t)>& task);

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace calando::cpu
