// SPDX-License-Identifier: MIT
// The numbers in a card's text, each with what computes it.
#include <fmt/format.h>

#include "calando/error.h"
#include "src/cards/card.h"
#include "src/spec/number.h"

namespace calando::cards {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::size_t decimals_of(std::string_view mantissa) {
  const std::size_t point = mantissa.find('.');
  return point == std::string_view::npos ? 0 : mantissa.size() - point - 1;
}

}  // namespace

std::vector<Claim> claims_of(const Card& card) {
  std::vector<Claim> claims;
  std::size_t next = 0;
  for (std::size_t open = card.text.find("{{"); open != std::string::npos;
       open = card.text.find("{{", next)) {
    const std::size_t close = card.text.find("}}", open);
    const std::size_t equals = card.text.find('=', open);
    if (close == std::string::npos || equals == std::string::npos || equals > close) {
      throw DataError::in_file(card.id + ".md",
                               "\"" + card.text.substr(open, 30) + "\": expected {{number = expression}}");
    }
    // A schedule's {name} may end the expression: the claim closes at the last of the braces.
    std::size_t end = close;
    while (end + 2 < card.text.size() && card.text[end + 2] == '}') ++end;
    claims.push_back(
        {.written = std::string(trimmed(std::string_view(card.text).substr(open + 2, equals - open - 2))),
         .expression = std::string(trimmed(std::string_view(card.text).substr(equals + 1, end - equals - 1))),
         .start = open,
         .length = end + 2 - open});
    next = end + 2;
    if (!spec::to_number(claims.back().written)) {
      throw DataError::in_file(card.id + ".md", "\"" + claims.back().written + "\" is not a number");
    }
  }
  return claims;
}

std::string written_like(std::string_view written, double value) {
  const std::size_t exponent = written.find('e');
  if (exponent == std::string_view::npos) return fmt::format("{:.{}f}", value, decimals_of(written));
  const std::string text = fmt::format("{:.{}e}", value, decimals_of(written.substr(0, exponent)));
  const std::size_t at = text.find('e');  // "1.5e-05" reads better as 1.5e-5
  return fmt::format("{}e{}", text.substr(0, at), std::stoi(text.substr(at + 1)));
}

std::string computed_text(const Card& card, const CallLibrary& library) {
  std::string out;
  std::size_t done = 0;
  const Names names = default_values(card);
  for (const Claim& claim : claims_of(card)) {
    out.append(card.text, done, claim.start - done);
    try {
      out += written_like(claim.written, read_expression(claim.expression, card.id).value(names, library));
    } catch (const UsageError& error) {
      throw UsageError(
          fmt::format("{}: {{{{{} = {}}}}}: {}", card.id, claim.written, claim.expression, error.what()));
    }
    done = claim.start + claim.length;
  }
  return out.append(card.text, done);
}

}  // namespace calando::cards
