// SPDX-License-Identifier: MIT
// Standard models on boards of cells.
#include <algorithm>
#include <array>

#include "calando/error.h"
#include "src/bellman/families.h"
#include "src/cpu/random.h"

namespace calando::bellman {
namespace {

struct Step {
  int row;
  int column;
};

/// A board whose cells are states, row by row.
struct Board {
  std::int64_t rows;
  std::int64_t columns;
  std::vector<bool> wall;  // empty: none

  std::int64_t cells() const { return rows * columns; }
  bool is_wall(std::int64_t cell) const { return !wall.empty() && wall[static_cast<std::size_t>(cell)]; }

  /// Where a step leads: nowhere at the edge and at a wall.
  std::uint32_t after(std::int64_t cell, Step step) const {
    const std::int64_t row = cell / columns + step.row;
    const std::int64_t column = cell % columns + step.column;
    const bool outside = row < 0 || row >= rows || column < 0 || column >= columns;
    const std::int64_t to = outside ? cell : row * columns + column;
    return static_cast<std::uint32_t>(is_wall(to) ? cell : to);
  }
};

constexpr std::array<Step, 4> kLeftDownRightUp{{{0, -1}, {1, 0}, {0, 1}, {-1, 0}}};
constexpr std::array<Step, 4> kUpRightDownLeft{{{-1, 0}, {0, 1}, {1, 0}, {0, -1}}};

/// The direction beside this one.
std::size_t turned(std::size_t direction, std::size_t by) { return (direction + by) % 4; }

Mdp walk_to_last_cell(const Board& board, double slip, const std::string& name) {
  MdpBuilder builder(name);
  builder.grid(static_cast<std::size_t>(board.columns), "<v>^");
  const std::int64_t goal = board.cells() - 1;
  for (std::int64_t cell = 0; cell < board.cells(); ++cell) {
    const std::uint32_t state = builder.add_state();
    if (cell == goal || board.is_wall(cell)) {
      builder.label(cell == goal ? "goal" : "wall", state).add_choice(0).add(state, 1);
      continue;
    }
    for (std::size_t direction = 0; direction < 4; ++direction) {
      builder.add_choice(-1).add(board.after(cell, kLeftDownRightUp[direction]), 1 - slip);
      for (const std::size_t side : {1, 3}) {
        builder.add(board.after(cell, kLeftDownRightUp[turned(direction, side)]), slip / 2);
      }
    }
  }
  return std::move(builder).build();
}

/// Corridors cut by depth-first search between cells of even row and column.
std::vector<bool> cut_corridors(const Board& board, std::int64_t seed) {
  const cpu::Random random(static_cast<std::uint64_t>(seed), cpu::Purpose::simulation);
  std::vector<bool> wall(static_cast<std::size_t>(board.cells()), true);
  std::vector<std::int64_t> path{board.cells() - 1};
  wall[static_cast<std::size_t>(path.back())] = false;
  for (std::uint64_t draw = 0; !path.empty(); ++draw) {
    std::array<std::int64_t, 4> between;
    std::array<std::int64_t, 4> beyond;
    std::size_t open = 0;
    for (const Step step : kLeftDownRightUp) {
      const std::int64_t row = path.back() / board.columns + std::int64_t{2} * step.row;
      const std::int64_t column = path.back() % board.columns + std::int64_t{2} * step.column;
      if (row < 0 || row >= board.rows || column < 0 || column >= board.columns) continue;
      if (!wall[static_cast<std::size_t>(row * board.columns + column)]) continue;
      beyond[open] = row * board.columns + column;
      between[open] = (beyond[open] + path.back()) / 2;
      ++open;
    }
    if (open == 0) {
      path.pop_back();
      continue;
    }
    const std::size_t chosen = random.below(draw, open);
    wall[static_cast<std::size_t>(between[chosen])] = false;
    wall[static_cast<std::size_t>(beyond[chosen])] = false;
    path.push_back(beyond[chosen]);
  }
  return wall;
}

}  // namespace

Mdp Grid::build(const std::string& name) const {
  Board board{rows, columns, {}};
  if (walls > 0) {
    const cpu::Random random(static_cast<std::uint64_t>(seed), cpu::Purpose::simulation);
    board.wall.resize(static_cast<std::size_t>(board.cells()));
    for (std::size_t cell = 0; cell + 1 < board.wall.size(); ++cell)
      board.wall[cell] = random.uniform(cell) < walls;
  }
  return walk_to_last_cell(board, slip, name);
}

Mdp Maze::build(const std::string& name) const {
  Board board{rows, columns, {}};
  board.wall = cut_corridors(board, seed);
  return walk_to_last_cell(board, slip, name);
}

Mdp FrozenLake::build(const std::string& name) const {
  constexpr std::string_view kSmall = "SFFFFHFHFFFHHFFG";
  constexpr std::string_view kLarge = "SFFFFFFFFFFFFFFFFFFHFFFFFFFFFHFFFFFHFFFFFHHFFFHFFHFFHFHFFFFHFFFG";
  if (size != 4 && size != 8)
    throw UsageError("frozen_lake: size = " + std::to_string(size) + ", expected 4 or 8");
  const std::string_view map = size == 4 ? kSmall : kLarge;
  const Board board{size, size, {}};
  MdpBuilder builder(name);
  builder.grid(static_cast<std::size_t>(size), "<v>^");
  const auto enter = [&](std::uint32_t to, double probability) {
    const char cell = map[to];
    if (cell == 'G' || cell == 'H') {
      builder.terminate(probability, cell == 'G' ? 1 : 0);
    } else {
      builder.add(to, probability);
    }
  };
  for (std::int64_t cell = 0; cell < board.cells(); ++cell) {
    const std::uint32_t state = builder.add_state();
    const char kind = map[state];
    for (std::size_t direction = 0; direction < 4; ++direction) {
      builder.add_choice(0);
      if (kind == 'G' || kind == 'H') {
        builder.terminate(1);
      } else if (!slippery) {
        enter(board.after(cell, kLeftDownRightUp[direction]), 1);
      } else {
        for (const std::size_t turn : {3, 0, 1}) {
          enter(board.after(cell, kLeftDownRightUp[turned(direction, turn)]), 1.0 / 3);
        }
      }
    }
    if (kind == 'G') builder.label("goal", state);
    if (kind == 'H') builder.label("hole", state);
  }
  return std::move(builder).build();
}

Mdp Cliff::build(const std::string& name) const {
  constexpr std::uint32_t kStart = 36;
  constexpr std::uint32_t kGoal = 47;
  const Board board{4, 12, {}};
  MdpBuilder builder(name);
  builder.grid(12, "^>v<");
  const auto enter = [&](std::uint32_t to, double probability) {
    if (to == kGoal) {
      builder.terminate(probability, -1);
    } else if (to > kStart) {
      builder.add(kStart, probability, -100);
    } else {
      builder.add(to, probability, -1);
    }
  };
  for (std::int64_t cell = 0; cell < board.cells(); ++cell) {
    builder.add_state();
    for (std::size_t direction = 0; direction < 4; ++direction) {
      builder.add_choice(0);
      if (!slippery) {
        enter(board.after(cell, kUpRightDownLeft[direction]), 1);
        continue;
      }
      for (const std::size_t turn : {3, 0, 1}) {
        enter(board.after(cell, kUpRightDownLeft[turned(direction, turn)]), 1.0 / 3);
      }
    }
  }
  builder.label("goal", kGoal);
  return std::move(builder).build();
}

Mdp Taxi::build(const std::string& name) const {
  // The walls east of a cell, and the four stands.
  constexpr std::array<std::string_view, 5> kMap{"R: | : :G",
                                                 " : | : : ", " : : : : ", " | : | : ", "Y| : |B: "};
  constexpr std::array<Step, 4> kStand{{{0, 0}, {0, 4}, {4, 0}, {4, 3}}};
  constexpr int kAboard = 4;
  const auto open_east = [&](int row, int column) {
    return column < 4 && kMap[static_cast<std::size_t>(row)][2 * static_cast<std::size_t>(column) + 1] == ':';
  };
  const auto state_of = [](int row, int column, int passenger, int destination) {
    return static_cast<std::uint32_t>(((row * 5 + column) * 5 + passenger) * 4 + destination);
  };
  const auto stand_at = [&](int row, int column) {
    const auto found = std::find_if(kStand.begin(), kStand.end(),
                                    [&](const Step& at) { return at.row == row && at.column == column; });
    return found == kStand.end() ? -1 : static_cast<int>(found - kStand.begin());
  };
  MdpBuilder builder(name);
  for (int index = 0; index < 500; ++index) {
    const int destination = index % 4;
    const int passenger = index / 4 % 5;
    const int column = index / 20 % 5;
    const int row = index / 100;
    const std::uint32_t state = builder.add_state();
    const auto drive = [&](int to_row, int to_column) {
      builder.add_choice(-1).add(state_of(to_row, to_column, passenger, destination), 1);
    };
    drive(std::min(row + 1, 4), column);
    drive(std::max(row - 1, 0), column);
    drive(row, open_east(row, column) ? column + 1 : column);
    drive(row, column > 0 && open_east(row, column - 1) ? column - 1 : column);
    const int stand = stand_at(row, column);
    const bool can_board = passenger < kAboard && stand == passenger;
    builder.add_choice(can_board ? -1 : -10)
        .add(can_board ? state_of(row, column, kAboard, destination) : state, 1);
    if (passenger == kAboard && stand == destination) {
      builder.add_choice(20).terminate(1);
    } else if (passenger == kAboard && stand >= 0) {
      builder.add_choice(-1).add(state_of(row, column, stand, destination), 1);
    } else {
      builder.add_choice(-10).add(state, 1);
    }
    if (passenger < kAboard && passenger != destination) builder.label("start", state);
  }
  return std::move(builder).build();
}

}  // namespace calando::bellman
