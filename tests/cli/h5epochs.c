/* h5epochs A B: every epoch that a trial of B ran has in A the same bytes of /history, and A
 * has every trial of B.  Prints how many epochs were compared.  0: yes; 1: no; 2: trouble. */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY = 17 };

typedef struct history {
    size_t trials, rows, size; /* size: bytes of a row */
    char (*key)[KEY];          /* [trials] */
    unsigned char *row;        /* [rows][size], the number of the trial made 0 */
    long *trial, *epoch;       /* [rows] */
} history;

static void need(int condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "h5epochs: %s\n", what);
    exit(2);
}

static void *room(size_t n, size_t size)
{
    void *p = calloc(n + 1, size);

    need(p != NULL, "no memory");
    return p;
}

static hid_t open_table(hid_t file, const char *path, size_t *n)
{
    hid_t d = H5Dopen2(file, path, H5P_DEFAULT), space;

    need(d >= 0, path);
    space = H5Dget_space(d);
    *n = (size_t)H5Sget_simple_extent_npoints(space);
    H5Sclose(space);
    return d;
}

static void read_column(hid_t table, const char *name, hid_t type, void *out)
{
    hid_t one = H5Tcreate(H5T_COMPOUND, H5Tget_size(type));

    H5Tinsert(one, name, 0, type);
    need(H5Dread(table, one, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) >= 0, name);
    H5Tclose(one);
}

static void read_rows(history *h, hid_t table)
{
    hid_t type = H5Dget_type(table), member;
    int i = H5Tget_member_index(type, "trial");

    need(i >= 0, "no column trial");
    h->size = H5Tget_size(type);
    h->row = room(h->rows, h->size);
    need(H5Dread(table, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, h->row) >= 0, "/history");
    member = H5Tget_member_type(type, (unsigned)i);
    for (size_t r = 0; r < h->rows; r++)
        memset(h->row + r * h->size + H5Tget_member_offset(type, (unsigned)i), 0,
               H5Tget_size(member));
    H5Tclose(member);
    H5Tclose(type);
}

static history read_file(const char *name)
{
    hid_t file = H5Fopen(name, H5F_ACC_RDONLY, H5P_DEFAULT), table, text;
    history h = { 0 };

    need(file >= 0, name);
    text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, KEY);
    table = open_table(file, "/trials", &h.trials);
    h.key = room(h.trials, KEY);
    read_column(table, "key", text, h.key);
    H5Dclose(table);
    H5Tclose(text);
    table = open_table(file, "/history", &h.rows);
    h.trial = room(h.rows, sizeof *h.trial);
    h.epoch = room(h.rows, sizeof *h.epoch);
    read_column(table, "trial", H5T_NATIVE_LONG, h.trial);
    read_column(table, "epoch", H5T_NATIVE_LONG, h.epoch);
    read_rows(&h, table);
    H5Dclose(table);
    H5Fclose(file);
    return h;
}

/* -1: none */
static long find_trial(const history *h, const char *key)
{
    for (size_t i = 0; i < h->trials; i++)
        if (!strcmp(h->key[i], key))
            return (long)i;
    return -1;
}

static const unsigned char *find_epoch(const history *h, long trial, long epoch)
{
    for (size_t r = 0; r < h->rows; r++)
        if (h->trial[r] == trial && h->epoch[r] == epoch)
            return h->row + r * h->size;
    return NULL;
}

static void release(history *h)
{
    free(h->key);
    free(h->row);
    free(h->trial);
    free(h->epoch);
}

int main(int argc, char **argv)
{
    history a, b;
    int differences = 0;

    need(argc == 3, "want two files");
    a = read_file(argv[1]);
    b = read_file(argv[2]);
    need(a.size == b.size, "rows of different sizes");
    for (size_t i = 0; i < b.trials; i++)
        if (find_trial(&a, b.key[i]) < 0)
            differences += printf("%s: is in %s alone\n", b.key[i], argv[2]) > 0;
    for (size_t r = 0; r < b.rows; r++) {
        const char *key = b.key[b.trial[r]];
        const unsigned char *row = find_epoch(&a, find_trial(&a, key), b.epoch[r]);

        if (!row || memcmp(row, b.row + r * b.size, b.size) != 0)
            differences += printf("%s: epoch %ld differs\n", key, b.epoch[r]) > 0;
    }
    printf("%zu epochs\n", b.rows);
    release(&a);
    release(&b);
    return differences != 0;
}
