/* SPDX-License-Identifier: MIT */
/* Optimizers from C, and from whatever calls C. Link with calando; -DBUILD_SHARED_LIBS=ON makes it a shared library.
 *
 *   char error[256];
 *   float w[2] = {1, 2}, g[2] = {0.5, -0.5};
 *   calando_parameter p = {"w", w, g, 2, CALANDO_F32, CALANDO_F32, NULL, 0};
 *   calando_optimizer* adam;
 *   if (calando_optimizer_new(&adam, "adam(lr=cosine(0.1, 0, 100))", &p, 1, NULL, error, sizeof error) != CALANDO_OK) ...
 *   calando_optimizer_step(adam, calando_optimizer_rate(adam), NULL, error, sizeof error);
 *   calando_optimizer_free(adam);
 *
 * Functions that can fail return a calando_status and write what is wrong, cut to size and ended by 0, to `error`, which may be NULL. An
 * optimizer is for one thread at a time; it starts threads of its own. */
#ifndef CALANDO_C_H
#define CALANDO_C_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  CALANDO_OK = 0,
  CALANDO_RUN_ERROR = 1,   /* the machine failed: disk, memory */
  CALANDO_USAGE_ERROR = 2, /* an argument is wrong */
  CALANDO_DATA_ERROR = 4   /* a file is wrong */
} calando_status;

typedef enum { CALANDO_F32 = 0, CALANDO_F64 = 1, CALANDO_BF16 = 2 } calando_type;

/* A tensor in the caller's memory, which stays there while the optimizer lives. */
typedef struct {
  const char* name;
  void* values;
  const void* gradients; /* as many */
  size_t size;
  calando_type values_type;
  calando_type gradients_type; /* f64 goes with f64 only */
  const size_t* shape;         /* row-major, or NULL */
  size_t axes;
} calando_parameter;

typedef enum { CALANDO_BF16_MASTER = 0, CALANDO_BF16_KAHAN = 1, CALANDO_BF16_STOCHASTIC = 2 } calando_bf16;
typedef enum { CALANDO_STATES_F32 = 0, CALANDO_STATES_BF16 = 1, CALANDO_STATES_BITS8 = 2 } calando_states;

/* As OptimizerOptions in calando/optimizer.h; all zeros are the defaults. */
typedef struct {
  double clip;
  double clip_tensor;
  double clip_value;
  int maximise;
  int skip_not_finite;
  calando_bf16 bf16;
  calando_states states;
  uint64_t seed;
  int threads; /* 0: all processors */
} calando_options;

typedef struct {
  double gradient_norm;
  int clipped;
  int skipped;
  double loss; /* of a step with evaluate: before the step */
} calando_report;

/* Fills the gradients at the parameters as they are and writes the loss there. Anything but 0 ends the step: it fails with that number in
 * its message, and lbfgs and sam leave the parameters where they were. */
typedef int (*calando_evaluate)(void* user, double* loss);

typedef struct calando_optimizer calando_optimizer;

/* The rule is a text: "adamw(weight_decay=0.1)", "torch.AdamW(lr=1e-3)". `options` may be NULL. */
calando_status calando_optimizer_new(calando_optimizer** made, const char* rule,
                                     const calando_parameter* parameters, size_t count,
                                     const calando_options* options, char* error, size_t error_size);
void calando_optimizer_free(calando_optimizer* optimizer);

/* One update. `report` may be NULL. */
calando_status calando_optimizer_step(calando_optimizer* optimizer, double lr, calando_report* report,
                                      char* error, size_t error_size);
/* The same with gradients that are multiplied by a loss scale. */
calando_status calando_optimizer_step_scaled(calando_optimizer* optimizer, double lr, double loss_scale,
                                             calando_report* report, char* error, size_t error_size);

/* The same for every rule, and the only one for those that need gradients at more than one place (lbfgs, sam): evaluate(user, &loss) is
 * called at least once, for most rules just once, before the update. */
calando_status calando_optimizer_step_evaluated(calando_optimizer* optimizer, double lr,
                                                calando_evaluate evaluate, void* user, calando_report* report,
                                                char* error, size_t error_size);
/* 1 where only that one will do, else 0. */
int calando_optimizer_evaluates(const calando_optimizer* optimizer);

/* The weights to evaluate with, as many as the parameter's values: a float each, or a double for CALANDO_F64. They are the values
 * themselves unless the rule keeps others (schedule_free, asgd, lookahead, ema, swa). */
calando_status calando_optimizer_evaluated(const calando_optimizer* optimizer, size_t index, void* out,
                                           char* error, size_t error_size);

/* Other memory for a parameter; no gradients (NULL): it is left out of the steps until it has some. */
calando_status calando_optimizer_bind(calando_optimizer* optimizer, size_t index, void* values,
                                      const void* gradients, char* error, size_t error_size);

/* Updates done. */
int64_t calando_optimizer_steps(const calando_optimizer* optimizer);
/* The next step's rate by the rule's lr=; NaN where the text has none. */
double calando_optimizer_rate(const calando_optimizer* optimizer);

/* State as a safetensors file, by the parameters' names. */
calando_status calando_optimizer_save(const calando_optimizer* optimizer, const char* path, char* error,
                                      size_t error_size);
calando_status calando_optimizer_load(calando_optimizer* optimizer, const char* path, char* error,
                                      size_t error_size);

#ifdef __cplusplus
}
#endif
#endif
