// SPDX-License-Identifier: MIT
// Plain loops: foreach_target.h compiles this file once for each instruction set, and the compiler vectorizes them there.
#include "src/train/row_kernels.h"

#include "src/cpu/dispatch.h"
#include "src/train/activation.h"

#ifndef CALANDO_PORTABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/train/row_kernels.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, which includes this file once more for each instruction set.
#include "hwy/highway.h"
HWY_BEFORE_NAMESPACE();
#endif
namespace calando::training {
namespace HWY_NAMESPACE {

void standardise_floats(std::size_t count, const float* __restrict raw, const float* __restrict mean,
                        const float* __restrict factor, float* __restrict out) {
  for (std::size_t i = 0; i < count; ++i) {
    const float value = (raw[i] - mean[i]) * factor[i];
    out[i] = value == value ? value : 0.0F;
  }
}

void standardise_bytes(std::size_t count, const unsigned char* __restrict raw, const float* __restrict mean,
                       const float* __restrict factor, float* __restrict out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = (static_cast<float>(raw[i]) - mean[i]) * factor[i];
}

template <class Function>
void activate_with(std::size_t count, float* __restrict zy, float* __restrict gain) {
  if (gain == nullptr) {
    for (std::size_t i = 0; i < count; ++i) zy[i] = Function::value(zy[i]);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const float z = zy[i];
    const float y = Function::value(z);
    gain[i] = Function::slope(z, y);
    zy[i] = y;
  }
}

void activate_all(Activation activation, std::size_t count, float* zy, float* gain) {
  switch (activation) {
    case Activation::relu:
      return activate_with<Relu>(count, zy, gain);
    case Activation::tanh:
      return activate_with<Tanh>(count, zy, gain);
    case Activation::gelu:
      return activate_with<Gelu>(count, zy, gain);
  }
}

void scale_all(std::size_t count, float* __restrict y, const float* __restrict gain) {
  for (std::size_t i = 0; i < count; ++i) y[i] *= gain[i];
}

void add_all_rows(std::size_t count, std::size_t columns, const float* __restrict rows,
                  float* __restrict sums) {
  for (std::size_t r = 0; r < count; ++r, rows += columns) {
    for (std::size_t c = 0; c < columns; ++c) sums[c] += rows[c];
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace calando::training
#ifndef CALANDO_PORTABLE
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE
namespace calando::training {

CALANDO_EXPORT(standardise_floats);
CALANDO_EXPORT(standardise_bytes);
CALANDO_EXPORT(activate_all);
CALANDO_EXPORT(scale_all);
CALANDO_EXPORT(add_all_rows);

void standardise(std::size_t count, const float* raw, const float* mean, const float* factor,
                 float* out) noexcept {
  CALANDO_CHOSEN(standardise_floats)(count, raw, mean, factor, out);
}

void standardise(std::size_t count, const unsigned char* raw, const float* mean, const float* factor,
                 float* out) noexcept {
  CALANDO_CHOSEN(standardise_bytes)(count, raw, mean, factor, out);
}

void activate(Activation activation, std::size_t count, float* zy, float* gain) noexcept {
  CALANDO_CHOSEN(activate_all)(activation, count, zy, gain);
}

void activate(Activation activation, std::size_t count, float* zy) noexcept {
  CALANDO_CHOSEN(activate_all)(activation, count, zy, nullptr);
}

void scale(std::size_t count, float* y, const float* gain) noexcept {
  CALANDO_CHOSEN(scale_all)(count, y, gain);
}

void add_rows(std::size_t count, std::size_t columns, const float* rows, float* sums) noexcept {
  CALANDO_CHOSEN(add_all_rows)(count, columns, rows, sums);
}

}  // namespace calando::training
#endif
