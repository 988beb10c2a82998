// SPDX-License-Identifier: MIT
#include "src/bellman/wavefront.h"

namespace calando::bellman {
namespace {

Payoff payoff_of(const BellmanOperator& model) {
  return {.sign = model.sign(), .discount = model.discount()};
}

}  // namespace

Wavefront::Wavefront(CertifiedIterate& iterate)
    : iterate_(iterate),
      wave_(make_wave(iterate.model().arrays(), iterate.model().sign(), iterate.model().team())),
      solver_(iterate.model().arrays(), wave_, payoff_of(iterate.model()), iterate.model().team(),
              iterate.budget()) {}

bool Wavefront::run(int sweeps) {
  iterate_.shift();
  iterate_.accept();
  double goal = 0;
  double last = 0;
  for (int k = 0; k < sweeps; ++k) {
    const double change = solver_.sweep_all(iterate_.v);
    rate_ = last > 0 ? change / last : 0;
    last = change;
    if (iterate_.spend(1)) return true;
    if (k == 0) goal = std::max(iterate_.enough(), change / 100);
    if (change <= goal) break;
  }
  return false;
}

void wavefront(CertifiedIterate& iterate) {
  Wavefront wave(iterate);
  while (!iterate.improve()) {
    if (wave.run()) return;
  }
}

void topological(CertifiedIterate& iterate) {
  const BellmanOperator& model = iterate.model();
  const Wave wave = make_wave(model.arrays(), model.sign(), model.team());
  ComponentSolver solver(model.arrays(), wave, payoff_of(model), model.team(), iterate.budget());
  double goal = 1e-2;
  while (!iterate.improve()) {
    iterate.accept();
    goal = std::min(goal, iterate.enough());
    if (!solver.run(iterate.v, goal)) return;
    goal /= 8;
  }
}

}  // namespace calando::bellman
