// SPDX-License-Identifier: MIT
// What happens to a row between two matrix products: dropout, the loss and its gradient.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "src/train/model_options.h"
#include "src/train/network.h"

namespace calando::training {

/// Leaves out units of one row: y and gain are multiplied by 0, or by 1 / (1 - rate) where the unit stays.
///
/// Units:   rate is rounded to a multiple of 2^-16; unit `first_unit` + i is y[i]
void drop_units(double rate, const DropoutKey& key, std::uint32_t row, std::size_t first_unit,
                std::size_t count, float* y, float* gain) noexcept;

/// z becomes the gradient of weight * loss for one row; returns weight * loss.
double classification_loss(std::span<float> z, std::int32_t label, double weight, double smoothing,
                           double total_weight) noexcept;
double regression_loss(float& z, float value, double total_weight) noexcept;

/// z becomes probabilities. Of a NaN, all are NaN.
void softmax(std::span<float> z) noexcept;

}  // namespace calando::training
