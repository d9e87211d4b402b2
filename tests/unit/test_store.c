/* sweep/store: what is written comes back, the same input is the same bytes, and nothing
 * that is not a whole results file is read. */
#include "sweep/record.h"
#include "sweep/store.h"
#include "tests/support/fake_result.h"
#include "tests/support/unit.h"

#include <dirent.h>
#include <hdf5.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROWS = 12 };

typedef struct source {
    uint64_t first, timing;
    lut_status fail_at_end;
} source;

static lut_status get_fake(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    const source *s = arg;

    if (s->fail_at_end != LUT_OK && i == ROWS - 1)
        return lut_fail(err, s->fail_at_end, "the last record is gone");
    fake_result(out, s->first + i);
    fake_timing(out, s->timing + i);
    return LUT_OK;
}

static const sweep_failure failure = { .key = "0123456789abcdef",
                                       .attempt = 2,
                                       .cause = "crashed",
                                       .signal = 11,
                                       .epoch = 3,
                                       .log = "one | two" };

/* Those of more data sets than a line has room for. */
static char digests[40 * 27 + 1];

static void make_digests(void)
{
    char *end = digests;

    for (size_t i = 0; i < 40; i++)
        end += sprintf(end, "%sset-%05zu:%016zx", i ? " " : "", i, i * 7919);
}

static sweep_store_input input(source *s, size_t n)
{
    static char command[] = "lutsweep quick.cfg",
                config[] = "seeds = 4; # caf\303\251\n";
    static const sweep_provenance run = { .started = "2026-01-02T03:04:05Z",
                                          .host = "node1",
                                          .ranks = 4,
                                          .threads = 1,
                                          .digests = digests,
                                          .command = command,
                                          .config = config };

    make_digests();
    return (sweep_store_input){ .name = "quick",
                                .config = config,
                                .n = n,
                                .get = get_fake,
                                .arg = s,
                                .failure = &failure,
                                .nfailures = 1,
                                .provenance = &run,
                                .nprovenance = 1 };
}

static const char *written(const char *name, source s, size_t n, const char *keep)
{
    const char *path = fake_path(name);
    sweep_store_input in = input(&s, n);
    lut_err err = { 0 };

    in.keep = keep;
    CU_ASSERT_EQUAL(sweep_store_write(path, &in, &err), LUT_OK);
    CU_ASSERT_STRING_EQUAL(err.text, "");
    return path;
}

