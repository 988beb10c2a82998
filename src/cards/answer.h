// SPDX-License-Identifier: MIT
// What a page asks of the library, as JSON in and out: the one door of the WebAssembly module.
//
//   {"ask": "card", "id": "cosine-annealing", "values": {"t": 25}}      -> {"steps": [...], "result": 0.085, "pictures": [svg], ...}
//   {"ask": "schedules", "specs": ["cosine(0.1, 0, 100)"], "steps": 0}  -> {"native": [...], "picture": svg}
//   {"ask": "rates", "spec": "cosine(0.1, 0, 100)", "at": [0, 50]}      -> {"rates": [0.1, 0.05]}
//   {"ask": "descend", "surface": "beale", "from": [1, 1.5], "optimizers": ["adam(lr=0.1)"], "steps": 100}
//                                                                      -> {"ends": [...], "picture": svg}
//   {"ask": "grid", "rows": 6, "columns": 8, "walls": [9], "discount": 0.95, "slip": 0.1} -> {"values": [...], "picture": svg}
//   {"ask": "vectors", "a": [2, 1], "b": [1, 3]}                        -> {"similarity": 0.7, "degrees": 45, "picture": svg}
//
// "width": of the picture, in pixels.
#pragma once

#include <string>
#include <string_view>

namespace calando::cards {

/// Never throws: what is wrong comes back as {"error": "..."}.
// NOLINTNEXTLINE(bugprone-exception-escape): where memory ends for the answer, so does the program
std::string answer(std::string_view request) noexcept;

}  // namespace calando::cards
