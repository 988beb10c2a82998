// SPDX-License-Identifier: MIT
// A team of threads that shares out independent tasks.
#pragma once

#include <cstddef>
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
  /// Throws:  UsageError where threads < 1; RunError where the system refuses a thread.
  explicit Team(int threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int size() const noexcept;

  /// Calls task(i) once for each i < count, in any order, on any thread of the team; returns when all have returned.
  /// What the tasks wrote is visible then. Not to be called from within a task, nor from two threads at a time.
  ///
  /// Throws:  what a task threw, the first of several, after the others are done.
  template <class Task>
  void run(std::size_t count, const Task& task) {
    run_each(count, {&task, [](const void* self, std::size_t i) { (*static_cast<const Task*>(self))(i); }});
  }

 private:
  /// A callable known by its address: no allocation, one indirect call.
  struct TaskRef {
    const void* self = nullptr;
    void (*call)(const void* self, std::size_t i) = nullptr;
  };
  struct Shared;

  void run_each(std::size_t count, TaskRef task);

  std::unique_ptr<Shared> shared_;
};

}  // namespace calando::cpu
