// SPDX-License-Identifier: MIT
#include "calando/c.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "calando/error.h"
#include "calando/optimizer.h"
#include "calando/optimizer_state.h"

struct calando_optimizer {
  std::optional<calando::Schedule> rate;
  struct Shape {
    std::size_t size;
    calando::NumberType values, gradients;
  };
  std::vector<Shape> shapes;
  calando::Optimizer optimizer;
};

namespace {

using namespace calando;

void tell(const char* what, char* error, size_t size) {
  if (error == nullptr || size == 0) return;
  const std::size_t length = std::min(std::strlen(what), size - 1);
  std::memcpy(error, what, length);
  error[length] = '\0';
}

/// Runs what may throw; nothing passes into C.
template <class Action>
calando_status guarded(char* error, size_t size, const Action& action) noexcept {
  try {
    action();
    return CALANDO_OK;
  } catch (const UsageError& wrong) {
    tell(wrong.what(), error, size);
    return CALANDO_USAGE_ERROR;
  } catch (const DataError& wrong) {
    tell(wrong.what(), error, size);
    return CALANDO_DATA_ERROR;
  } catch (const std::exception& failed) {
    tell(failed.what(), error, size);
    return CALANDO_RUN_ERROR;
  } catch (...) {
    tell("unknown failure", error, size);
    return CALANDO_RUN_ERROR;
  }
}

template <class T>
T& given(T* pointer, const char* name) {
  if (pointer == nullptr) throw UsageError(std::string(name).append(": NULL"));
  return *pointer;
}

template <class To>
To choice(int value, int last, const char* name) {
  if (value < 0 || value > last) {
    throw UsageError(std::string(name)
                         .append(": ")
                         .append(std::to_string(value))
                         .append(", expected 0 to ")
                         .append(std::to_string(last)));
  }
  return static_cast<To>(value);
}

NumberType type_of(calando_type type, const char* name) {
  return choice<NumberType>(type, CALANDO_BF16, name);
}

Parameter parameter_of(const calando_parameter& p) {
  Parameter made;
  made.name = &given(p.name, "name");
  if (p.size > 0)
    given(static_cast<char*>(p.values), "values"), given(static_cast<const char*>(p.gradients), "gradients");
  made.values = {p.values, p.size, type_of(p.values_type, "values_type")};
  made.gradients = {p.gradients, p.size, type_of(p.gradients_type, "gradients_type")};
  if (p.shape != nullptr) made.shape.assign(p.shape, p.shape + p.axes);
  return made;
}

const calando_optimizer::Shape& shape_of(const calando_optimizer& own, std::size_t index) {
  if (index >= own.shapes.size())
    throw UsageError(std::string("parameter ")
                         .append(std::to_string(index))
                         .append(": there are ")
                         .append(std::to_string(own.shapes.size())));
  return own.shapes[index];
}

void tell(const StepReport& done, calando_report* report) {
  if (report != nullptr)
    *report = {done.gradient_norm, done.clipped ? 1 : 0, done.skipped ? 1 : 0, done.loss};
}

OptimizerOptions options_of(const calando_options& o) {
  OptimizerOptions made;
  made.clip = o.clip;
  made.clip_tensor = o.clip_tensor;
  made.clip_value = o.clip_value;
  made.maximise = o.maximise != 0;
  made.skip_not_finite = o.skip_not_finite != 0;
  made.bf16 = choice<Bf16Parameters>(o.bf16, CALANDO_BF16_STOCHASTIC, "bf16");
  made.states = choice<StateStorage>(o.states, CALANDO_STATES_BITS8, "states");
  made.seed = o.seed;
  made.threads = o.threads;
  return made;
}

}  // namespace

