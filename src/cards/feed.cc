// SPDX-License-Identifier: MIT
// Feeds: what is read of them is text.
#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <cstring>
#include <pugixml.hpp>

#include "calando/error.h"
#include "src/cards/stories.h"
#include "src/io/file.h"

namespace calando::cards {
namespace {

constexpr std::size_t kLargestFeed = std::size_t{64} << 20;
constexpr std::size_t kLongestTitle = 300;
constexpr std::size_t kLongestSummary = 2000;

bool same_name(std::string_view tag, std::string_view name) {
  return tag.size() == name.size() && std::equal(tag.begin(), tag.end(), name.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == b;
         });
}

void append_code_point(std::string& out, std::uint32_t c) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  const bool valid = c != 0 && c <= 0x10FFFFU && (c < 0xD800U || c > 0xDFFFU);
  if (!valid) c = 0xFFFDU;
  if (c < 0x80U) return put(c);
  if (c < 0x800U) return put(0xC0U | (c >> 6)), put(0x80U | (c & 0x3FU));
  if (c < 0x10000U) return put(0xE0U | (c >> 12)), put(0x80U | ((c >> 6) & 0x3FU)), put(0x80U | (c & 0x3FU));
  put(0xF0U | (c >> 18)), put(0x80U | ((c >> 12) & 0x3FU)), put(0x80U | ((c >> 6) & 0x3FU)),
      put(0x80U | (c & 0x3FU));
}

/// The entity that starts at `text`, decoded; its length, or 0 where it is none.
std::size_t decode_entity(std::string_view text, std::string& out) {
  const std::size_t end = text.substr(0, 12).find(';');
  if (end == std::string_view::npos) return 0;
  const std::string_view name = text.substr(1, end - 1);
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kNamed = {
      {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}}};
  for (const auto& [word, character] : kNamed) {
    if (name == word) return out += character, end + 1;
  }
  if (name.size() < 2 || name[0] != '#') return 0;
  const bool hexadecimal = name[1] == 'x' || name[1] == 'X';
  const char* first = name.data() + (hexadecimal ? 2 : 1);
  std::uint32_t code = 0;
  const auto read = std::from_chars(first, name.data() + name.size(), code, hexadecimal ? 16 : 10);
  if (read.ec != std::errc() || read.ptr != name.data() + name.size()) return 0;
  append_code_point(out, code);
  return end + 1;
}

std::size_t find_closing(std::string_view html, std::string_view element) {
  for (std::size_t at = html.find("</"); at != std::string_view::npos; at = html.find("</", at + 2)) {
    if (same_name(html.substr(at + 2, element.size()), element)) return at;
  }
  return html.size();
}

/// Length of the tag, comment, script or style at the start of `html`; 0 where the < means itself.
std::size_t markup_length(std::string_view html) {
  if (html.starts_with("<!--")) {
    const std::size_t end = html.find("-->");
    return end == std::string_view::npos ? html.size() : end + 3;
  }
  const bool tag = html.size() > 1 && (std::isalpha(static_cast<unsigned char>(html[1])) != 0 ||
                                       std::strchr("/!?", html[1]) != nullptr);
  if (!tag) return 0;
  for (const std::string_view element : {"script", "style"}) {
    if (same_name(html.substr(1, element.size()), element)) return find_closing(html, element);
  }
  const std::size_t end = html.find('>');
  return end == std::string_view::npos ? html.size() : end + 1;
}

/// Length of the valid UTF-8 sequence at the start of `text`, or 0.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&text](std::size_t i) {
    return static_cast<unsigned char>(i < text.size() ? text[i] : 0);
  };
  const auto follows = [&byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80U) return 1;
  if (first >= 0xC2U && first <= 0xDFU) return follows(1) ? 2 : 0;
  if (first >= 0xE0U && first <= 0xEFU) {
    const bool shortest = !(first == 0xE0U && byte(1) < 0xA0U) && !(first == 0xEDU && byte(1) > 0x9FU);
    return follows(1) && follows(2) && shortest ? 3 : 0;
  }
  if (first < 0xF0U || first > 0xF4U) return 0;
  const bool in_range = !(first == 0xF0U && byte(1) < 0x90U) && !(first == 0xF4U && byte(1) > 0x8FU);
  return follows(1) && follows(2) && follows(3) && in_range ? 4 : 0;
}

