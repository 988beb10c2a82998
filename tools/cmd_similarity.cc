// SPDX-License-Identifier: MIT
// calando similarity A B: the similarity of each row of A with the same row of B.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "calando/error.h"
#include "calando/similarity.h"
#include "src/cpu/threads.h"
#include "src/spec/nearest.h"
#include "tools/command.h"
#include "tools/output.h"
#include "tools/shrink_guard.h"
#include "tools/similarity_words.h"
#include "tools/vector_input.h"

namespace calando::tools {
namespace {

struct Options {
  std::string a;
  std::string b;
  std::string undefined = "nan";
  std::string as = "similarity";
  VectorFileOptions file;
};

/// Two files that can be compared row by row; of two types both in double.
struct Inputs {
  VectorInput a;
  VectorInput b;
};

Inputs read_inputs(const Options& options) {
  const io::VectorOptions how{raw_shape(options.file), options.file.tensor};
  Inputs inputs{read_vector_file(options.a, how), read_vector_file(options.b, how)};
  const Vectors a = inputs.a.view(), b = inputs.b.view();
  if (a.dimension != b.dimension)
    throw DataError::in_file(
        options.b, fmt::format("vectors of dimension {}, {} has {}", b.dimension, options.a, a.dimension));
  if (a.rows != b.rows)
    throw DataError::in_file(options.b, fmt::format("{} vectors, {} has {}", b.rows, options.a, a.rows));
  if (a.element == b.element) return inputs;
  if (a.element == Element::bits || b.element == Element::bits)
    throw DataError::in_file(options.b, fmt::format("vectors of {}, {} has {}", name_of(b.element), options.a,
                                                    name_of(a.element)));
  return {widened_input(inputs.a), widened_input(inputs.b)};
}

/// Values of the rows, computed by all threads; `zeros` has rows that meet a vector of zeros.
std::vector<double> compute(const Inputs& inputs, const Options& options, cpu::Team& team) {
  constexpr std::size_t kRowsPerTask = 256;
  const Vectors a = inputs.a.view(), b = inputs.b.view();
  const Undefined undefined = parse_undefined(options.undefined);
  std::vector<double> values(a.rows);
  team.run((a.rows + kRowsPerTask - 1) / kRowsPerTask, [&](std::size_t task) {
    const std::size_t first = task * kRowsPerTask, last = std::min(a.rows, first + kRowsPerTask);
    for (std::size_t i = first; i < last; ++i) {
      const Vectors x = a.rows_from(i, 1), y = b.rows_from(i, 1);
      try {
        values[i] = options.as == "angle"      ? angle(x, y, undefined)
                    : options.as == "distance" ? cosine_distance(x, y, undefined)
                                               : cosine_similarity(x, y, undefined);
      } catch (const UsageError&) {
        const bool in_a = norms(x)[0] == 0;
        throw DataError::in_file(in_a ? options.a : options.b,
                                 fmt::format("row {} is a vector of zeros, which has no direction", i));
      }
    }
  });
  return values;
}

void print(const std::vector<double>& values, const std::string& name, bool json, Output& out) {
  if (json) out.text("[");
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (json) {
      out.text(i == 0 ? "" : ",\n ")
          .text("{\"row\": ")
          .number(static_cast<long long>(i))
          .text(", \"")
          .text(name)
          .text("\": ");
      std::isnan(values[i]) ? out.text("null") : out.number(values[i]);
      out.text("}");
    } else {
      out.number(static_cast<long long>(i)).text("\t").number(values[i]).text("\n");
    }
  }
  if (json) out.text("]\n");
}

int run(const Options& options, const Common& common) {
  const std::vector<std::string> measures = {"similarity", "distance", "angle"};
  if (std::find(measures.begin(), measures.end(), options.as) == measures.end())
    throw UsageError(fmt::format("--as: \"{}\"{}, expected one of {}", options.as,
                                 spec::did_you_mean(options.as, measures), fmt::join(measures, ", ")));
  parse_undefined(options.undefined);
  const Inputs inputs = read_inputs(options);
  cpu::Team team(common.threads == 0 ? cpu::processors() : common.threads);
  const std::vector<double> values = compute(inputs, options, team);
  refuse_shrunk_files();
  Output out;
  print(values, options.as, common.json, out);
  out.finish();
  return kDone;
}

}  // namespace

Command similarity_command() {
  return {.name = "similarity",
          .summary = "Compare two files of vectors row by row: row<TAB>similarity.",
          .examples =
              "calando similarity a.npy b.npy\n"
              "calando similarity a.csv b.fvecs --undefined zero\n"
              "calando similarity a.npy b.npy --as angle\n"
              "calando similarity a.bin b.bin --shape 1000,128 --type f32\n",
          .computes = true,
          .declare = [](CLI::App& app) -> Run {
            auto options = std::make_shared<Options>();
            app.add_option("A", options->a,
                           "vectors: npy, fvecs, bvecs, IDX, safetensors, a table, word2vec text")
                ->required();
            app.add_option("B", options->b, "as many vectors of the same dimension")->required();
            app.add_option("--as", options->as,
                           "similarity (the default), distance (1 - similarity) or angle (radians)")
                ->option_text("MEASURE");
            declare_undefined(app, options->undefined);
            declare_vector_file(app, options->file);
            return [options](const Common& common) { return run(*options, common); };
          }};
}

}  // namespace calando::tools