calando_status calando_optimizer_new(calando_optimizer** made, const char* rule,
                                     const calando_parameter* parameters, size_t count,
                                     const calando_options* options, char* error, size_t error_size) {
  return guarded(error, error_size, [&] {
    given(made, "made") = nullptr;
    const RuleOptions parsed = parse_rule(&given(rule, "rule"));
    std::vector<Parameter> all;
    std::vector<calando_optimizer::Shape> shapes;
    for (size_t i = 0; i < count; ++i) {
      all.push_back(parameter_of((&given(parameters, "parameters"))[i]));
      shapes.push_back({all.back().values.size(), all.back().values.type(), all.back().gradients.type()});
    }
    const OptimizerOptions chosen = options == nullptr ? OptimizerOptions{} : options_of(*options);
    *made = new calando_optimizer{parsed.rate, std::move(shapes), Optimizer(parsed, std::move(all), chosen)};
  });
}

void calando_optimizer_free(calando_optimizer* optimizer) { delete optimizer; }

calando_status calando_optimizer_step(calando_optimizer* optimizer, double lr, calando_report* report,
                                      char* error, size_t error_size) {
  return calando_optimizer_step_scaled(optimizer, lr, 1, report, error, error_size);
}

calando_status calando_optimizer_step_scaled(calando_optimizer* optimizer, double lr, double loss_scale,
                                             calando_report* report, char* error, size_t error_size) {
  return guarded(error, error_size,
                 [&] { tell(given(optimizer, "optimizer").optimizer.step(lr, loss_scale), report); });
}

calando_status calando_optimizer_step_evaluated(calando_optimizer* optimizer, double lr,
                                                calando_evaluate evaluate, void* user, calando_report* report,
                                                char* error, size_t error_size) {
  return guarded(error, error_size, [&] {
    if (evaluate == nullptr) throw UsageError("evaluate: NULL");
    const auto call = [&] {
      double loss = std::numeric_limits<double>::quiet_NaN();
      if (const int wrong = evaluate(user, &loss); wrong != 0)
        throw RunError(std::string("evaluate returned ").append(std::to_string(wrong)));
      return loss;
    };
    tell(given(optimizer, "optimizer").optimizer.step(lr, Evaluate(call)), report);
  });
}

int calando_optimizer_evaluates(const calando_optimizer* optimizer) {
  return optimizer != nullptr && optimizer->optimizer.evaluates() ? 1 : 0;
}

calando_status calando_optimizer_evaluated(const calando_optimizer* optimizer, size_t index, void* out,
                                           char* error, size_t error_size) {
  return guarded(error, error_size, [&] {
    const calando_optimizer& own = given(optimizer, "optimizer");
    const auto& shape = shape_of(own, index);
    if (shape.size > 0) given(static_cast<char*>(out), "out");
    if (shape.values == NumberType::f64) {
      own.optimizer.evaluated(index, std::span(static_cast<double*>(out), shape.size));
    } else {
      own.optimizer.evaluated(index, std::span(static_cast<float*>(out), shape.size));
    }
  });
}

calando_status calando_optimizer_bind(calando_optimizer* optimizer, size_t index, void* values,
                                      const void* gradients, char* error, size_t error_size) {
  return guarded(error, error_size, [&] {
    calando_optimizer& own = given(optimizer, "optimizer");
    const auto& [size, values_type, gradients_type] = shape_of(own, index);
    if (size > 0) given(static_cast<char*>(values), "values");
    own.optimizer.bind(index, {values, size, values_type},
                       {gradients, gradients == nullptr ? 0 : size, gradients_type});
  });
}

int64_t calando_optimizer_steps(const calando_optimizer* optimizer) {
  return optimizer == nullptr ? 0 : optimizer->optimizer.steps();
}

double calando_optimizer_rate(const calando_optimizer* optimizer) {
  if (optimizer == nullptr || !optimizer->rate) return std::numeric_limits<double>::quiet_NaN();
  return (*optimizer->rate)(optimizer->optimizer.steps());
}

calando_status calando_optimizer_save(const calando_optimizer* optimizer, const char* path, char* error,
                                      size_t error_size) {
  return guarded(error, error_size,
                 [&] { write_state(&given(path, "path"), given(optimizer, "optimizer").optimizer.state()); });
}

calando_status calando_optimizer_load(calando_optimizer* optimizer, const char* path, char* error,
                                      size_t error_size) {
  return guarded(error, error_size,
                 [&] { given(optimizer, "optimizer").optimizer.restore(read_state(&given(path, "path"))); });
}
