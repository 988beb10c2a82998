/* SPDX-License-Identifier: MIT */
/* The C interface, compiled as C. */
#include <calando/c.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static int failures = 0;

#define EXPECT(condition)                                                      \
  do {                                                                         \
    if (!(condition)) {                                                        \
      fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, error); \
      ++failures;                                                              \
    }                                                                          \
  } while (0)

/* x^2 + 10 y^2 in double, from wherever the optimizer looks. */
struct bowl {
  double p[2], g[2];
  int calls, fails_at;
};

static int bowl_loss(void* user, double* loss) {
  struct bowl* b = (struct bowl*)user;
  if (++b->calls == b->fails_at) return 7;
  b->g[0] = 2 * b->p[0];
  b->g[1] = 20 * b->p[1];
  *loss = b->p[0] * b->p[0] + 10 * b->p[1] * b->p[1];
  return 0;
}

/* Rules that need gradients at more than one place. */
static void steps_with_evaluate(void) {
  char error[256] = "";
  struct bowl b = {{3, -1}, {0, 0}, 0, 0};
  const calando_parameter at = {"p", b.p, b.g, 2, CALANDO_F64, CALANDO_F64, NULL, 0};
  calando_optimizer* made = NULL;
  calando_report report;
  double weights[2];
  int t;

  EXPECT(calando_optimizer_new(&made, "lbfgs", &at, 1, NULL, error, sizeof error) == CALANDO_OK);
  EXPECT(calando_optimizer_evaluates(made) == 1);
  EXPECT(calando_optimizer_step(made, 1, NULL, error, sizeof error) == CALANDO_USAGE_ERROR && strstr(error, "evaluate") != NULL);
  EXPECT(calando_optimizer_step_evaluated(made, 1, NULL, NULL, NULL, error, sizeof error) == CALANDO_USAGE_ERROR);
  EXPECT(calando_optimizer_step_evaluated(made, 1, bowl_loss, &b, &report, error, sizeof error) == CALANDO_OK);
  EXPECT(report.loss == 19 && b.calls >= 2);
  for (t = 0; t < 10; ++t)
    EXPECT(calando_optimizer_step_evaluated(made, 1, bowl_loss, &b, NULL, error, sizeof error) == CALANDO_OK);
  EXPECT(fabs(b.p[0]) < 7.1e-6 && fabs(b.p[1]) < 7.1e-6); /* L-BFGS learns no curvature from s y = 2 s^2 below 1e-10 */
  calando_optimizer_free(made);

  b.p[0] = 3, b.p[1] = 0, b.calls = 0;
  EXPECT(calando_optimizer_new(&made, "ema(sam(sgd, rho=1), decay=0.75)", &at, 1, NULL, error, sizeof error) == CALANDO_OK);
  EXPECT(calando_optimizer_step_evaluated(made, 0.25, bowl_loss, &b, NULL, error, sizeof error) == CALANDO_OK);
  EXPECT(b.calls == 2 && b.p[0] == 1); /* the gradient at 4 is 8 */
  EXPECT(calando_optimizer_step_evaluated(made, 0.25, bowl_loss, &b, NULL, error, sizeof error) == CALANDO_OK);
  EXPECT(b.p[0] == 0); /* at 2: 4 */
  EXPECT(calando_optimizer_evaluated(made, 0, weights, error, sizeof error) == CALANDO_OK && weights[0] == 0.75);
  EXPECT(calando_optimizer_evaluated(made, 1, weights, error, sizeof error) == CALANDO_USAGE_ERROR);
  b.p[0] = 3, b.fails_at = b.calls + 2;
  EXPECT(calando_optimizer_step_evaluated(made, 0.25, bowl_loss, &b, NULL, error, sizeof error) == CALANDO_RUN_ERROR);
  EXPECT(strstr(error, "7") != NULL && b.p[0] == 3);
  calando_optimizer_free(made);

  EXPECT(calando_optimizer_new(&made, "sgd", &at, 1, NULL, error, sizeof error) == CALANDO_OK);
  EXPECT(calando_optimizer_evaluates(made) == 0);
  b.calls = 0;
  EXPECT(calando_optimizer_step_evaluated(made, 0.25, bowl_loss, &b, &report, error, sizeof error) == CALANDO_OK);
  EXPECT(b.calls == 1 && report.loss == 9 && b.p[0] == 1.5);
  calando_optimizer_free(made);
}