static sweep_store *opened(const char *path)
{
    sweep_store *s;
    lut_err err = { 0 };

    sweep_store_open(&s, path, &err);
    CU_ASSERT_STRING_EQUAL(err.text, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    return s;
}

static void same_result(const sweep_result *a, const sweep_result *b)
{
    unsigned char *pa, *pb;
    size_t na, nb;

    CU_ASSERT_EQUAL_FATAL(sweep_record_pack(&pa, &na, a, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_record_pack(&pb, &nb, b, NULL), LUT_OK);
    CU_ASSERT(na == nb && memcmp(pa, pb, na) == 0);
    free(pa);
    free(pb);
}

static void test_round_trip(void)
{
    source from = { .first = 0, .timing = 7 };
    sweep_store *s = opened(written("a.h5", from, ROWS, "all"));

    CU_ASSERT_EQUAL(sweep_store_rows(s), ROWS);
    CU_ASSERT_STRING_EQUAL(sweep_store_name(s), "quick");
    CU_ASSERT_STRING_EQUAL(sweep_store_config(s), "seeds = 4; # caf\303\251\n");
    for (size_t i = ROWS; i-- > 0;) { /* any order */
        sweep_result want, got;

        get_fake(&from, i, &want, NULL);
        CU_ASSERT_EQUAL_FATAL(sweep_store_get(s, i, &got, NULL), LUT_OK);
        same_result(&want, &got);
        sweep_result_fini(&want);
        sweep_result_fini(&got);
    }
    sweep_store_close(s);
}

/* Files from before inputs of fixed point lack three attributes: their inputs are real. */
static void test_without_input(void)
{
    static const char *const gone[] = { "input_width", "input_frac", "signed" };
    source from = { .first = 0, .timing = 7 };
    const char *path = written("older.h5", from, 1, "all");
    sweep_result want, got;
    char group[100];
    sweep_store *s;
    hid_t file;

    get_fake(&from, 0, &want, NULL);
    CU_ASSERT_FATAL(want.has_network && want.encoder.input.width > 0);
    snprintf(group, sizeof group, "trial/%s/encoder", want.row.key);
    file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    for (size_t i = 0; i < LUT_COUNT(gone); i++)
        CU_ASSERT(H5Adelete_by_name(file, group, gone[i], H5P_DEFAULT) >= 0);
    H5Fclose(file);
    s = opened(path);
    CU_ASSERT_EQUAL_FATAL(sweep_store_get(s, 0, &got, NULL), LUT_OK);
    CU_ASSERT_EQUAL(got.encoder.input.width, 0);
    CU_ASSERT_EQUAL(got.encoder.bits, want.encoder.bits);
    sweep_store_close(s);
    sweep_result_fini(&want);
    sweep_result_fini(&got);
}

static void test_side_tables(void)
{
    sweep_store *s = opened(written("a.h5", (source){ 0 }, 3, "none"));
    size_t n;
    const sweep_failure *f = sweep_store_failures(s, &n);
    const sweep_provenance *p;

    CU_ASSERT_EQUAL_FATAL(n, 1);
    CU_ASSERT_EQUAL(f->signal, 11);
    CU_ASSERT_EQUAL(f->exit_code, 0);
    CU_ASSERT_STRING_EQUAL(f->log, failure.log);
    p = sweep_store_provenance(s, &n);
    CU_ASSERT_EQUAL_FATAL(n, 1);
    CU_ASSERT_EQUAL(p->ranks, 4);
    CU_ASSERT_STRING_EQUAL(p->command, "lutsweep quick.cfg");
    CU_ASSERT_STRING_EQUAL(p->digests, digests);
    CU_ASSERT_STRING_EQUAL(p->ended, "");
    sweep_store_close(s);
}

static void test_columns(void)
{
    source from = { .first = 3 };
    sweep_store *s = opened(written("a.h5", from, ROWS, "none"));
    size_t n, nrow, ntiming;
    const sweep_column *c = sweep_store_columns(s, &n);
    const lut_field *row = sweep_row_fields(&nrow);
    sweep_result r;

    sweep_timing_fields(&ntiming);
    CU_ASSERT_EQUAL_FATAL(n, nrow + ntiming);
    get_fake(&from, 1, &r, NULL);
    for (size_t i = 0; i < nrow; i++) {
        double want = lut_field_number(&row[i], &r.row);

        CU_ASSERT_STRING_EQUAL(c[i].name, row[i].name);
        CU_ASSERT_STRING_EQUAL(c[i].unit, row[i].unit);
        CU_ASSERT_STRING_EQUAL(c[i].doc, row[i].doc);
        CU_ASSERT_EQUAL_FATAL(c[i].is_text, row[i].type == LUT_TEXT);
        if (c[i].is_text)
            CU_ASSERT_STRING_EQUAL(c[i].text[1], (const char *)&r.row + row[i].offset)
        else
            CU_ASSERT((isnan(want) && isnan(c[i].number[1])) || want == c[i].number[1]);
    }
    CU_ASSERT_STRING_EQUAL(c[nrow].name, "train_seconds");
    CU_ASSERT_STRING_EQUAL(c[nrow].unit, "s");
    sweep_result_fini(&r);
    sweep_store_close(s);
}

static size_t kept(const char *keep)
{
    sweep_store *s = opened(written("k.h5", (source){ 0 }, ROWS, keep));
    size_t n = 0;

    for (size_t i = 0; i < ROWS; i++) {
        sweep_result r;

        CU_ASSERT_EQUAL_FATAL(sweep_store_get(s, i, &r, NULL), LUT_OK);
        n += r.has_network;
        sweep_result_fini(&r);
    }
    sweep_store_close(s);
    return n;
}

/* Row 6 of the made-up ones has no network. */
static void test_keep(void)
{
    source from = { 0 };
    sweep_store_input in = input(&from, ROWS);
    lut_err err;

    CU_ASSERT_EQUAL(kept("all"), ROWS - 1);
    CU_ASSERT_EQUAL(kept(NULL), ROWS - 1);
    CU_ASSERT_EQUAL(kept(""), ROWS - 1);
    CU_ASSERT_EQUAL(kept("none"), 0);
    CU_ASSERT_EQUAL(kept("best:3"), 3);
    CU_ASSERT_EQUAL(kept("best:99"), ROWS - 1);
    in.keep = "best:0";
    CU_ASSERT_EQUAL(sweep_store_write(fake_path("no.h5"), &in, &err), LUT_EINVAL);
    in.keep = "some";
    CU_ASSERT_EQUAL(sweep_store_write(fake_path("no.h5"), &in, &err), LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text,
                           "keep = \"some\": want all, pareto, best:N or none");
    CU_ASSERT_EQUAL(access(fake_path("no.h5"), F_OK), -1);
}

/* The front by its definition: nobody is better in one and at least as good in the other. */
static bool dominated(const sweep_result *all, size_t i)
{
    for (size_t j = 0; j < ROWS; j++) {
        double valid = all[j].row.valid_accuracy - all[i].row.valid_accuracy;
        double luts = all[i].row.luts - all[j].row.luts;

        if (all[j].has_network && valid >= 0 && luts >= 0 && (valid > 0 || luts > 0))
            return true;
    }
    return false;
}

static void test_keep_pareto(void)
{
    source from = { 0 };
    sweep_store *s = opened(written("p.h5", from, ROWS, "pareto"));
    sweep_result all[ROWS];

    for (size_t i = 0; i < ROWS; i++)
        get_fake(&from, i, &all[i], NULL);
    for (size_t i = 0; i < ROWS; i++) {
        sweep_result r;

        CU_ASSERT_EQUAL_FATAL(sweep_store_get(s, i, &r, NULL), LUT_OK);
        CU_ASSERT_EQUAL(r.has_network, all[i].has_network && !dominated(all, i));
        sweep_result_fini(&r);
    }
    for (size_t i = 0; i < ROWS; i++)
        sweep_result_fini(&all[i]);
    sweep_store_close(s);
}

/* Every object below a group: name, type, layout, attributes and bytes as stored. */
static void dump_set(FILE *out, hid_t set)
{
    hid_t type = H5Dget_type(set), space = H5Dget_space(set),
          dcpl = H5Dget_create_plist(set);
    size_t n = (size_t)H5Sget_simple_extent_npoints(space) * H5Tget_size(type);
    unsigned char *data = calloc(n + 1, 1);
    size_t encoded = 0;
    unsigned char *kind;

    H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
    fwrite(data, 1, n, out);
    H5Tencode(type, NULL, &encoded);
    kind = calloc(encoded, 1);
    H5Tencode(type, kind, &encoded);
    fwrite(kind, 1, encoded, out);
    fprintf(out, "layout %d filters %d stored %llu\n", (int)H5Pget_layout(dcpl),
            H5Pget_nfilters(dcpl), (unsigned long long)H5Dget_storage_size(set));
    free(kind);
    free(data);
    H5Pclose(dcpl);
    H5Sclose(space);
    H5Tclose(type);
}

static herr_t dump_object(hid_t root, const char *name, const H5O_info_t *info,
                          void *arg)
{
    FILE *out = arg;

    fprintf(out, "%s %d %d %lld\n", name, (int)info->type, (int)info->num_attrs,
            (long long)(info->atime + info->mtime + info->ctime + info->btime));
    if (info->type == H5O_TYPE_DATASET) {
        hid_t set = H5Dopen2(root, name, H5P_DEFAULT);

        dump_set(out, set);
        H5Dclose(set);
    }
    return 0;
}

static char *dump(const char *path, const char *object, size_t *n)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t at = H5Oopen(file, object, H5P_DEFAULT);
    char *text = NULL;
    FILE *out = open_memstream(&text, n);

    CU_ASSERT(H5Ovisit(at, H5_INDEX_NAME, H5_ITER_INC, dump_object, out) >= 0);
    fclose(out);
    H5Oclose(at);
    H5Fclose(file);
    CU_ASSERT(*n > 100 || object[1] == 'c');
    return text;
}

static bool same_object(const char *a, const char *b, const char *object)
{
    size_t na, nb;
    char *ta = dump(a, object, &na), *tb = dump(b, object, &nb);
    bool same = na == nb && memcmp(ta, tb, na) == 0;

    free(ta);
    free(tb);
    return same;
}

static void test_same_bytes(void)
{
    static const char *const object[] = { "/trials", "/history", "/config", "/trial" };
    const char *a = written("a.h5", (source){ .timing = 1 }, ROWS, "all");
    const char *b = written("b.h5", (source){ .timing = 1000 }, ROWS, "all");
    const char *c = written("c.h5", (source){ .first = 1 }, ROWS, "all");

    for (size_t i = 0; i < LUT_COUNT(object); i++)
        CU_ASSERT(same_object(a, b, object[i]));
    CU_ASSERT_FALSE(same_object(a, b, "/timing"));
    CU_ASSERT_FALSE(same_object(a, c, "/trials"));
    CU_ASSERT_FALSE(same_object(a, c, "/trial"));
}

/* Packed rows of little-endian doubles and ASCII text: what other readers rely on. */
static void test_types(void)
{
    static const char *const name[] = { "trials",   "timing",    "history",   "columns",
                                        "failures", "baselines", "provenance" };
    hid_t file = H5Fopen(written("a.h5", (source){ 0 }, ROWS, "all"), H5F_ACC_RDONLY,
                         H5P_DEFAULT);

    for (size_t i = 0; i < LUT_COUNT(name); i++) {
        hid_t set = H5Dopen2(file, name[i], H5P_DEFAULT), type = H5Dget_type(set);
        size_t sum = 0;

        CU_ASSERT_EQUAL_FATAL(H5Tget_class(type), H5T_COMPOUND);
        for (unsigned m = 0; m < (unsigned)H5Tget_nmembers(type); m++) {
            hid_t member = H5Tget_member_type(type, m);

            CU_ASSERT_EQUAL(H5Tget_member_offset(type, m), sum);
            sum += H5Tget_size(member);
            if (H5Tget_class(member) == H5T_STRING) {
                CU_ASSERT_EQUAL(H5Tis_variable_str(member), 0);
                CU_ASSERT_EQUAL(H5Tget_cset(member), H5T_CSET_ASCII);
                CU_ASSERT_EQUAL(H5Tget_strpad(member), H5T_STR_NULLPAD);
            } else
                CU_ASSERT(H5Tequal(member, H5T_IEEE_F64LE) > 0 ||
                          H5Tequal(member, H5T_STD_U32LE) > 0 ||
                          H5Tequal(member, H5T_STD_I8LE) > 0);
            H5Tclose(member);
        }
        CU_ASSERT_EQUAL(sum, H5Tget_size(type));
        CU_ASSERT(H5Aexists(set, "doc") > 0);
        H5Tclose(type);
        H5Dclose(set);
    }
    H5Fclose(file);
}

static void refused(const char *path, lut_status want, const char *message)
{
    sweep_store *s;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL(sweep_store_open(&s, path, &err), want);
    CU_ASSERT_PTR_NULL(s);
    if (!strstr(err.text, message))
        fprintf(stderr, "got: %s\n", err.text);
    CU_ASSERT(strstr(err.text, message) != NULL);
    CU_ASSERT(strncmp(err.text, path, strlen(path)) == 0);
}

static void put_file(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");

    fwrite(bytes, 1, n, f);
    fclose(f);
}

static void set_note(const char *path, const char *name, const char *text)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR), a;

    H5Tset_size(type, H5T_VARIABLE);
    if (H5Aexists(file, name) > 0)
        H5Adelete(file, name);
    a = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(a, type, &text);
    H5Aclose(a);
    H5Fclose(file);
}

