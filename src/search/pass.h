// SPDX-License-Identifier: MIT
// One pass over a corpus for some queries: rough scores, then exact ones for those that may matter.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "src/cpu/threads.h"
#include "src/search/corpus.h"
#include "src/search/queries.h"
#include "src/search/sink.h"

namespace calando::searching {

struct PassOptions {
  std::uint64_t first_id = 0;  // rows before it are left out
  std::size_t block_rows = 0;  // 0: what fits the cache
  std::function<void(double)> progress = {};
};

/// Rows of the corpus at a time, of the cache's size unless said.
std::size_t rows_in_block(std::size_t asked, std::size_t dimension, std::size_t queries) noexcept;

/// Bytes of scratch that one thread takes.
std::size_t scratch_bytes(std::size_t block_rows, std::size_t dimension) noexcept;

/// Offers to the sinks, one for each thread of the team, every row that may matter; each row to exactly one of them.
void run_pass(cpu::Team& team, const Corpus::State& corpus, const QueryBatch& queries,
              const PassOptions& options, const std::vector<std::unique_ptr<Sink>>& sinks);

}  // namespace calando::searching
