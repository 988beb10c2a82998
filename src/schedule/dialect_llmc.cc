// SPDX-License-Identifier: MIT
#include "src/schedule/dialect.h"
namespace calando::schedule {
std::vector<Dialect> llmc_dialects() { return {}; }
}  // namespace calando::schedule
