// SPDX-License-Identifier: MIT
// Readers of models that others have written.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "calando/mdp.h"
#include "src/io/file.h"

namespace calando::bellman {

/// What a model's file may refer to: another one beside it, or nothing where there is none.
using Companion = std::function<std::optional<io::File>(const std::string& ending)>;

/// The table env.unwrapped.P of a Gymnasium environment as json.dump writes it; what is terminated ends the process.
///
///   {"0": {"0": [[probability, next, reward, terminated], ...], ...}, ...}
///
/// Throws:  DataError
Mdp read_gymnasium(const io::File& file);

/// PRISM's explicit form: transitions (`state choice target probability [action]`, a Markov chain's without choice), and
/// beside it the rewards of states (.srew) and transitions (.trew), the labels (.lab), and the states' variables (.sta), which
/// are only counted.
///
/// Throws:  DataError
Mdp read_prism(const io::File& file, const Companion& companion);

/// Storm's DRN. The first reward model counts.
///
/// Throws:  DataError
Mdp read_drn(const io::File& file);

/// Comma-separated state, choice, target, probability [, reward], in any order, a header or not.
///
/// Throws:  DataError
Mdp read_tuples(const io::File& file);

/// PETSc's binary form of a sparse matrix, (states x choices) x states, as madupite writes it; beside it the matrix of costs,
/// states x choices, which are to be minimised. Rows are state by state, a row without entries is a choice that is not there.
///
/// Throws:  DataError
Mdp read_petsc(const io::File& transitions, const io::File& costs);

/// Cassandra's .MDP and .POMDP, whose MDP part counts: states, actions, T and R, a reward that depends on what is seen being
/// expected over O. No start and no reset.
///
/// Source:  A. R. Cassandra, "POMDP file grammar", pomdp.org.
/// Throws:  DataError
Mdp read_cassandra(const io::File& file);

/// UMB, a tar of binary arrays, gzipped or not: discrete time, at most one player, probabilities in doubles, intervals of them,
/// or rationals of 128 bits. The first reward model counts; atomic propositions are labels, initial states are labelled "init".
///
/// Source:  "Specification of the UMB Format", 26 January 2026.
/// Throws:  DataError
Mdp read_umb(const io::File& file);

/// Which of them a content that starts so is for.
enum class ModelFormat { native, gymnasium, prism, drn, petsc, tuples, cassandra, umb };
/// "native", ..., in the order of ModelFormat.
inline constexpr std::array<std::string_view, 8> kModelFormatNames = {
    "native", "gymnasium", "prism", "drn", "petsc", "tuples", "cassandra", "umb"};

/// Throws:  DataError: none of them
ModelFormat detect_model(const std::string& name, std::string_view head);

/// Reads a model of any of these formats.
Mdp read_model(const io::File& file, const Companion& companion);

/// The path of what belongs to a file: model.tra and "lab" give model.lab; x_P_1.bin and "costs" give x_g_1.bin.
std::string companion_path(const std::string& path, const std::string& ending);
/// Finds them on the disk; none beside standard input.
Companion companions_of(const std::string& path);

}  // namespace calando::bellman
