// SPDX-License-Identifier: MIT
// The native forms of peers' schedules, and native expressions read by a peer's own clock.
#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "src/schedule/dialect.h"
#include "src/schedule/node.h"

namespace calando::schedule {
namespace {

class ClockedRule final : public ForeignRule {
 public:
  ClockedRule(Schedule native, Clock clock) : native_(std::move(native)), clock_(std::move(clock)) {}
  double at(Step t) const override {
    return rounded(value_at(native_.node(), clock_(static_cast<double>(t)), 0));
  }
  double length() const override { return native_.length(); }
  const Schedule* native() const override { return &native_; }

 private:
  Schedule native_;
  Clock clock_;
};

struct FindForeign {
  bool in(const Schedule& part) const { return std::visit(*this, part.node().form); }
  bool operator()(const Segment&) const { return false; }
  bool operator()(const Foreign& foreign) const { return foreign.rule->native() == nullptr; }
  bool operator()(const Chain& chain) const {
    return std::any_of(chain.parts.begin(), chain.parts.end(),
                       [this](const Schedule& part) { return in(part); });
  }
  bool operator()(const Product& product) const { return in(product.a) || in(product.b); }
  bool operator()(const Sum& sum) const { return in(sum.a) || in(sum.b); }
  template <class Form>
  bool operator()(const Form& form) const {
    return in(form.part);
  }
};

struct Rebuild {
  Schedule of(const Schedule& part) const { return std::visit(*this, part.node().form); }
  Schedule operator()(const Segment& segment) const { return make(segment); }
  Schedule operator()(const Foreign& foreign) const {
    const Schedule* native = foreign.rule->native();
    return native == nullptr ? make(foreign) : of(*native);
  }
  Schedule operator()(const Chain& old) const {
    std::vector<Schedule> parts;
    for (const Schedule& part : old.parts) parts.push_back(of(part));
    return chain(parts);
  }
  Schedule operator()(const Product& product) const { return make(Product{of(product.a), of(product.b)}); }
  Schedule operator()(const Sum& sum) const { return make(Sum{of(sum.a), of(sum.b)}); }
  template <class Form>
  Schedule operator()(Form form) const {
    form.part = of(form.part);
    return make(std::move(form));
  }
};

}  // namespace

Schedule clocked(const PeerCall& in, Schedule native, Clock clock) {
  return foreign(in, std::make_shared<const ClockedRule>(std::move(native), std::move(clock)));
}

Schedule native_form(const Schedule& schedule) { return Rebuild{}.of(schedule); }

}  // namespace calando::schedule

namespace calando {

bool has_native_form(const Schedule& schedule) { return !schedule::FindForeign{}.in(schedule); }

}  // namespace calando
