// SPDX-License-Identifier: MIT
#include "src/search/tiles.h"

namespace calando::searching {

QueryPanels panels_of(const float* queries, std::size_t count, std::size_t dimension) {
  QueryPanels result;
  result.width = count <= 16 ? 16 : kPanel;
  result.dimension = dimension;
  const std::size_t width = result.width, panels = (count + width - 1) / width;
  result.lines.resize(panels * dimension * width / 16);
  float* const numbers = result.numbers();
  for (std::size_t j = 0; j < count; ++j)
    for (std::size_t k = 0; k < dimension; ++k)
      numbers[(j / width * dimension + k) * width + j % width] = queries[j * dimension + k];
  return result;
}

}  // namespace calando::searching
