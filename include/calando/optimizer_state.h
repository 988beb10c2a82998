// SPDX-License-Identifier: MIT
// States of optimizers in safetensors files: calando's own, and PyTorch's.
//
//   write_state("adam.safetensors", adam.state());
//   adam.restore(read_state("adam.safetensors"));
#pragma once

#include <string>
#include <string_view>

#include "calando/optimizer.h"

namespace calando {

/// The state in a file that every reader of safetensors reads: a tensor "PARAMETER/STATE" each, in float32 whatever it is stored in (in
/// float64 for parameters in double); metadata "format", "rule", "steps", and "scalar GROUP/NAME" for each number. The same state gives
/// the same bytes; the file is written under another name and renamed.
///
/// Throws:  RunError: the disk
void write_state(const std::string& path, const OptimizerState& state);

/// What write_state wrote.
///
/// Throws:  DataError naming the file and what is wrong in it: not safetensors, another format, a number that is none, a type that is
///          none of these.
OptimizerState read_state(const std::string& path);

/// PyTorch's state of the same rule: tensors "PARAMETER.KEY", KEY as in its state_dict (exp_avg, exp_avg_sq, momentum_buffer, ...), and
/// "PARAMETER.step" for each parameter. docs/optimizers.md has the lines of Python that write and read such a file.
///
/// Throws:  UsageError: PyTorch has no such rule; parameters in bfloat16, whose master copies a state_dict has no place for. RunError: the
///          disk.
void write_torch_state(const std::string& path, const OptimizerState& state);

/// What write_torch_state or those lines of Python wrote, for a rule of ours by name: "adamw".
///
/// Throws:  UsageError: PyTorch has no such rule. DataError: as read_state, and a key that the rule has not, parameters that have taken
///          different numbers of steps.
OptimizerState read_torch_state(const std::string& path, std::string_view rule);

}  // namespace calando
