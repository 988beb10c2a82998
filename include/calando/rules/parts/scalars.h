// SPDX-License-Identifier: MIT
#pragma once

namespace calando {

/// Of a rule that remembers no numbers beside its states.
struct NoScalars {
  template <class Self, class Visit>
  static void fields(Self&, Visit&&) {}
};

}  // namespace calando
