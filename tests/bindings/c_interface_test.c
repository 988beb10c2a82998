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
  return failures != 0;
}
