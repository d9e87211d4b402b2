/* Stand-ins for tables of lib that are not there yet: names and options only. */
#include "lib/circuit/circuit.h"
#include "lib/encode/encode.h"
#include "lib/data/dataset.h"

#include <string.h>

#define COMMON(name_, fields_, type)                                                     \
    .name = name_, .doc = "stub", .fields = fields_, .nfields = LUT_COUNT(fields_),      \
    .cfg_size = sizeof(type)

static const lut_encode_ops distributive = { .name = "distributive", .doc = "stub" };
static const lut_encode_ops gaussian = { .name = "gaussian", .doc = "stub" };
static const lut_encode_ops uniform = { .name = "uniform", .doc = "stub" };
const lut_encode_ops *const lut_encode_table[] = { &distributive, &gaussian, &uniform, NULL };

typedef struct synth {
    uint32_t samples;
} synth;
static const lut_field synth_fields[] = {
    LUT_OPTION_U32(synth, samples, "", 1, 1000000, "1000", "rows of each part"),
};
static const lut_reader_ops synth_ops = { COMMON("synth", synth_fields, synth) };
const lut_reader_ops *const lut_reader_table[] = { &synth_ops, NULL };
const lut_known lut_known_table[] = { { .name = "optdigits", .doc = "stub" },
                                      { .name = "mnist", .doc = "stub" },
                                      { .name = NULL } };

void lut_encoder_fini(lut_encoder *enc)
{
    memset(enc, 0, sizeof *enc);
}

void lut_circuit_fini(lut_circuit *c)
{
    memset(c, 0, sizeof *c);
}
