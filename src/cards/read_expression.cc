// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "calando/error.h"
#include "src/cards/expression.h"
#include "src/cards/expression_node.h"
#include "src/spec/call.h"
#include "src/spec/number.h"

namespace calando::cards {
namespace {

using Node = Expression::Node;
using Kind = Node::Kind;

constexpr int kDeepest = 100;

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Reader {
 public:
  Reader(std::string_view text, std::string_view what) : text_(text), what_(what) {}

  NodePointer whole() {
    NodePointer node = sum();
    skip();
    if (at_ < text_.size()) refuse("expected an operator");
    return node;
  }

 private:
  NodePointer sum() {
    NodePointer left = product();
    for (;;) {
      if (take('+')) {
        left = make(Kind::sum, {left, product()});
      } else if (take('-')) {
        left = make(Kind::difference, {left, product()});
      } else {
        return left;
      }
    }
  }

  NodePointer product() {
    NodePointer left = power();
    for (;;) {
      if (take('*')) {
        left = make(Kind::product, {left, power()});
      } else if (take('/')) {
        left = make(Kind::quotient, {left, power()});
      } else {
        return left;
      }
    }
  }

  NodePointer power() {
    if (++depth_ > kDeepest) refuse("nested too deeply");
    NodePointer result;
    if (take('-')) {
      result = make(Kind::negative, {power()});
    } else {
      result = atom();
      if (take('^')) result = make(Kind::power, {result, power()});
    }
    --depth_;
    return result;
  }

  NodePointer atom() {
    skip();
    if (take('(')) return closed(sum(), ')');
    if (take('[')) return make(Kind::list, items(']'));
    if (take('"')) return quoted();
    if (at_ < text_.size() &&
        (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.'))
      return number();
    return name_or_call();
  }

  NodePointer closed(NodePointer inner, char end) {
    if (!take(end)) refuse(fmt::format("expected {}", end));
    return inner;
  }

  std::vector<NodePointer> items(char end) {
    std::vector<NodePointer> all;
    if (take(end)) return all;
    do {
      all.push_back(sum());
    } while (take(','));
    if (!take(end)) refuse(fmt::format("expected , or {}", end));
    return all;
  }

  NodePointer quoted() {
    const std::size_t end = text_.find('"', at_);
    if (end == std::string_view::npos) refuse("the text does not end");
    auto node = std::make_shared<Node>(
        Node{.kind = Kind::text, .text = std::string(text_.substr(at_, end - at_)), .parts = {}});
    at_ = end + 1;
    return node;
  }

  NodePointer number() {
    const std::size_t start = at_;
    while (at_ < text_.size() && in_number(start)) ++at_;
    const auto value = spec::to_number(text_.substr(start, at_ - start));
    if (!value) {
      at_ = start;
      refuse("not a number");
    }
    return std::make_shared<Node>(Node{.kind = Kind::number, .number = *value, .text = {}, .parts = {}});
  }

  bool in_number(std::size_t start) const {
    const char c = text_[at_];
    if (c == '+' || c == '-') return at_ > start && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E');
    return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.' || c == 'e' || c == 'E';
  }

  NodePointer name_or_call() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    if (at_ == start) refuse("expected a number or a name");
    std::string name(text_.substr(start, at_ - start));
    if (!take('('))
      return std::make_shared<Node>(Node{.kind = Kind::name, .text = std::move(name), .parts = {}});
    return std::make_shared<Node>(Node{.kind = Kind::call, .text = std::move(name), .parts = items(')')});
  }

  static NodePointer make(Kind kind, std::vector<NodePointer> parts) {
    return std::make_shared<Node>(Node{.kind = kind, .text = {}, .parts = std::move(parts)});
  }

  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  [[noreturn]] void refuse(std::string_view why) const { spec::refuse_at(what_, at_ + 1, why); }

  std::string_view text_;
  std::string_view what_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Expression read_expression(std::string_view text, std::string_view what) {
  return Expression(Reader(text, what).whole());
}

std::string filled_in(std::string_view text, const Names& names) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    std::size_t end = std::min<std::size_t>(1, text.size());
    while (end < text.size() && is_name(text[end])) ++end;
    const bool named = end > 1 && end < text.size() && text[end] == '}';
    if (!named) {  // a brace that means itself
      out += text.substr(0, std::min<std::size_t>(1, text.size()));
      text.remove_prefix(std::min<std::size_t>(1, text.size()));
      continue;
    }
    const auto found = names.find(text.substr(1, end - 1));
    if (found == names.end()) throw UsageError(fmt::format("\"{}\" has no value", text.substr(0, end + 1)));
    out += spec::to_text(found->second);
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace calando::cards
