/* Changes one thing in a file of reference vectors, to see that it is noticed.
 *
 * usage: spoil FILE list              every "CASE KIND VARIANT ARRAY ..." of the file
 *        spoil FILE shift CASE ARRAY  one number in the middle
 *        spoil FILE attribute CASE NAME [VALUE]  another number; another text
 *        spoil FILE widen CASE ARRAY  one more value in the last dimension
 *        spoil FILE remove CASE [NAME]  the case, an array or an attribute
 */
#include <hdf5.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 128, MOST_DIMS = 8 };

static void *room(size_t n)
{
    void *p = calloc(1, n + 1);

    if (!p) {
        fprintf(stderr, "spoil: out of memory\n");
        exit(2);
    }
    return p;
}

static void give_up(const char *what, const char *name)
{
    fprintf(stderr, "spoil: %s: %s\n", what, name);
    exit(2);
}

/* ---- list ---- */

static void print_text(hid_t group, const char *name)
{
    char text[TEXT + 1] = "-";
    hid_t a, type;

    if (H5Aexists(group, name) > 0) {
        a = H5Aopen(group, name, H5P_DEFAULT);
        type = H5Aget_type(a);
        if (H5Tget_size(type) > TEXT || H5Aread(a, type, text) < 0)
            give_up("cannot be read", name);
        H5Tclose(type);
        H5Aclose(a);
    }
    printf(" %s", text);
}

static herr_t list_array(hid_t group, const char *name, const H5L_info_t *info,
                         void *arg)
{
    (void)group;
    (void)info;
    (void)arg;
    printf(" %s", name);
    return 0;
}

static herr_t list_case(hid_t file, const char *name, const H5L_info_t *info, void *arg)
{
    static const char *const variant[] = { "parametrization", "encoder", "encoding",
                                           "variant" };
    hid_t group = H5Gopen2(file, name, H5P_DEFAULT);
    size_t i = 0;

    (void)info;
    (void)arg;
    printf("%s", name);
    print_text(group, "kind");
    while (i < 3 && H5Aexists(group, variant[i]) <= 0)
        i++;
    print_text(group, variant[i]);
    H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, list_array, NULL);
    printf("\n");
    H5Gclose(group);
    return 0;
}

/* ---- arrays ---- */

typedef struct array {
    hid_t set, space;
    hsize_t dims[MOST_DIMS];
    int rank;
    size_t n;
    double *v;
} array;

static array open_array(hid_t group, const char *name)
{
    array a = { .set = H5Dopen2(group, name, H5P_DEFAULT) };

    if (a.set < 0)
        give_up("no such array", name);
    a.space = H5Dget_space(a.set);
    a.rank = H5Sget_simple_extent_dims(a.space, a.dims, NULL);
    a.n = (size_t)H5Sget_simple_extent_npoints(a.space);
    a.v = room((a.n + 1) * 2 * sizeof *a.v);
    if (H5Dread(a.set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, a.v) < 0)
        give_up("cannot be read", name);
    return a;
}

/* Whole numbers go to a neighbour, so that bits stay bits; others by a hundredth of the
 * largest, which is more than any tolerance. */
static double shifted(const array *a, size_t at)
{
    double most = 1, v = a->v[at];
    hid_t type = H5Dget_type(a->set);
    H5T_class_t class = H5Tget_class(type);

    H5Tclose(type);
    if (class == H5T_INTEGER)
        return v > 0 ? v - 1 : v + 1;
    for (size_t i = 0; i < a->n; i++)
        most = fmax(most, fabs(a->v[i]));
    return v + 0.01 * most;
}

static void shift(hid_t group, const char *name)
{
    array a = open_array(group, name);

    a.v[a.n / 2] = shifted(&a, a.n / 2);
    if (H5Dwrite(a.set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, a.v) < 0)
        give_up("cannot be written", name);
    H5Dclose(a.set);
}

static void widen(hid_t group, const char *name)
{
    array a = open_array(group, name);
    hid_t type = H5Dget_type(a.set), space;

    H5Dclose(a.set);
    a.dims[a.rank - 1]++;
    space = H5Screate_simple(a.rank, a.dims, NULL);
    H5Ldelete(group, name, H5P_DEFAULT);
    a.set = H5Dcreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (a.set < 0 || H5Dclose(a.set) < 0)
        give_up("cannot be written", name);
}

/* ---- attributes ---- */

static void set_attribute(hid_t group, const char *name, const char *value)
{
    hid_t a = H5Aopen(group, name, H5P_DEFAULT), type, space;
    double v = 0;

    if (a < 0)
        give_up("no such attribute", name);
    if (!value) {
        H5Aread(a, H5T_NATIVE_DOUBLE, &v);
        v = v > 0.5 ? v - 0.25 : v + 0.25;
        if (H5Awrite(a, H5T_NATIVE_DOUBLE, &v) < 0 || H5Aclose(a) < 0)
            give_up("cannot be written", name);
        return;
    }
    H5Aclose(a);
    H5Adelete(group, name);
    type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, strlen(value) + 1);
    space = H5Screate(H5S_SCALAR);
    a = H5Acreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (a < 0 || H5Awrite(a, type, value) < 0 || H5Aclose(a) < 0)
        give_up("cannot be written", name);
}

/* ---- */

static void remove_it(hid_t file, hid_t group, const char *name, const char *what)
{
    if (!what)
        H5Ldelete(file, name, H5P_DEFAULT);
    else if (H5Aexists(group, what) > 0)
        H5Adelete(group, what);
    else if (H5Ldelete(group, what, H5P_DEFAULT) < 0)
        give_up("nothing of that name", what);
}

static int usage(void)
{
    fprintf(stderr, "usage: spoil FILE list|shift|attribute|widen|remove [CASE [NAME "
                    "[VALUE]]]\n");
    return 2;
}

int main(int argc, char **argv)
{
    hid_t file, group;
    bool list;

    if (argc < 3)
        return usage();
    list = strcmp(argv[2], "list") == 0;
    file = H5Fopen(argv[1], list ? H5F_ACC_RDONLY : H5F_ACC_RDWR, H5P_DEFAULT);
    if (file < 0)
        give_up("cannot be opened", argv[1]);
    if (list) {
        H5Literate(file, H5_INDEX_NAME, H5_ITER_INC, NULL, list_case, NULL);
        return H5Fclose(file) < 0;
    }
    group = argc > 3 ? H5Gopen2(file, argv[3], H5P_DEFAULT) : -1;
    if (group < 0)
        return usage();
    if (strcmp(argv[2], "shift") == 0 && argc == 5)
        shift(group, argv[4]);
    else if (strcmp(argv[2], "widen") == 0 && argc == 5)
        widen(group, argv[4]);
    else if (strcmp(argv[2], "attribute") == 0 && argc >= 5)
        set_attribute(group, argv[4], argv[5]);
    else if (strcmp(argv[2], "remove") == 0)
        remove_it(file, group, argv[3], argv[4]);
    else
        return usage();
    H5Gclose(group);
    return H5Fclose(file) < 0;
}
