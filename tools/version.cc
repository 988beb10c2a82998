// SPDX-License-Identifier: MIT
#include "calando/version.h"

#include <fmt/format.h>

#include "src/cpu/matmul.h"
#include "tools/command.h"

namespace calando::tools {

std::string version_text() {
  const cpu::MatmulKernel kernel = cpu::matmul_kernel();
  return fmt::format("calando {}\ncompiler {}\ninstruction set {}\nmatrix kernel {}, {}", kVersion,
                     __VERSION__, kernel.instruction_set, kernel.instruction_set,
                     kernel.fused ? "fused multiply-add" : "separate multiply and add");
}

}  // namespace calando::tools
