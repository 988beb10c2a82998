// SPDX-License-Identifier: MIT
// Asking a schedule allocates nothing. The counting stands in for the sanitizers' own allocator, so not with them.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "calando/schedule.h"

#if !defined(__SANITIZE_ADDRESS__)
namespace {
std::atomic<long> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace calando {
namespace {

TEST(Allocation, AskingAScheduleNeedsNone) {
  for (const char* text :
       {"linear(0, 1, 100) then constant(1, 50) then cosine(1, 0.1, 300) then polynomial(0.1, 0.05, 100, "
        "power=3) then "
        "tanh(1, 0, 90) then rex(1, 0, 90) then exponential(1, 0.1, 90) then saturating(1, 0, 90) then "
        "logarithmic(0, 1, 90) then one_minus_sqrt(1, 0, 90)",
        "restarts(0.1, 0.01, 10, stretch=1.5, shrink=0.9)", "cyclic(0.1, 1, 5, factor=0.99)",
        "stairs(clamped(scaled(window(cosine(1, 0, 900), 5), 2), 0.2, 0.8), 7)",
        "torch.CyclicLR(opt, 0.01, 0.1, 7, 4)",
        "transformers.get_cosine_schedule_with_warmup(opt, 10, 90, lr=0.1)",
        "keras.PolynomialDecay(0.1, 10, cycle=True)"}) {
    const Schedule schedule = parse_schedule(text);
    const long before = allocations;
    double sum = 0;
    for (Step t = 0; t < 2000; ++t) sum += schedule(t * 7919 % 2000);
    EXPECT_EQ(allocations - before, 0) << text;
    EXPECT_GT(sum, 0);
  }
  const long before = allocations;
  const Schedule made = cosine(1, 0, 10);
  EXPECT_GT(allocations, before) << "the count counts: " << made(0);
}

}  // namespace
}  // namespace calando
#endif
