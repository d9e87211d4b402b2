/* What the files say against what the network says, part by part.  See docs/verilog.md for
 * what is a proof and what a sample. */
#ifndef LUT_EXPORT_VERILOG_CHECK_H
#define LUT_EXPORT_VERILOG_CHECK_H

#include "lib/export/verilog_read.h"

typedef struct verilog_finding {
    const char *what;
    bool proof;       /* all inputs of the part */
    double cases;     /* inputs that were compared */
    size_t wrong;
    char first[160];  /* the first difference, "" for none */
} verilog_finding;

enum { VERILOG_FINDINGS = 5 };

/* Reads the files and compares.  cfg: the options that they were written with.  Random inputs
 * are drawn from `seed`.  LUT_EFORMAT: the files cannot be read or are of another network:
 * that is a difference as well. */
lut_status verilog_check(
    verilog_finding finding[VERILOG_FINDINGS],
    size_t *nfindings,
    const void *cfg,              /* of lut_export_verilog */
    const lut_export_design *d,
    const verilog_source *source, /* [n] NAME_*.v */
    size_t n,
    uint64_t seed,
    lut_err *err
);

#endif
