// SPDX-License-Identifier: MIT
#include "tools/interrupt.h"

#include <csignal>

namespace calando::tools {
namespace {

volatile std::sig_atomic_t interrupted = 0;  // what a signal handler may write has to be global

void remember(int) { interrupted = 1; }

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = remember;
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool was_interrupted() { return interrupted != 0; }

}  // namespace calando::tools
