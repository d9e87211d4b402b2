#include "analysis/derived.h"

#include <math.h>

static double product(double a, double b)
{
    return a * b;
}

/* A design without registers answers within one cycle. */
static double per_answer(double a, double cycles)
{
    return a * (cycles < 1 ? 1 : cycles);
}

static double ratio(double a, double b)
{
    return b > 0 ? a / b : (double)NAN;
}

const report_derived report_derived_columns[] = {
    { "area_levels",
      "LUT levels",
      "area-delay without registers: lut6 * lut_levels",
      { "lut6", "lut_levels" },
      product },
    { "area_levels_core",
      "LUT levels",
      "the same without encoder's LUTs: lut6_core * lut_levels",
      { "lut6_core", "lut_levels" },
      product },
    { "area_cycles",
      "LUT cycles",
      "area-delay with registers: lut6 * max(1, latency_cycles)",
      { "lut6", "latency_cycles" },
      per_answer },
    { "area_cycles_core",
      "LUT cycles",
      "the same without encoder's LUTs: lut6_core * max(1, latency_cycles)",
      { "lut6_core", "latency_cycles" },
      per_answer },
    { "lut6_per_lut",
      "",
      "what simplification and mapping leave of a trained LUT: lut6_core / luts",
      { "lut6_core", "luts" },
      ratio },
    { NULL, NULL, NULL, { NULL, NULL }, NULL },
};
