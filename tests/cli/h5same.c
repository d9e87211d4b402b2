/* h5same A B: the raw bytes of /trials, /history, /config and everything under /trial are
 * the same in two files.  0: yes; 1: no, with what differs; 2: trouble. */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int differences;

static void differ(const char *what, const char *path)
{
    if (differences++ < 10)
        printf("%s: %s\n", path, what);
}

/* Raw bytes of a dataset in its file's own type; owned. */
static void *read_raw(hid_t file, const char *path, hid_t *type, size_t *size)
{
    hid_t d = H5Dopen2(file, path, H5P_DEFAULT), space;
    void *bytes = NULL;

    if (d < 0)
        return NULL;
    space = H5Dget_space(d);
    *type = H5Dget_type(d);
    *size = (size_t)H5Sget_simple_extent_npoints(space) * H5Tget_size(*type);
    bytes = calloc(1, *size + 1);
    if (bytes && *size && H5Dread(d, *type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0) {
        free(bytes);
        bytes = NULL;
    }
    H5Sclose(space);
    H5Dclose(d);
    return bytes;
}

/* Variable-length text is compared through its pointers. */
static int same_bytes(const void *a, const void *b, size_t n, hid_t type)
{
    if (H5Tis_variable_str(type) <= 0)
        return memcmp(a, b, n) == 0;
    for (size_t i = 0; i < n / sizeof(char *); i++) {
        const char *x = ((char *const *)a)[i], *y = ((char *const *)b)[i];

        if (strcmp(x ? x : "", y ? y : "") != 0)
            return 0;
    }
    return 1;
}

static void compare_dataset(hid_t a, hid_t b, const char *path)
{
    hid_t ta = -1, tb = -1;
    size_t na = 0, nb = 0;
    void *x = read_raw(a, path, &ta, &na), *y = read_raw(b, path, &tb, &nb);

    if (!x || !y)
        differ("is not in both", path);
    else if (H5Tequal(ta, tb) <= 0)
        differ("has another type", path);
    else if (na != nb)
        differ("has another size", path);
    else if (!same_bytes(x, y, na, ta))
        differ("has other bytes", path);
    free(x);
    free(y);
    if (ta >= 0)
        H5Tclose(ta);
    if (tb >= 0)
        H5Tclose(tb);
}

typedef struct pair {
    hid_t a, b;
    int count; /* objects met */
} pair;

static herr_t compare_object(hid_t group, const char *name, const H5O_info_t *info,
                             void *arg)
{
    pair *p = arg;
    char path[1024];

    (void)group;
    p->count++;
    if (info->type != H5O_TYPE_DATASET)
        return 0;
    snprintf(path, sizeof path, "/trial/%s", name);
    compare_dataset(p->a, p->b, path);
    return 0;
}

static herr_t count_object(hid_t group, const char *name, const H5O_info_t *info,
                           void *arg)
{
    (void)group;
    (void)name;
    (void)info;
    ((pair *)arg)->count++;
    return 0;
}

static void compare_trials(hid_t a, hid_t b)
{
    pair pa = { a, b, 0 }, pb = { a, b, 0 };

    if (H5Lexists(a, "trial", H5P_DEFAULT) > 0)
        H5Ovisit_by_name(a, "/trial", H5_INDEX_NAME, H5_ITER_INC, compare_object, &pa,
                         H5P_DEFAULT);
    if (H5Lexists(b, "trial", H5P_DEFAULT) > 0)
        H5Ovisit_by_name(b, "/trial", H5_INDEX_NAME, H5_ITER_INC, count_object, &pb,
                         H5P_DEFAULT);
    if (pa.count != pb.count)
        differ("holds another number of objects", "/trial");
}

int main(int argc, char **argv)
{
    hid_t a, b;

    if (argc != 3)
        return 2;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    a = H5Fopen(argv[1], H5F_ACC_RDONLY, H5P_DEFAULT);
    b = H5Fopen(argv[2], H5F_ACC_RDONLY, H5P_DEFAULT);
    if (a < 0 || b < 0) {
        printf("%s: cannot be opened\n", argv[a < 0 ? 1 : 2]);
        return 2;
    }
    compare_dataset(a, b, "/trials");
    compare_dataset(a, b, "/history");
    compare_dataset(a, b, "/config");
    compare_trials(a, b);
    H5Fclose(b);
    H5Fclose(a);
    return differences != 0;
}
