// SPDX-License-Identifier: MIT
#include "src/cards/markdown.h"

#include <fmt/format.h>
#include <md4c.h>

#include <string>
#include <vector>

#include "calando/error.h"

namespace calando::cards {
namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kItalic = "\x1b[3m";
constexpr std::string_view kCode = "\x1b[36m";
constexpr std::string_view kPlain = "\x1b[0m";

/// Receives what md4c finds and writes lines.
class TerminalWriter {
 public:
  TerminalWriter(std::size_t columns, plot::Colour colour) : columns_(columns), colour_(colour) {}

  std::string take() { return std::move(out_); }

  void enter(MD_BLOCKTYPE type, void*) {
    if (type == MD_BLOCK_UL || type == MD_BLOCK_OL) lists_.push_back(type == MD_BLOCK_OL ? 1 : 0);
    if (type == MD_BLOCK_LI) text_.clear();
    if (type == MD_BLOCK_H) begin_style(kBold);
    if (type == MD_BLOCK_CODE) in_code_ = true;
  }

  void leave(MD_BLOCKTYPE type, void*) {
    switch (type) {
      case MD_BLOCK_H:
        end_style();
        paragraph();
        break;
      case MD_BLOCK_P:
        paragraph();
        break;
      case MD_BLOCK_LI:
        item();
        break;
      case MD_BLOCK_UL:
      case MD_BLOCK_OL:
        lists_.pop_back();
        out_ += "\n";
        break;
      case MD_BLOCK_CODE:
        code();
        break;
      case MD_BLOCK_TH:
      case MD_BLOCK_TD:
        text_ += "   ";
        break;
      case MD_BLOCK_TR:
        row();
        break;
      case MD_BLOCK_TABLE:
        out_ += "\n";
        break;
      default:
        break;
    }
  }

  void enter(MD_SPANTYPE type, void*) {
    if (type == MD_SPAN_STRONG) begin_style(kBold);
    if (type == MD_SPAN_EM) begin_style(kItalic);
    if (type == MD_SPAN_CODE) begin_style(kCode);
  }
  void leave(MD_SPANTYPE type, void*) {
    if (type == MD_SPAN_STRONG || type == MD_SPAN_EM || type == MD_SPAN_CODE) end_style();
  }

  void text(MD_TEXTTYPE type, std::string_view part) {
    const bool space = !in_code_ && (type == MD_TEXT_SOFTBR || type == MD_TEXT_BR);
    text_ += space ? " " : std::string(part);
  }

 private:
  void begin_style(std::string_view style) {
    if (colour_ == plot::Colour::ansi) text_ += style;
  }
  void end_style() {
    if (colour_ == plot::Colour::ansi) text_ += kPlain;
  }

  void paragraph() {
    if (!lists_.empty()) return;
    out_ += wrapped(text_, columns_, "") + "\n\n";
    text_.clear();
  }
  void item() {
    const std::string mark = lists_.back() == 0 ? "• " : fmt::format("{}. ", lists_.back()++);
    out_ += mark + wrapped(text_, columns_ - mark.size(), "  ") + "\n";
    text_.clear();
  }
  void row() {
    out_ += text_ + "\n";
    text_.clear();
  }
  void code() {
    std::size_t start = 0;
    while (start < text_.size()) {
      const std::size_t end = std::min(text_.find('\n', start), text_.size());
      out_ += "    " + text_.substr(start, end - start) + "\n";
      start = end + 1;
    }
    out_ += "\n";
    text_.clear();
    in_code_ = false;
  }

  std::size_t columns_;
  plot::Colour colour_;
  std::vector<int> lists_;  // 0: bullets; otherwise the number of the next item
  bool in_code_ = false;
  std::string text_;
  std::string out_;
};

}  // namespace

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  bool escape = false;
  for (const char c : text) {
    if (c == '\x1b') escape = true;
    if (!escape && (static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++width;
    if (escape && c == 'm') escape = false;
  }
  return width;
}

std::string wrapped(std::string_view text, std::size_t columns, std::string_view indent) {
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const std::size_t width = width_of(word);
    if (used > 0 && used + 1 + width > columns) {
      out.append("\n").append(indent);
      used = indent.size();
    } else if (used > 0) {
      out += " ";
      ++used;
    }
    out += word;
    used += width;
  }
  return out;
}

std::string markdown_to_terminal(std::string_view markdown, std::size_t columns, plot::Colour colour) {
  TerminalWriter writer(columns, colour);
  MD_PARSER parser{};
  parser.flags = MD_FLAG_TABLES | MD_FLAG_NOHTML;
  parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* user) {
    static_cast<TerminalWriter*>(user)->enter(type, detail);
    return 0;
  };
  parser.leave_block = [](MD_BLOCKTYPE type, void* detail, void* user) {
    static_cast<TerminalWriter*>(user)->leave(type, detail);
    return 0;
  };
  parser.enter_span = [](MD_SPANTYPE type, void* detail, void* user) {
    static_cast<TerminalWriter*>(user)->enter(type, detail);
    return 0;
  };
  parser.leave_span = [](MD_SPANTYPE type, void* detail, void* user) {
    static_cast<TerminalWriter*>(user)->leave(type, detail);
    return 0;
  };
  parser.text = [](MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* user) {
    static_cast<TerminalWriter*>(user)->text(type, {text, size});
    return 0;
  };
  if (md_parse(markdown.data(), static_cast<MD_SIZE>(markdown.size()), &parser, &writer) != 0) {
    throw RunError("md4c could not read a card's Markdown: out of memory");
  }
  return writer.take();
}

}  // namespace calando::cards
