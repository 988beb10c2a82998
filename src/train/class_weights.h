// SPDX-License-Identifier: MIT
// --class-weight: how much the rows of a class count in the loss.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace calando::training {

/// "NAME=W" sets the weight of one class, "balanced" those of all to rows / (classes x rows of the class); what comes later
/// overrides. The result is empty where `texts` is, else one weight a class.
///
/// Throws:  UsageError: a class that is not there, a weight that is no positive number.
std::vector<float> class_weights(const std::vector<std::string>& texts,
                                 const std::vector<std::string>& classes,
                                 std::span<const std::int32_t> labels);

}  // namespace calando::training