static void test_not_ours(void)
{
    const char *path = fake_path("x.h5");
    const int64_t two = 2;
    hid_t file, a;

    refused(path, LUT_ENOENT, "No such file");
    put_file(path, "no HDF5 at all", 14);
    refused(path, LUT_EFORMAT, "no HDF5 file");
    put_file(path, "", 0);
    refused(path, LUT_EFORMAT, "no HDF5 file");
    H5Fclose(H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    refused(path, LUT_EFORMAT, "no results file of lutsweep");
    set_note(path, "format", "other");
    refused(path, LUT_EFORMAT, "of another program");
    written("x.h5", (source){ 0 }, 2, "none");
    file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    a = H5Aopen(file, "format_version", H5P_DEFAULT);
    H5Awrite(a, H5T_NATIVE_INT64, &two);
    H5Aclose(a);
    H5Fclose(file);
    refused(path, LUT_EFORMAT, "format_version is 2, this program reads up to 1");
}

static char *slurp(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *bytes = malloc(1 << 20);

    *n = fread(bytes, 1, 1 << 20, f);
    fclose(f);
    return bytes;
}

static void test_cut_short(void)
{
    size_t n;
    char *bytes = slurp(written("a.h5", (source){ 0 }, 3, "all"), &n);
    const char *path = fake_path("cut.h5");

    for (size_t cut = 0; cut < n; cut += n / 40) {
        sweep_store *s;
        lut_err err;

        put_file(path, bytes, cut);
        CU_ASSERT_EQUAL(sweep_store_open(&s, path, &err), LUT_EFORMAT);
    }
    put_file(path, bytes, n - 1);
    refused(path, LUT_EFORMAT, "damaged or cut short");
    refused(path, LUT_EFORMAT, "; take a copy of it");
    CU_ASSERT_EQUAL(mkdir(fake_path("cut.h5.run"), 0777), 0);
    refused(path, LUT_EFORMAT, "; move it away and make it again: lutsweep --merge /");
    free(bytes);
}

static void read_everything(const char *path)
{
    sweep_store *s;

    if (sweep_store_open(&s, path, NULL) != LUT_OK)
        return;
    for (size_t i = 0; i < sweep_store_rows(s); i++) {
        sweep_result r;

        if (sweep_store_get(s, i, &r, NULL) == LUT_OK)
            sweep_result_fini(&r);
    }
    sweep_store_close(s);
}

/* The compressed rows have a checksum of zlib: damage there is refused, not read. */
static void test_damaged_rows(void)
{
    const char *path = written("a.h5", (source){ 0 }, ROWS, "none");
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t set = H5Dopen2(file, "trials", H5P_DEFAULT), space = H5Dget_space(set);
    hsize_t offset[1], size;
    haddr_t address;
    unsigned mask;
    size_t n;
    char *bytes;

    CU_ASSERT_FATAL(H5Dget_chunk_info(set, space, 0, offset, &mask, &address, &size) >=
                    0);
    H5Sclose(space);
    H5Dclose(set);
    H5Fclose(file);
    bytes = slurp(path, &n);
    bytes[address + size / 2] ^= 0x55;
    put_file(path, bytes, n);
    refused(path, LUT_EFORMAT, "/trials: it cannot be read");
    read_everything(path);
    free(bytes);
}

static size_t files_in_folder(void)
{
    DIR *d = opendir(fake_path(""));
    struct dirent *e;
    size_t n = 0;

    while (d && (e = readdir(d)))
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

/* In a child, since HDF5 keeps the file that it could not close.  Afterwards, with room
 * again, the same process can write. */
static int write_without_room(const char *path, rlim_t bytes)
{
    struct rlimit room;
    source from = { .first = 50 };
    sweep_store_input in = input(&from, ROWS);
    lut_err err = { 0 };
    lut_status st, again;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &room);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){ bytes, room.rlim_max });
    st = sweep_store_write(path, &in, &err);
    setrlimit(RLIMIT_FSIZE, &room);
    again = sweep_store_write(fake_path("again.h5"), &in, NULL);
    if (st != LUT_EIO || !strstr(err.text, "File too large"))
        fprintf(stderr, "room for %lu bytes: %d %s\n", (unsigned long)bytes, st,
                err.text);
    return st == LUT_EIO && strstr(err.text, "File too large") && again == LUT_OK ? 0
                                                                                  : 1;
}

