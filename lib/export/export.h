/* From a trained network to text that other tools read: hardware, C, descriptions for provers.
 *
 * A writer turns a design into one or several files.  It does not know where they go: text
 * leaves through a sink.  Every file starts with the provenance and the digest of its
 * network, so that files of two networks cannot be mixed unseen.
 *
 * Writers are pure: the same design and options give the same bytes.  No locks, no state.
 */
#ifndef LUT_EXPORT_EXPORT_H
#define LUT_EXPORT_EXPORT_H

#include "lib/base/field.h"
#include "lib/circuit/design.h"
#include "lib/encode/encode.h"

enum { LUT_DESIGN_NAME = 64, LUT_DESIGN_DIGEST = 17 };

/* Samples with what the network says of them, for test benches. */
typedef struct lut_export_vectors {
    const lut_dataset *data; /* raw values of the encoder's features */
    size_t n;                /* rows 0 .. n - 1 of it */
    const uint16_t *label;   /* [n] predicted classes (not those of the data set) */
    const uint32_t *score;   /* [n][classes] votes */
} lut_export_vectors;

/* What a writer gets.  All of it is borrowed. */
typedef struct lut_export_design {
    const char *name;           /* prefix of files and names: lut_export_is_name accepts it */
    const char *digest;         /* 16 hexadecimal digits of circuit and encoder */
    const char *const *note;    /* [nnotes] lines of provenance for comments, ASCII */
    size_t nnotes;
    const lut_circuit *circuit; /* as trained, one that lut_circuit_check accepts; its inputs
                                   are the encoded bits of all features */
    const lut_encoder *encoder; /* column is NULL, outputs == circuit->inputs */
    const lut_export_vectors *vectors; /* NULL: there are none */
} lut_export_design;

/* Takes n bytes of text; anything but LUT_OK ends the writing. */
typedef lut_status (*lut_sink)(void *arg, const char *text, size_t n);

/* Where files go.  Between two calls of `file` the sink has the text of one of them. */
typedef struct lut_export_out {
    lut_status (*file)(void *arg, const char *name); /* name: without a folder */
    lut_sink sink;
    void *arg;
} lut_export_out;

/* Of hardware, what figures depend on: the design that options ask for. */
typedef struct lut_export_hardware {
    lut_pipeline pipeline;
    lut_fixed input;  /* in place of the encoder's */
    bool encodes;     /* false: encoded bits come in */
    bool behavioural; /* comparators are left to the tool: what they take is not known */
    bool mapped;      /* LUTs are those of lib/circuit; false: the tool finds them */
} lut_export_hardware;

/* A writer.  To add one: lib/export/NAME.c that defines lut_export_NAME, and one line in
 * LUT_EXPORTS of local.mk. */
typedef struct lut_export_ops {
    const char *name, *doc;  /* name: as --format has it */
    const lut_field *fields; /* its options */
    size_t nfields, cfg_size;
    bool vectors;            /* it has a use for vectors */
    /* What is written where `check` accepts it; NULL: no hardware.  LUT_EINVAL: more
     * pipeline_stages than there are places. */
    lut_status (*hardware)(lut_export_hardware *h, const void *cfg, const lut_export_design *d,
                           lut_err *err);
    /* Refuses a design that the readers of the files could not take, before anything is
     * written; NULL: takes all.  LUT_EINVAL. */
    lut_status (*check)(const void *cfg, const lut_export_design *d, lut_err *err);
    /* LUT_ENOMEM, or what the sink said. */
    lut_status (*write)(const void *cfg, const lut_export_design *d, const lut_export_out *out,
                        lut_err *err);
} lut_export_ops;

extern const lut_export_ops *const lut_export_table[]; /* NULL-ended */

const lut_export_ops *lut_export_find(const char *name); /* NULL: no such format */

/* A letter, then letters, digits and '_', shorter than LUT_DESIGN_NAME, and no word that C,
 * Verilog or SystemVerilog keeps for itself. */
bool lut_export_is_name(const char *text);

/* One that is, out of any text: other characters become '_'; "n_" in front where needed. */
void lut_export_name(char name[LUT_DESIGN_NAME], const char *text);

/* What of an encoder does not survive its inputs: figures for warnings. */
typedef struct lut_export_facts {
    size_t thresholds;  /* of features that are read */
    size_t beyond;      /* of them, outside the fixed-point range: bits that never change */
    size_t collide;     /* that are the same as the one before it in its feature, though they
                           were different before inputs were quantised */
    size_t bits, used;  /* encoded bits, and those that the first layer reads */
} lut_export_facts;

/* Thresholds of features of which the first layer reads a bit. */
lut_status lut_export_inspect(lut_export_facts *f, const lut_export_design *d, lut_err *err);

/* LUT_EINVAL for what no writer could use: circuit, encoder and their sizes, thresholds that
 * are not numbers or not in order, codes that are not bits, the name. */
lut_status lut_export_check(const lut_export_design *d, lut_err *err);

#endif
