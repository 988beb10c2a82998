// SPDX-License-Identifier: MIT
#include "tools/search_words.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "calando/error.h"
#include "src/spec/nearest.h"
#include "tools/shrink_guard.h"
#include "tools/similarity_words.h"

namespace calando::tools {
namespace {

Element stored_element(const std::string& word) {
  if (word == "f16") return Element::f16;
  if (word == "bf16") return Element::bf16;
  if (word == "i8") return Element::i8;
  throw UsageError(fmt::format("--store: \"{}\"{}, expected f16, bf16 or i8", word,
                               spec::did_you_mean(word, {"f16", "bf16", "i8"})));
}

std::vector<std::string> checked_names(const std::string& path, std::size_t rows) {
  std::vector<std::string> names = read_names(path);
  if (names.size() != rows)
    throw DataError::in_file(path, fmt::format("{} names, the corpus has {} vectors", names.size(), rows));
  return names;
}

}  // namespace

void declare_corpus(CLI::App& app, CorpusOptions& options) {
  app.add_option("CORPUS", options.path,
                 "vectors: npy, fvecs, bvecs, IDX, safetensors, a table, word2vec text")
      ->required();
  app.add_option("--names", options.names, "names of its rows, one a line, printed instead of ids")
      ->option_text("FILE");
  app.add_flag("--words", options.words,
               "print the words that the vectors' own file has (word2vec, a first column of text)");
  app.add_option("--only", options.only, "find only these ids, one a line")->option_text("FILE");
  app.add_option("--store", options.store, "search in the corpus as f16, bf16 or i8, and say what that costs")
      ->option_text("TYPE");
  declare_undefined(app, options.undefined);
  declare_vector_file(app, options.file);
  app.add_option("--memory", options.memory_megabytes,
                 "megabytes for what is neither corpus nor result (default: 1024)")
      ->option_text("MB")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 40));
  app.add_option("--block-rows", options.block_rows,
                 "rows at a time (default: what fits the cache); changes no result")
      ->option_text("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 24));
}

CorpusInput::CorpusInput(const CorpusOptions& options, const Common& common) : path_(options.path) {
  search_.undefined = parse_undefined(options.undefined);
  search_.threads = common.threads;
  search_.memory = options.memory_megabytes << 20;
  search_.block_rows = options.block_rows;
  const std::optional<Element> element =
      options.store.empty() ? std::nullopt : std::optional(stored_element(options.store));
  input_ = read_vector_file(options.path, {raw_shape(options.file), options.file.tensor});
  Vectors rows = input_.view();
  if (element) {
    if (rows.element == Element::bits)
      throw UsageError(
          fmt::format("--store {}: {} has bits, which need no smaller type", options.store, path_));
    try {
      stored_ = stored_as(*element, rows);
    } catch (const UsageError& error) {
      throw DataError::in_file(path_, error.what());
    }
    rows = stored_.rows;
    if (!common.quiet)
      fmt::print(stderr, "calando: {}: stored as {}, no similarity changes by more than {:.3g} (row {})\n",
                 path_, options.store, stored_.largest_error, stored_.worst_row);
  }
  if (!options.names.empty()) names_ = checked_names(options.names, rows.rows);
  if (options.words) {
    names_ = input_.rows.names;
    if (names_.empty()) throw DataError::in_file(path_, "has no words for its vectors");
  }
  corpus_.emplace(rows, common.threads);
  refuse_shrunk_files();
  if (search_.undefined == Undefined::error && corpus_->zeros() > 0)
    throw DataError::in_file(path_,
                             fmt::format("{} vectors of zeros, which have no direction", corpus_->zeros()));
  if (!options.only.empty()) read_ids(options.only);
}

void CorpusInput::read_ids(const std::string& path) {
  only_.resize(corpus_->ids());
  const std::vector<std::string> lines = read_names(path);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::size_t id = 0;
    const auto [end, error] = std::from_chars(lines[i].data(), lines[i].data() + lines[i].size(), id);
    if (error != std::errc() || end != lines[i].data() + lines[i].size() || id >= only_.size())
      throw DataError::at_line(
          path, i + 1, fmt::format("\"{}\", expected an id from 0 to {}", lines[i], only_.size() - 1));
    only_[id] = true;
  }
  search_.accept = [this](std::uint64_t id) { return only_[id]; };
}

void CorpusInput::print(std::uint64_t id, bool json, Output& out) const {
  if (names_.empty()) {
    out.number(static_cast<long long>(id));
  } else {
    out.text(json ? nlohmann::json(names_[id]).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                  : names_[id]);
  }
}

void CorpusInput::tell_left_out(const Common& common) const {
  if (common.quiet) return;
  if (const std::size_t count = corpus_->not_finite(); count > 0)
    fmt::print(stderr, "calando: {}: {} rows with NaN or infinity are never found\n", path_, count);
  if (const std::size_t count = corpus_->zeros(); count > 0 && search_.undefined == Undefined::nan)
    fmt::print(stderr,
               "calando: {}: {} rows of zeros are never found (--undefined zero: their similarity is 0)\n",
               path_, count);
}

double checked_similarity(const std::string& option, double similarity) {
  if (similarity >= -1 && similarity <= 1) return similarity;
  throw UsageError(fmt::format("{} {}, expected a similarity from -1 to 1", option, similarity));
}

}  // namespace calando::tools
