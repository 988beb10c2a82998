// SPDX-License-Identifier: MIT
// Solves a model of PETSc files with madupite, so that its seconds can stand beside calando's (src/bellman/peers_bench.py).
//
//   mpicxx -std=c++20 -O3 -I MADUPITE/include $(pkg-config --cflags petsc) madupite_driver.cc MADUPITE/src/m*.cpp \
//     $(pkg-config --libs petsc) -o madupite_driver
//   mpirun -n 2 ./madupite_driver model_P.bin model_g.bin 0.99 [-option value ...]
//
// MADUPITE is a copy of github.com/madupite/madupite; Debian has petsc-dev and nlohmann-json3-dev. Prints the seconds of loading;
// madupite writes the others.
#include <chrono>
#include <cstdio>
#include <string>

#include "mdp.h"

namespace {

Matrix read(const char* name, const char* file, MatrixCategory category, MatrixType type) {
  return Matrix::fromFile(MPI_Comm_c2f(PETSC_COMM_WORLD), std::string(name), file, category, type);
}

void run(int argc, char** argv) {
  const auto start = std::chrono::steady_clock::now();
  auto madupite = Madupite::initialize(&argc, &argv);
  MDP mdp(madupite);
  auto costs = read("g", argv[2], MatrixCategory::Cost, MatrixType::Dense);
  auto transitions = read("P", argv[1], MatrixCategory::Dynamics, MatrixType::Sparse);
  mdp.setStageCostMatrix(costs);
  mdp.setTransitionProbabilityTensor(transitions);
  mdp.setOption("-mode", "MAXREWARD");
  mdp.setOption("-discount_factor", argv[3]);
  for (int i = 4; i + 1 < argc; i += 2) mdp.setOption(argv[i], argv[i + 1]);
  const std::chrono::duration<double> load = std::chrono::steady_clock::now() - start;
  mdp.solve();
  int rank = 0;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  if (rank == 0) std::printf("load %.3f\n", load.count());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "madupite_driver: model_P.bin model_g.bin DISCOUNT [-option value ...]\n");
    return 2;
  }
  run(argc, argv);
}
