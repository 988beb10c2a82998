// SPDX-License-Identifier: MIT
// ensmallen's SGDR (ensmallen 3.11). t is the number of updates of CyclicalDecay, one a mini-batch.
#include <algorithm>
#include <cmath>

#include "src/schedule/dialect.h"
#include "src/schedule/dialect_parts.h"
#include "src/schedule/math.h"

namespace calando::schedule {
namespace {

using namespace argument;  // NOLINT(google-build-using-namespace): the words of tables

constexpr DoubleDouble kPi{0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};

/// The cosine of an angle that was rounded to a double: the rounding is ensmallen's, and grows with the angle.
double cos_of(double angle) {
  const DoubleDouble halves = DoubleDouble(angle) / kPi;
  return cospi(halves.high) - kPi.high * halves.low * cospi(halves.high - 0.5);
}

/// CyclicalDecay::Policy. What the class calls epochs are updates; its period grows while the cosine's does not.
struct CyclicalDecay {
  double epoch_restart;
  double mult_factor;
  double step_size;
  double epoch_batches;

  double cosine_at(double batch) const {
    return 0.5 * step_size * (1 + cos_of(batch / epoch_batches * kPi.high));
  }

  /// From restart to restart: between two of them the rate stands still up to update epoch_restart, and follows the
  /// cosine from there on.
  double at(double t) const {
    double restart = epoch_restart;
    double next_restart = epoch_restart;
    double first = 0;          // the first update behind the last restart
    double value = step_size;  // at the end of the cycle before
    while (true) {
      const double decays_from = std::max(first, restart);
      const double last = std::min(t - 1, next_restart + 1);  // the update that restarts still moves the rate
      if (last >= decays_from) value = cosine_at(last - decays_from);
      if (next_restart + 1 >= t - 1) return value;
      first = next_restart + 2;
      restart = std::trunc(restart * mult_factor);
      next_restart += restart;
    }
  }
};

Schedule sgdr(const PeerCall& in) {
  const CyclicalDecay decay{in.number("epochRestart"), in.number("multFactor"), in.number("stepSize"),
                            in.number("numFunctions") / in.number("batchSize")};
  return foreign(in, [decay](double t) { return decay.at(t); });
}

}  // namespace

std::vector<Dialect> ensmallen_dialects() {
  // clang-format off
  return {
      {"ensmallen", "SGDR", "ens",
       {whole("epochRestart", 1, "50"), number("multFactor", range::closed(1, 1e6), "2.0"), whole("batchSize", 1, "1000"), rate("stepSize", "0.01"),
        ignored("maxIterations", "100000"), ignored("tolerance", "1e-5"), ignored("shuffle", "True"), whole("numFunctions", 1)}, sgdr,
       "stepSize (1 + cos(pi j / B)) / 2, j updates behind the restart and update epochRestart, B = numFunctions / batchSize",
       "numFunctions is an argument here, the number of functions that is optimized; multFactor < 1 is refused"},
  };
  // clang-format on
}

}  // namespace calando::schedule
