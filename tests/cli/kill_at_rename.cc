// SPDX-License-Identifier: MIT
// Preloaded into the program: kills it, as kill -9 does, just before or just after its n-th rename().
//   KILL_AT_RENAME=3 KILL_WHEN=before LD_PRELOAD=kill_at_rename.so calando train ...
#include <dlfcn.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

extern "C" int rename(const char* from, const char* to) {
  static int renames = 0;
  using Rename = int (*)(const char*, const char*);
  static const auto really_rename = reinterpret_cast<Rename>(dlsym(RTLD_NEXT, "rename"));
  const char* at = std::getenv("KILL_AT_RENAME");
  const bool kill = at != nullptr && ++renames == std::atoi(at);
  const bool before = kill && std::strcmp(std::getenv("KILL_WHEN"), "before") == 0;
  if (before) std::raise(SIGKILL);
  const int status = really_rename(from, to);
  if (kill) std::raise(SIGKILL);
  return status;
}
