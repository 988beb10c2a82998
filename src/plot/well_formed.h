// SPDX-License-Identifier: MIT
// For tests: reads markup as XML would, as far as pictures and reports use it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace calando::plot {

/// What is wrong with a text as one XML element, or empty: tags that do not nest, attributes without quotes
/// or given twice, `<` or `&` where they may not stand. The contents of script and style are not looked into,
/// as in HTML.
inline std::string markup_fault(std::string_view text) {
  std::vector<std::string> open;
  bool closed_root = false;
  std::size_t at = 0;
  const auto fault = [&](const std::string& what) { return what + " at byte " + std::to_string(at); };
  const auto bad_reference = [&](std::string_view part) {
    for (std::size_t i = part.find('&'); i != part.npos; i = part.find('&', i + 1)) {
      const std::size_t end = part.find(';', i);
      if (end == part.npos || end == i + 1 || end - i > 10) return true;
    }
    return false;
  };
  while (at < text.size()) {
    const std::size_t next = std::min(text.find('<', at), text.size());
    const std::string_view content = text.substr(at, next - at);
    if (bad_reference(content)) return fault("a bare &");
    if (open.empty() && content.find_first_not_of(" \n\r\t") != content.npos)
      return fault("text outside the root");
    if (next == text.size()) break;
    at = next + 1;
    if (text.substr(at, 1) == "!") {  // <!doctype html>
      at = text.find('>', at) + 1;
      continue;
    }
    if (text.substr(at, 1) == "/") {
      const std::size_t end = text.find('>', at);
      const std::string name(text.substr(at + 1, end - at - 1));
      if (open.empty() || open.back() != name) return fault("</" + name + "> does not fit");
      open.pop_back();
      closed_root = open.empty();
      at = end + 1;
      continue;
    }
    if (closed_root) return fault("a second root");
    const std::size_t name_end = text.find_first_of(" \n/>", at);
    const std::string name(text.substr(at, name_end - at));
    if (name.empty()) return fault("a bare <");
    at = name_end;
    std::vector<std::string> attributes;
    while (true) {
      at = text.find_first_not_of(" \n", at);
      if (at == text.npos) return "a tag without an end";
      if (text[at] == '>' || text.substr(at, 2) == "/>") break;
      const std::size_t equals = text.find('=', at);
      if (equals == text.npos || text.substr(equals + 1, 1) != "\"")
        return fault("an attribute without quotes");
      const std::string attribute(text.substr(at, equals - at));
      for (const std::string& other : attributes) {
        if (other == attribute) return fault("attribute " + attribute + " twice");
      }
      attributes.push_back(attribute);
      const std::size_t end = text.find('"', equals + 2);
      if (end == text.npos) return fault("an attribute without an end");
      const std::string_view value = text.substr(equals + 2, end - equals - 2);
      if (value.find('<') != value.npos || bad_reference(value))
        return fault("a bare < or & in " + attribute);
      at = end + 1;
    }
    const bool empty_element = text[at] == '/';
    at += empty_element ? 2 : 1;
    if (empty_element) continue;
    open.push_back(name);
    if (name == "script" || name == "style") at = std::min(text.find("</" + name + ">", at), text.size());
  }
  if (!open.empty()) return "<" + open.back() + "> is not closed";
  return closed_root ? "" : "no element";
}

}  // namespace calando::plot
