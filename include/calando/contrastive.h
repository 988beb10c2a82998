// SPDX-License-Identifier: MIT
// Losses of vectors that should be similar or not, with the gradients of what they are computed from.
//
// Shapes:  rows of `dimension` numbers that follow each other; gradients are as large as what they belong to, or empty: not wanted
// Units:   the mean over the terms; gradients are of that mean
// Error:   sums, similarities and gradients are computed in double, gradients rounded to float at the end; the same bits everywhere. NaN or
//          infinity in a row makes the loss NaN, and with it the gradients of all rows it met
//
// A vector of zeros has similarity 0 with everything, and gradient 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace calando {

/// Rows and where their gradients go.
struct EmbeddingRows {
  std::span<const float> values;
  std::span<float> gradients = {};
};

/// Pairs that belong together (target 1) and pairs that do not (target -1).
///
///   1 - s_i where y_i = 1,  max(0, s_i - margin) where y_i = -1,  s_i the similarity of a_i and b_i
///
/// Throws:  UsageError: shapes that differ, a target that is neither 1 nor -1
/// Source:  PyTorch 2, torch.nn.CosineEmbeddingLoss.
/// Departs: PyTorch adds 1e-12 to both squared norms.
double cosine_embedding_loss(const EmbeddingRows& a, const EmbeddingRows& b, std::size_t dimension,
                             std::span<const std::int8_t> targets, double margin = 0);

/// The positive of each anchor is to be nearer than the negative, by a margin.
///
///   max(0, (1 - s(a_i, p_i)) - (1 - s(a_i, n_i)) + margin)
///
/// Source:  Schroff, Kalenichenko & Philbin 2015, "FaceNet", eq. 1, with the cosine distance.
double triplet_loss(const EmbeddingRows& anchors, const EmbeddingRows& positives,
                    const EmbeddingRows& negatives, std::size_t dimension, double margin = 0.2);

/// Each query is to find its keys among all keys.
///
///   S_ij = s(q_i, k_j) / temperature
///   mean_i of  log sum_j exp S_ij - mean over p in P(i) of S_ip
///
/// P(i) are the keys whose label is that of query i; every key is in the denominator, the other positives included. Queries without a
/// positive are left out of the mean. Without labels P(i) = {i}.
///
/// Shapes:  labels: one a query and one a key, or none, then as many keys as queries
/// Throws:  UsageError: shapes that differ, temperature not above 0
/// Source:  van den Oord, Li & Vinyals 2018, "Contrastive predictive coding", eq. 4; several positives: Khosla et al. 2020,
///          "Supervised contrastive learning", eq. 2.
double info_nce_loss(const EmbeddingRows& queries, const EmbeddingRows& keys, std::size_t dimension,
                     double temperature = 0.1, std::span<const std::int64_t> query_labels = {},
                     std::span<const std::int64_t> key_labels = {});

/// The same among the rows of one batch, none being its own key. Without labels the 2 N rows are two views: row i and row i + N belong
/// together.
///
/// Throws:  UsageError: an odd number of rows without labels
/// Source:  Chen et al. 2020, "A simple framework for contrastive learning of visual representations", eq. 1.
double nt_xent_loss(const EmbeddingRows& rows, std::size_t dimension, double temperature = 0.5,
                    std::span<const std::int64_t> labels = {});

}  // namespace calando