/// Length of the letters and signs at the start of `html` that are what they are: most of it.
std::size_t plain_length(std::string_view html) {
  std::size_t length = 0;
  while (length < html.size() && html[length] > ' ' && html[length] < '\x7f' && html[length] != '<' &&
         html[length] != '&')
    ++length;
  return length;
}

std::string shortened(std::string text, std::size_t longest) {
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

std::string safe_link(std::string_view link) {
  const std::string text = text_of_html(link);
  const bool web = text.starts_with("https://") || text.starts_with("http://");
  return web && text.find_first_of(" \"<>\n\r") == std::string::npos ? text : std::string();
}

std::string atom_link(const pugi::xml_node& entry) {
  for (const pugi::xml_node& link : entry.children("link")) {
    const std::string_view relation = link.attribute("rel").as_string("alternate");
    if (relation == "alternate") return link.attribute("href").as_string();
  }
  return {};
}

Story story_of(const pugi::xml_node& item, bool atom) {
  const pugi::xml_node summary = item.child(atom ? "summary" : "description");
  const pugi::xml_node body = summary ? summary : item.child(atom ? "content" : "content:encoded");
  return {.title = shortened(text_of_html(item.child("title").text().as_string()), kLongestTitle),
          .link = safe_link(atom ? atom_link(item) : item.child("link").text().as_string()),
          .summary = shortened(text_of_html(body.text().as_string()), kLongestSummary)};
}

}  // namespace

std::string text_of_html(std::string_view html) {
  std::string out;
  bool space = false;
  while (!html.empty()) {
    const std::size_t plain = plain_length(html);
    if (plain > 0) {
      if (space) out += ' ';
      space = false;
      out += html.substr(0, plain);
      html.remove_prefix(plain);
      continue;
    }
    const char c = html.front();
    std::string piece;
    std::size_t length = 0;
    if (c == '<' && (length = markup_length(html)) > 0) {
      piece = " ";
    } else if (c == '&' && (length = decode_entity(html, piece)) > 0) {
    } else if (static_cast<unsigned char>(c) < 0x20U || c == '\x7f') {
      piece = " ";
      length = 1;
    } else {
      length = sequence_length(html);
      piece = length > 0 ? std::string(html.substr(0, length)) : "\xEF\xBF\xBD";
      length = std::max<std::size_t>(length, 1);
    }
    html.remove_prefix(length);
    if (piece == " " || piece == "\n" || piece == "\t" || piece == "\r") {
      space = !out.empty();
      continue;
    }
    if (space) out += ' ';
    space = false;
    out += piece;
  }
  return out;
}

std::vector<Story> parse_feed(const std::string& name, std::string_view text) {
  if (text.size() > kLargestFeed) {
    throw DataError::in_file(
        name, fmt::format("{} bytes, expected a feed of at most {}", text.size(), kLargestFeed));
  }
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_buffer(text.data(), text.size(), pugi::parse_default);
  if (!result)
    throw DataError::at_byte(name, static_cast<std::size_t>(result.offset),
                             fmt::format("not XML: {}", result.description()));
  const pugi::xml_node root = document.document_element();
  const std::string_view kind = root.name();
  const bool atom = kind == "feed";
  if (!atom && kind != "rss" && kind != "rdf:RDF") {
    throw DataError::in_file(name, fmt::format("the document is a <{}>, expected RSS or Atom", kind));
  }
  const pugi::xml_node list = kind == "rss" ? root.child("channel") : root;
  std::vector<Story> stories;
  for (const pugi::xml_node& item : list.children(atom ? "entry" : "item")) {
    Story story = story_of(item, atom);
    if (!story.title.empty()) stories.push_back(std::move(story));
  }
  return stories;
}

std::vector<Story> read_feed(const std::string& path) {
  return parse_feed(path, io::read_file(path).bytes.view);
}

}  // namespace calando::cards
