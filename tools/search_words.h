// SPDX-License-Identifier: MIT
// What `search` and `pairs` have in common: a corpus from a file, names for its rows, what is said of rows that cannot be found.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "calando/search.h"
#include "tools/command.h"
#include "tools/output.h"
#include "tools/vector_input.h"

namespace calando::tools {

struct CorpusOptions {
  std::string path;
  std::string names;
  bool words = false;
  std::string only;
  std::string store;
  std::string undefined = "nan";
  std::size_t memory_megabytes = 1024;
  std::size_t block_rows = 0;
  VectorFileOptions file;
};
void declare_corpus(CLI::App& app, CorpusOptions& options);

/// Rows with their norms, and how they are called.
class CorpusInput {
 public:
  CorpusInput(const CorpusOptions& options, const Common& common);

  const Corpus& corpus() const noexcept { return *corpus_; }
  const SearchOptions& search() const noexcept { return search_; }

  /// A row as it is printed: its id, or its name.
  void print(std::uint64_t id, bool json, Output& out) const;

  /// On standard error: rows that are never found.
  void tell_left_out(const Common& common) const;

 private:
  void read_ids(const std::string& path);

  std::string path_;
  VectorInput input_;
  StoredVectors stored_;
  std::optional<Corpus> corpus_;
  SearchOptions search_;
  std::vector<std::string> names_;
  std::vector<bool> only_;
};

/// Throws:  UsageError: not from -1 to 1.
double checked_similarity(const std::string& option, double similarity);

}  // namespace calando::tools
