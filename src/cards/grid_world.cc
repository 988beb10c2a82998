// SPDX-License-Identifier: MIT
#include "src/cards/grid_world.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <set>

#include "calando/error.h"

namespace calando::cards {
namespace {

constexpr std::size_t kMostCells = 10'000;

struct Move {
  int row, column;
  plot::Arrow arrow;
};
/// Neighbours in this list are at right angles.
constexpr std::array<Move, 4> kMoves = {{{0, -1, plot::Arrow::left},
                                         {1, 0, plot::Arrow::down},
                                         {0, 1, plot::Arrow::right},
                                         {-1, 0, plot::Arrow::up}}};

class Board {
 public:
  explicit Board(const GridWorld& world) : world_(world), walls_(world.walls.begin(), world.walls.end()) {
    const std::size_t cells = world.rows * world.columns;
    if (cells == 0 || cells > kMostCells)
      throw UsageError(fmt::format("a board of {} cells, expected 1 to {}", cells, kMostCells));
    for (const std::size_t wall : walls_) {
      if (wall >= goal())
        throw UsageError(fmt::format("a wall in cell {}, expected 0 to {}", wall, goal() - 1));
    }
    if (!(world.slip >= 0 && world.slip <= 1))
      throw UsageError(fmt::format("slip {}, expected 0 to 1", world.slip));
  }

  std::size_t goal() const { return world_.rows * world_.columns - 1; }
  bool is_wall(std::size_t cell) const { return walls_.contains(cell); }

  std::size_t after(std::size_t cell, const Move& move) const {
    const auto row = static_cast<std::ptrdiff_t>(cell / world_.columns) + move.row;
    const auto column = static_cast<std::ptrdiff_t>(cell % world_.columns) + move.column;
    const bool inside = row >= 0 && column >= 0 && row < static_cast<std::ptrdiff_t>(world_.rows) &&
                        column < static_cast<std::ptrdiff_t>(world_.columns);
    const std::size_t next =
        inside ? static_cast<std::size_t>(row) * world_.columns + static_cast<std::size_t>(column) : cell;
    return is_wall(next) ? cell : next;
  }

  Mdp model() const {
    MdpBuilder builder("grid");
    for (std::size_t cell = 0; cell <= goal(); ++cell) {
      builder.add_state();
      if (cell == goal() || is_wall(cell)) {
        builder.add_choice(0).terminate(1);
        continue;
      }
      for (std::size_t i = 0; i < kMoves.size(); ++i) {
        builder.add_choice(-1);
        add(builder, cell, i, 1 - world_.slip);
        add(builder, cell, (i + 1) % 4, world_.slip / 2);
        add(builder, cell, (i + 3) % 4, world_.slip / 2);
      }
    }
    return std::move(builder).build();
  }

 private:
  void add(MdpBuilder& builder, std::size_t cell, std::size_t move, double probability) const {
    builder.add(static_cast<std::uint32_t>(after(cell, kMoves[move])), probability);
  }

  const GridWorld& world_;
  std::set<std::size_t> walls_;
};

}  // namespace

SolvedGrid solve_grid(const GridWorld& world) {
  const Board board(world);
  const Solution solution =
      solve(board.model(), {.discount = world.discount, .tolerance = 1e-9, .threads = 1});
  plot::Cells cells{.columns = world.columns, .rows = world.rows, .values = solution.values};
  for (std::size_t cell = 0; cell < cells.values.size(); ++cell) {
    const bool still = cell == board.goal() || board.is_wall(cell);
    cells.arrows.push_back(still ? plot::Arrow::none
                                 : kMoves[static_cast<std::size_t>(solution.policy[cell])].arrow);
    if (board.is_wall(cell)) cells.values[cell] = std::numeric_limits<double>::quiet_NaN();
  }
  SolvedGrid solved{.values = cells.values, .gap = solution.report.gap, .figure = {}};
  solved.figure.description =
      "Values as shade, the best move of each cell as an arrow; the ring is the goal.";
  solved.figure.x.ticks.emplace();
  solved.figure.y.ticks.emplace();
  solved.figure.layers.emplace_back(std::move(cells));
  solved.figure.layers.emplace_back(plot::Mark{.x = static_cast<double>(world.columns) - 0.5,
                                               .y = static_cast<double>(world.rows) - 0.5,
                                               .shape = plot::Shape::ring});
  return solved;
}

}  // namespace calando::cards
