// SPDX-License-Identifier: MIT
// The team of threads: one counter hands the tasks out, another counts them in.
#ifndef CALANDO_PORTABLE
#include "src/cpu/threads.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <limits>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "calando/error.h"

namespace calando::cpu {
namespace {

using Counter = std::atomic<std::uint32_t>;  // of the size that a futex waits on

/// In place of a number of tasks: leave.
constexpr std::uint32_t kStop = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t kMostTasks = kStop - 1;

/// Longer than a thread of a training step waits for the others' last tasks and for the serial part between two runs: to wake it
/// takes a virtual machine as long as a tenth of a step. Short enough that beside a busy neighbour a step stays within three times
/// its length.
constexpr auto kSpin = std::chrono::microseconds(200);

inline void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Waits while `counter` holds `value`: awake for kSpin, then asleep.
void wait_while(const Counter& counter, std::uint32_t value) noexcept {
  const auto end = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 16; ++i) {
      if (counter.load(std::memory_order_acquire) != value) return;
      pause();
    }
  } while (std::chrono::steady_clock::now() < end);
  counter.wait(value, std::memory_order_acquire);
}

}  // namespace

int processors() noexcept {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// A thread that has taken a task of a run keeps that run from ending, hence `task` and `count` from changing; before,
// it reads neither. So a thread that the system holds back is waited for only if it holds a task.
struct Team::Shared {
  alignas(64) Counter to_take{0};    // tasks of this run that nobody has taken
  alignas(64) Counter to_finish{0};  // tasks of this run that have not returned
  alignas(64) TaskRef task;
  std::uint32_t count = 0;
  std::size_t first = 0;
  std::atomic_flag failed = ATOMIC_FLAG_INIT;
  std::exception_ptr failure;
  std::vector<std::thread> workers;

  void work() noexcept;
  void stop() noexcept;
  void run_some(std::size_t from, std::uint32_t tasks, TaskRef what) noexcept;
  void call(TaskRef what, std::size_t index) noexcept;

 private:
  bool take(std::size_t& index) noexcept;
  void take_all() noexcept;
};

bool Team::Shared::take(std::size_t& index) noexcept {
  std::uint32_t left = to_take.load(std::memory_order_relaxed);
  do {
    if (left == 0 || left == kStop) return false;
  } while (
      !to_take.compare_exchange_weak(left, left - 1, std::memory_order_acquire, std::memory_order_relaxed));
  index = first + (count - left);
  return true;
}

void Team::Shared::call(TaskRef what, std::size_t index) noexcept {
  try {
    what.call(what.self, index);
  } catch (...) {
    if (!failed.test_and_set()) failure = std::current_exception();
  }
}

void Team::Shared::take_all() noexcept {
  std::uint32_t done = 0;
  for (std::size_t index; take(index); ++done) call(task, index);
  // Sequentially consistent, as is the store of to_take: a sleeper either sees the new value or is seen.
  if (done > 0 && to_finish.fetch_sub(done) == done) to_finish.notify_all();
}

void Team::Shared::work() noexcept {
  for (;;) {
    wait_while(to_take, 0);
    if (to_take.load(std::memory_order_relaxed) == kStop) return;
    take_all();
  }
}

void Team::Shared::run_some(std::size_t from, std::uint32_t tasks, TaskRef what) noexcept {
  task = what;
  count = tasks;
  first = from;
  to_finish.store(tasks, std::memory_order_relaxed);
  to_take.store(tasks);
  to_take.notify_all();
  take_all();
  for (std::uint32_t left; (left = to_finish.load(std::memory_order_acquire)) != 0;)
    wait_while(to_finish, left);
}

void Team::Shared::stop() noexcept {
  to_take.store(kStop);
  to_take.notify_all();
  for (std::thread& worker : workers) worker.join();
}

Team::Team(int threads) {
  if (threads < 1) throw UsageError("threads: " + std::to_string(threads) + ", expected at least 1");
  shared_ = std::make_unique<Shared>();
  try {
    for (int i = 1; i < threads; ++i) shared_->workers.emplace_back([s = shared_.get()] { s->work(); });
  } catch (const std::exception& error) {
    shared_->stop();
    throw RunError("threads: the system refused to start " + std::to_string(threads) + ": " + error.what());
  }
}

Team::~Team() { shared_->stop(); }

int Team::size() const noexcept { return static_cast<int>(shared_->workers.size()) + 1; }

void Team::run_each(std::size_t count, TaskRef task) {
  if (count <= 1 || size() == 1) {
    for (std::size_t i = 0; i < count; ++i) shared_->call(task, i);
  } else {
    for (std::size_t from = 0; from < count; from += kMostTasks) {
      shared_->run_some(from, static_cast<std::uint32_t>(std::min<std::size_t>(count - from, kMostTasks)),
                        task);
    }
  }
  if (!shared_->failed.test()) return;
  shared_->failed.clear();
  std::rethrow_exception(std::exchange(shared_->failure, nullptr));
}

}  // namespace calando::cpu
#endif
