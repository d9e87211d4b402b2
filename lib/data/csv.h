/* One file of comma-separated numbers: the inner half of the csv reader. */
#ifndef LUT_DATA_CSV_H
#define LUT_DATA_CSV_H

#include "lib/data/dataset.h"
#include "lib/data/file.h"

typedef enum csv_header { CSV_NO_HEADER, CSV_HEADER, CSV_AUTO } csv_header;

typedef struct csv_form {
    char separator;
    bool label_first;
    csv_header header;
    uint32_t classes;  /* labels are less than this */
    size_t features;   /* that the file must have; 0: any */
    const char *other; /* the file that says so; borrowed; NULL with features 0 */
} csv_form;

/* Rows of the file; classes = largest label + 1.  Lines may end in CR LF, the last ones
 * may be blank.  Messages start with FILE:LINE: or FILE:LINE:COLUMN: (cells, from 1). */
lut_status csv_parse(
    lut_dataset *d, /* owned: lut_dataset_fini, also on failure */
    const csv_form *form,
    const lut_file *f,
    lut_err *err
);

#endif
