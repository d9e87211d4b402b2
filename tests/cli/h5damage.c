/* Spoils a results file in one place, for tests of those who must notice.
 *
 * usage: h5damage FILE DATASET MEMBER ROW BYTE BIT
 *        h5damage FILE number DATASET MEMBER ROW VALUE    (a double; nan is one)
 *        h5damage FILE row DATASET FROM TO                row FROM written over row TO
 *        h5damage FILE delete PATH
 *        h5damage FILE copy PATH NEW
 * Flips a bit of an element of a data set: MEMBER of a compound, or "-"; ROW counts elements
 * (of all dimensions), -1 is each of them; BYTE those of the member or element, from its end
 * where negative.
 * The file stays a whole HDF5 file. */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(int condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "h5damage: %s\n", what);
    exit(2);
}

/* Offset and size of what is to be spoilt in an element. */
static size_t place(hid_t type, const char *member, size_t *size)
{
    size_t at;
    hid_t m;
    int i;

    *size = H5Tget_size(type);
    if (!strcmp(member, "-"))
        return 0;
    i = H5Tget_member_index(type, member);
    need(i >= 0, "no such member");
    at = H5Tget_member_offset(type, (unsigned)i);
    m = H5Tget_member_type(type, (unsigned)i);
    *size = H5Tget_size(m);
    H5Tclose(m);
    return at;
}

static void flip(hid_t set, const char *member, long row, long byte, int bit)
{
    hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    const long n = (long)H5Sget_simple_extent_npoints(space);
    size_t element = H5Tget_size(type), size, at = place(type, member, &size);
    unsigned char *data = malloc((size_t)n * element + 1);

    need(data != NULL, "out of memory");
    need(row >= -1 && row < n, "no such row");
    byte = byte < 0 ? byte + (long)size : byte;
    need(byte >= 0 && byte < (long)size, "no such byte");
    need(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0, "not read");
    for (long i = row < 0 ? 0 : row; i < (row < 0 ? n : row + 1); i++)
        data[(size_t)i * element + at + (size_t)byte] ^= (unsigned char)(1 << bit);
    need(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0, "not written");
    free(data);
    H5Sclose(space);
    H5Tclose(type);
}

/* All of a data set, changed by to: member NULL: row FROM over row TO; else a double. */
static void put(hid_t set, const char *member, long from, long to, double value)
{
    hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    const long n = (long)H5Sget_simple_extent_npoints(space);
    size_t element = H5Tget_size(type), size, at;
    unsigned char *data = malloc((size_t)n * element + 1);

    need(data != NULL, "out of memory");
    need(from >= 0 && from < n && to >= 0 && to < n, "no such row");
    need(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0, "not read");
    if (member) {
        at = place(type, member, &size);
        need(size == sizeof value, "no double");
        memcpy(data + (size_t)to * element + at, &value, size);
    } else {
        memcpy(data + (size_t)to * element, data + (size_t)from * element, element);
    }
    need(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0, "not written");
    free(data);
    H5Sclose(space);
    H5Tclose(type);
}

static hid_t open_set(hid_t file, const char *name)
{
    hid_t set = H5Dopen2(file, name, H5P_DEFAULT);

    need(set >= 0, "no such data set");
    return set;
}

static void spoil(hid_t file, int argc, char **argv)
{
    hid_t set;

    if (argc == 4 && !strcmp(argv[2], "delete")) {
        need(H5Ldelete(file, argv[3], H5P_DEFAULT) >= 0, "not deleted");
        return;
    }
    if (argc == 5 && !strcmp(argv[2], "copy")) {
        need(H5Ocopy(file, argv[3], file, argv[4], H5P_DEFAULT, H5P_DEFAULT) >= 0,
             "not copied");
        return;
    }
    need(argc == 6 || argc == 7, "see the usage in its source");
    if (argc == 7 && !strcmp(argv[2], "number")) {
        set = open_set(file, argv[3]);
        put(set, argv[4], atol(argv[5]), atol(argv[5]), strtod(argv[6], NULL));
    } else if (argc == 6 && !strcmp(argv[2], "row")) {
        set = open_set(file, argv[3]);
        put(set, NULL, atol(argv[4]), atol(argv[5]), 0);
    } else {
        set = open_set(file, argv[2]);
        flip(set, argv[3], atol(argv[4]), atol(argv[5]), atoi(argv[6]));
    }
    need(H5Dclose(set) >= 0, "not closed");
}

int main(int argc, char **argv)
{
    hid_t file;

    need(argc >= 4, "see the usage in its source");
    file = H5Fopen(argv[1], H5F_ACC_RDWR, H5P_DEFAULT);
    need(file >= 0, "no such file");
    spoil(file, argc, argv);
    need(H5Fclose(file) >= 0, "not closed");
    return 0;
}
