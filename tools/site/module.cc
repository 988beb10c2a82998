// SPDX-License-Identifier: MIT
// The door of the WebAssembly module.
#include <string>

#include "src/cards/answer.h"

/// JSON in, JSON out (src/cards/answer.h). The answer stays until the next call.
extern "C" const char* calando_answer(const char* request) {
  static std::string reply;
  reply = calando::cards::answer(request);
  return reply.c_str();
}
