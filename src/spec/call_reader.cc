// SPDX-License-Identifier: MIT
// The reader of the grammar in call.h: recursive descent, one character ahead.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calando/error.h"
#include "src/spec/call.h"
#include "src/spec/number.h"

namespace calando::spec {
namespace {

constexpr int kDeepest = 200;
constexpr double kLargestExactInteger = 0x1p53;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Reader {
 public:
  Reader(std::string_view text, std::string_view what) : text_(text), what_(what) {}

  Value whole() {
    skip_assignment();
    Value value = expression();
    if (!at_end()) refuse("the end");
    return value;
  }

 private:
  Value expression();
  Value single();
  Value number();
  Value quoted();
  Value bracketed(char close);
  Value dictionary();
  Value named();
  Call call(std::string path);
  Argument argument(const Call& so_far);
  std::string path();
  void skip_assignment();

  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void skip_space() {
    while (at_ < text_.size() && (is_space(text_[at_]) || text_[at_] == '#')) {
      at_ = text_[at_] == '#' ? std::min(text_.find('\n', at_), text_.size()) : at_ + 1;
    }
  }
  bool at_end() {
    skip_space();
    return at_ >= text_.size();
  }
  bool accept(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view word_ahead() const {
    std::size_t end = at_;
    while (end < text_.size() && (is_letter(text_[end]) || (end > at_ && is_digit(text_[end])))) ++end;
    return text_.substr(at_, end - at_);
  }
  bool accept_word(std::string_view word) {
    skip_space();
    if (word_ahead() != word) return false;
    at_ += word.size();
    return true;
  }
  std::size_t column() const { return at_ + 1; }

  [[noreturn]] void refuse(std::string_view expected) {
    const std::string_view word = word_ahead();
    const bool over = at_end();
    refuse_at(what_, column(),
              over           ? fmt::format("the text ends, expected {}", expected)
              : word.empty() ? fmt::format("'{}', expected {}", text_[at_], expected)
                             : fmt::format("\"{}\", expected {}", word, expected));
  }

  std::string_view text_;
  std::string_view what_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

/// The name on the left of a pasted "scheduler = torch.optim...".
void Reader::skip_assignment() {
  skip_space();
  if (!is_letter(peek())) return;
  const std::size_t start = at_;
  path();
  if (!accept('=')) at_ = start;
}

Value Reader::expression() {
  if (++depth_ > kDeepest) refuse_at(what_, column(), fmt::format("nested more than {} deep", kDeepest));
  Value first = single();
  if (accept_word("then")) {
    const std::size_t start = first.column;
    Sequence sequence;
    sequence.parts.push_back(std::move(first));
    do {
      sequence.parts.push_back(single());
    } while (accept_word("then"));
    first = Value{std::move(sequence), start};
  }
  --depth_;
  return first;
}

Value Reader::single() {
  if (at_end()) refuse("a value");
  const char c = peek();
  if (c == '"' || c == '\'') return quoted();
  if (c == '[') return bracketed(']');
  if (c == '(') return bracketed(')');
  if (c == '{') return dictionary();
  if (is_letter(c)) return named();
  const bool sign = c == '-' || c == '+';
  const char digit = peek(sign ? 1 : 0);
  if (is_digit(digit) || digit == '.' || (sign && is_letter(digit))) return number();
  refuse("a value");
}

Value Reader::number() {
  const std::size_t start = at_;
  std::string digits;
  if (peek() == '-' || peek() == '+') digits += text_[at_++];
  if (is_letter(peek())) {  // -inf
    digits += word_ahead();
    at_ += word_ahead().size();
  }
  for (char c = peek(); is_digit(c) || c == '.' || c == '_'; c = peek()) {
    if (c != '_') digits += c;
    ++at_;
  }
  const bool exponent = (peek() == 'e' || peek() == 'E') &&
                        (is_digit(peek(1)) || ((peek(1) == '-' || peek(1) == '+') && is_digit(peek(2))));
  if (exponent) {
    do {
      digits += text_[at_++];
    } while (is_digit(peek()) || digits.back() == 'e' || digits.back() == 'E');
  }
  const std::optional<double> value = to_number(digits);
  if (!value)
    refuse_at(what_, start + 1, fmt::format("\"{}\" is not a number that a double can hold", digits));

  Number number{.value = *value};
  number.integer = digits.find_first_not_of("+-0123456789") == std::string::npos &&
                   std::abs(*value) <= kLargestExactInteger;
  const std::string_view unit = word_ahead();
  if (peek() == '%') {
    ++at_;
    number.unit = Unit::percent;
  } else if (unit == "ep") {
    at_ += unit.size();
    number.unit = Unit::epochs;
  } else if (!unit.empty() && unit != "then") {
    refuse("the unit % or ep, or nothing");
  }
  return Value{number, start + 1};
}

Value Reader::quoted() {
  const std::size_t start = at_;
  const char quote = text_[at_++];
  std::string value;
  while (peek() != quote || at_ >= text_.size()) {
    if (at_ < text_.size() && peek() == '\\') ++at_;
    if (at_ >= text_.size()) refuse_at(what_, start + 1, "a string that does not end");
    value += text_[at_++];
  }
  ++at_;
  return Value{Text{std::move(value)}, start + 1};
}

/// A list, a tuple, or an expression in parentheses.
Value Reader::bracketed(char close) {
  const std::size_t start = at_++;
  List list{.items = {}, .tuple = close == ')'};
  bool comma = true;
  while (!accept(close)) {
    if (!comma) refuse(fmt::format("',' or '{}'", close));
    list.items.push_back(expression());
    comma = accept(',');
  }
  if (list.tuple && list.items.size() == 1 && !comma) {
    Value inner = std::move(list.items.front());
    inner.column = start + 1;
    return inner;
  }
  return Value{std::move(list), start + 1};
}

Value Reader::dictionary() {
  const std::size_t start = at_++;
  List list{.items = {}, .dictionary = true};
  bool comma = true;
  while (!accept('}')) {
    if (!comma) refuse("',' or '}'");
    List pair{.items = {}, .tuple = true};
    pair.items.push_back(expression());
    if (!accept(':')) refuse("':' and what the key stands for");
    pair.items.push_back(expression());
    const std::size_t column = pair.items.front().column;
    list.items.push_back(Value{std::move(pair), column});
    comma = accept(',');
  }
  return Value{std::move(list), start + 1};
}

Value Reader::named() {
  const std::size_t start = at_;
  std::string name = path();
  if (name == "True" || name == "true") return Value{true, start + 1};
  if (name == "False" || name == "false") return Value{false, start + 1};
  if (name == "None") return Value{None{}, start + 1};
  if (name == "inf" || name == "nan") return Value{Number{.value = *to_number(name)}, start + 1};
  if (name == "then" || name == "lambda") {
    refuse_at(what_, start + 1,
              name == "then" ? "\"then\" joins two values: one before it and one behind it"
                             : "a lambda is code of another language, expected a value");
  }
  return Value{call(std::move(name)), start + 1};
}

std::string Reader::path() {
  std::string path;
  while (true) {
    const std::string_view word = word_ahead();
    if (word.empty()) refuse("a name");
    path += word;
    at_ += word.size();
    if (peek() != '.') return path;
    path += text_[at_++];
  }
}

Call Reader::call(std::string path) {
  Call call{.path = std::move(path), .arguments = {}};
  const std::size_t behind_name = at_;
  if (!accept('(')) {
    at_ = behind_name;
    return call;
  }
  call.parentheses = true;
  bool comma = true;
  while (!accept(')')) {
    if (!comma) refuse("',' or ')'");
    call.arguments.push_back(argument(call));
    comma = accept(',');
  }
  return call;
}

Argument Reader::argument(const Call& so_far) {
  skip_space();
  Argument argument;
  argument.column = column();
  const std::size_t start = at_;
  const std::string_view word = word_ahead();
  at_ += word.size();
  if (!word.empty() && accept('=')) {
    argument.name = word;
    const auto same = [word](const Argument& other) { return other.name == word; };
    if (std::any_of(so_far.arguments.begin(), so_far.arguments.end(), same)) {
      refuse_at(what_, argument.column, fmt::format("{}: {} is given twice", so_far.path, word));
    }
  } else {
    at_ = start;
    if (!so_far.arguments.empty() && !so_far.arguments.back().name.empty()) {
      refuse_at(what_, argument.column,
                fmt::format("{}: a value without a name behind \"{}=\"", so_far.path,
                            so_far.arguments.back().name));
    }
  }
  argument.value = expression();
  return argument;
}

}  // namespace

Value parse(std::string_view text, std::string_view what) { return Reader(text, what).whole(); }

Call parse_call(std::string_view text, std::string_view what) {
  Value value = parse(text, what);
  if (Call* call = std::get_if<Call>(&value.content)) return std::move(*call);
  refuse_at(what, value.column,
            fmt::format("{}, expected a call: name(argument=value, ...)", to_string(value)));
}

}  // namespace calando::spec
