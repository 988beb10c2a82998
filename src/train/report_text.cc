// SPDX-License-Identifier: MIT
#include "src/train/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "src/plot/markup.h"

namespace calando::training {

using plot::escaped;

std::string shown(double value) {
  if (std::isnan(value)) return "–";
  if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
  const bool whole = value == std::round(value) && std::abs(value) < 1e15;
  if (whole) return plot::typeset(fmt::format("{:.0f}", value + 0.0));
  const double size = std::abs(value);
  if (size >= 1e6 || size < 1e-4) {
    const std::string text = fmt::format("{:.3e}", value);
    const std::size_t e = text.find('e');
    return plot::typeset(fmt::format("{}e{}", text.substr(0, e), std::atoi(text.c_str() + e + 1)));
  }
  const int decimals = 3 - static_cast<int>(std::floor(std::log10(size)));
  return plot::typeset(fmt::format("{:.{}f}", value, std::max(decimals, 0)));
}

std::string shown_share(double share) {
  return std::isnan(share) ? "–" : fmt::format("{:.1f}\u202F%", 100 * share);
}

std::string section(std::string_view id, std::string_view heading, std::string_view aside,
                    std::string_view content) {
  if (content.empty()) return "";
  return fmt::format(
      "<section id=\"{}\" aria-labelledby=\"{}-heading\">\n<div class=\"side\"><h2 "
      "id=\"{}-heading\">{}</h2>{}</div>\n"
      "<div class=\"content\">\n{}</div>\n</section>\n",
      id, id, id, escaped(heading), aside.empty() ? "" : fmt::format("<p>{}</p>", escaped(aside)), content);
}

std::string definitions(const std::vector<std::pair<std::string, std::string>>& rows) {
  if (rows.empty()) return "";
  std::string html = "<dl class=\"facts\">\n";
  for (const auto& [name, value] : rows) {
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escaped(name), value);
  }
  return html + "</dl>\n";
}

std::string share_bar(double share) {
  return fmt::format("<span class=\"bar\" style=\"--share:{:.4f}\">{}</span>", std::isnan(share) ? 0 : share,
                     std::isnan(share) ? "–" : fmt::format("{:.3f}", share));
}

std::string table_start(std::string_view label, std::string_view kind) {
  return fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n<table class=\"{}\">\n",
      escaped(label), kind);
}

std::string table_end() { return "</table>\n</div>\n"; }

}  // namespace calando::training
