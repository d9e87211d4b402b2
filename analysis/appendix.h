/* The check-list of an artifact evaluation, filled from results files: what evaluators ask
 * about program, data, machine, time, results and claims.  What the files do not say is TODO.
 *
 * Order and questions follow the unified artifact appendix of cTuning, which ACM and IEEE
 * conferences use with small changes. */
#ifndef ANALYSIS_APPENDIX_H
#define ANALYSIS_APPENDIX_H

#include "analysis/data.h"

#include <stdio.h>

/* A table of the artifact: the command that makes it, and how many rows it has. */
typedef struct appendix_claim {
    const char *what, *command;
    size_t rows;
} appendix_claim;

typedef struct appendix_facts {
    const char *program; /* "lutsweep 0.1.0 (0123abc)" */
    const appendix_claim *claim;
    size_t nclaims;
} appendix_facts;

typedef struct appendix appendix;

lut_status appendix_create(appendix **a, const report_data *d, const appendix_facts *f,
                           lut_err *err);
void appendix_destroy(appendix *a); /* NULL: nothing */

/* A document of its own as Markdown; as LaTeX sections to \input. */
void appendix_markdown(const appendix *a, FILE *out);
void appendix_latex(const appendix *a, FILE *out);

#endif