static void test_full_disk(void)
{
    const char *path = written("full.h5", (source){ 0 }, ROWS, "all");
    const char *again = written("again.h5", (source){ .first = 50 }, ROWS, "all");
    size_t n, m, need, files = files_in_folder(), refusals = 0;
    char *before = slurp(path, &n), *after;

    free(slurp(again, &need)); /* what is written has this size */
    for (rlim_t room = 0; room < need; room += need / 25) {
        pid_t child = fork();
        int status = 0;

        if (child == 0)
            _exit(write_without_room(path, room));
        waitpid(child, &status, 0);
        CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        refusals += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    CU_ASSERT(refusals >= 25);
    after = slurp(path, &m);
    CU_ASSERT(n == m && memcmp(before, after, n) == 0);
    CU_ASSERT_EQUAL(files_in_folder(), files);
    sweep_store_close(opened(again));
    free(before);
    free(after);
}

static void test_other_failures(void)
{
    source from = { .fail_at_end = LUT_EFORMAT };
    sweep_store_input in = input(&from, ROWS);
    lut_err err;
    size_t files = files_in_folder();

    CU_ASSERT_EQUAL(sweep_store_write(fake_path("f.h5"), &in, &err), LUT_EFORMAT);
    CU_ASSERT(strstr(err.text, "the last record is gone") != NULL);
    from.fail_at_end = LUT_OK;
    CU_ASSERT_EQUAL(sweep_store_write(fake_path("no/f.h5"), &in, &err), LUT_EIO);
    CU_ASSERT(strstr(err.text, "No such file or directory") != NULL);
    CU_ASSERT_EQUAL(files_in_folder(), files);
}

static sweep_baselines published(sweep_baseline row[3])
{
    static const char *const set[] = { "mnist", "optdigits", "optdigits" };
    sweep_baselines b = { .row = row, .n = 3, .digest = "0123abcd" };
    size_t n;
    const lut_field *field = sweep_baseline_fields(&n);

    for (size_t i = 0; i < 3; i++) {
        memset(&row[i], 0, sizeof row[i]);
        lut_fields_default(field, n, &row[i]);
        strcpy(row[i].dataset, set[i]);
        strcpy(row[i].method, "A method");
        snprintf(row[i].source, sizeof row[i].source, "page %zu", i);
        row[i].value = 90.25 + (double)i;
    }
    return b;
}

/* Those of the data sets that there are trials of, and which file they were from. */
static void test_baselines(void)
{
    sweep_baseline row[3];
    const sweep_baselines given = published(row), *got;
    source from = { .first = 0, .timing = 7 };
    const char *path = fake_path("published.h5");
    sweep_store_input in = input(&from, 2);
    sweep_store *s;

    in.baselines = &given;
    CU_ASSERT_EQUAL_FATAL(sweep_store_write(path, &in, NULL), LUT_OK);
    s = opened(path);
    got = sweep_store_published(s);
    CU_ASSERT_EQUAL_FATAL(got->n, 2);
    CU_ASSERT_STRING_EQUAL(got->digest, "0123abcd");
    for (size_t i = 0; i < 2; i++)
        CU_ASSERT_EQUAL(memcmp(&got->row[i].value, &row[i + 1].value, sizeof(double)),
                        0);
    CU_ASSERT_STRING_EQUAL(got->row[0].source, "page 1");
    CU_ASSERT_STRING_EQUAL(got->row[1].method, "A method");
    CU_ASSERT(isnan(got->row[1].luts));
    sweep_store_close(s);
    s = opened(written("silent.h5", from, 2, "all"));
    CU_ASSERT_EQUAL(sweep_store_published(s)->n, 0);
    sweep_store_close(s);
}

static void test_empty(void)
{
    source from = { 0 };
    const char *path = fake_path("empty.h5");
    sweep_store_input in = {
        .name = "none", .config = "", .get = get_fake, .arg = &from
    };
    sweep_store *s;
    sweep_result r;
    size_t n;

    CU_ASSERT_EQUAL(sweep_store_write(path, &in, NULL), LUT_OK);
    s = opened(path);
    CU_ASSERT_EQUAL(sweep_store_rows(s), 0);
    sweep_store_columns(s, &n);
    CU_ASSERT(n > 40);
    CU_ASSERT_EQUAL(sweep_store_get(s, 0, &r, NULL), LUT_EINVAL);
    sweep_store_close(s);
    fake_folder_remove();
}

UNIT_MAIN("store", UNIT(test_round_trip), UNIT(test_without_input),
          UNIT(test_side_tables), UNIT(test_columns), UNIT(test_keep),
          UNIT(test_keep_pareto), UNIT(test_same_bytes), UNIT(test_types),
          UNIT(test_not_ours), UNIT(test_cut_short), UNIT(test_damaged_rows),
          UNIT(test_full_disk), UNIT(test_other_failures), UNIT(test_baselines),
          UNIT(test_empty))