int main(int argc, char** argv) {
  char error[256] = "";
  float w[3] = {1, 2, 3};
  const float g[3] = {3, 0, 4};
  double b[1] = {1};
  const double gb[1] = {0};
  const size_t shape[2] = {3, 1};
  const calando_parameter parameters[2] = {{"w", w, g, 3, CALANDO_F32, CALANDO_F32, shape, 2},
                                           {"b", b, gb, 1, CALANDO_F64, CALANDO_F64, NULL, 0}};
  calando_optimizer* sgd = NULL;
  calando_report report;
  const char* path = argc > 1 ? argv[1] : "c_state.safetensors";

  EXPECT(calando_optimizer_new(&sgd, "momentum(lr=linear(0.5, 0, 5))", parameters, 2, NULL, error, sizeof error) == CALANDO_OK);
  EXPECT(calando_optimizer_rate(sgd) == 0.5);
  EXPECT(calando_optimizer_step(sgd, calando_optimizer_rate(sgd), &report, error, sizeof error) == CALANDO_OK);
  EXPECT(report.gradient_norm == 5 && !report.clipped && !report.skipped);
  EXPECT(w[0] == -0.5f && w[1] == 2 && w[2] == 1 && b[0] == 1);
  EXPECT(calando_optimizer_steps(sgd) == 1 && fabs(calando_optimizer_rate(sgd) - 0.4) < 1e-15);

  EXPECT(calando_optimizer_save(sgd, path, error, sizeof error) == CALANDO_OK);
  EXPECT(calando_optimizer_load(sgd, path, error, sizeof error) == CALANDO_OK);
  EXPECT(calando_optimizer_steps(sgd) == 1);
  EXPECT(calando_optimizer_bind(sgd, 1, b, NULL, error, sizeof error) == CALANDO_OK);
  EXPECT(calando_optimizer_bind(sgd, 2, b, NULL, error, sizeof error) == CALANDO_USAGE_ERROR);
  EXPECT(calando_optimizer_load(sgd, "/no/such/file", error, sizeof error) == CALANDO_DATA_ERROR);
  EXPECT(strstr(error, "/no/such/file") != NULL);
  EXPECT(calando_optimizer_step(sgd, -1, NULL, error, sizeof error) == CALANDO_USAGE_ERROR);
  EXPECT(strstr(error, "learning rate -1") != NULL);
  calando_optimizer_free(sgd);

  EXPECT(calando_optimizer_new(&sgd, "adm", parameters, 2, NULL, error, sizeof error) == CALANDO_USAGE_ERROR);
  EXPECT(sgd == NULL && strstr(error, "adm") != NULL);
  EXPECT(calando_optimizer_new(&sgd, "adm", parameters, 2, NULL, error, 8) == CALANDO_USAGE_ERROR && strlen(error) == 7);
  EXPECT(calando_optimizer_new(&sgd, NULL, parameters, 2, NULL, NULL, 0) == CALANDO_USAGE_ERROR);
  {
    calando_options options;
    memset(&options, 0, sizeof options);
    options.clip = -1;
    EXPECT(calando_optimizer_new(&sgd, "sgd", parameters, 2, &options, error, sizeof error) == CALANDO_USAGE_ERROR);
    options.clip = 2.5;
    EXPECT(calando_optimizer_new(&sgd, "sgd", parameters, 2, &options, error, sizeof error) == CALANDO_OK);
    EXPECT(calando_optimizer_step_scaled(sgd, 1, 1, &report, error, sizeof error) == CALANDO_OK && report.clipped);
    EXPECT(w[0] == -2 && isnan(calando_optimizer_rate(sgd)));
    calando_optimizer_free(sgd);
  }
  calando_optimizer_free(NULL);
  steps_with_evaluate();
  return failures != 0;
}
