/* The independent reader: recomputes what a results file says of its networks, from the
 * published layout alone.  HDF5, zlib and the C library; nothing of this project, on
 * purpose.
 *
 * usage: recompute RESULTS.h5 TEST.csv.gz
 * For every trial with a group /trial/<key>: encode the test rows, evaluate the layers,
 * count the votes, and compare test_accuracy, the confusion matrix and the bits of
 * `correct`, exactly; print its log.  Exit 0: all agree; 1: a difference; 2: cannot be read.
 */
#include <hdf5.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { MAX_LAYERS = 64, LINE = 65536 };

static void *room(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);

    if (!p) {
        fprintf(stderr, "recompute: out of memory\n");
        exit(2);
    }
    return p;
}

static void give_up(const char *what, const char *name)
{
    fprintf(stderr, "recompute: %s: %s\n", what, name);
    exit(2);
}

/* ---- test rows: numbers with commas between, the label last ---- */

typedef struct samples {
    size_t n, features;
    float *x; /* [n][features] */
    unsigned *label;
} samples;

static size_t count_fields(const char *line)
{
    size_t n = 1;

    for (; *line; line++)
        n += *line == ',';
    return n;
}

static void add_sample(samples *s, char *line)
{
    char *at = line;

    s->x = realloc(s->x, (s->n + 1) * s->features * sizeof *s->x);
    s->label = realloc(s->label, (s->n + 1) * sizeof *s->label);
    if (!s->x || !s->label)
        give_up("out of memory", "test rows");
    for (size_t f = 0; f < s->features; f++, at++)
        s->x[s->n * s->features + f] = strtof(at, &at);
    s->label[s->n++] = (unsigned)strtoul(at, NULL, 10);
}

static samples read_samples(const char *path)
{
    static char line[LINE];
    samples s = { 0 };
    gzFile file = gzopen(path, "rb");

    if (!file)
        give_up("cannot be opened", path);
    while (gzgets(file, line, LINE)) {
        if (strlen(line) < 2)
            continue;
        if (!s.features)
            s.features = count_fields(line) - 1;
        if (count_fields(line) != s.features + 1)
            give_up("lines differ in length", path);
        add_sample(&s, line);
    }
    gzclose(file);
    if (!s.n)
        give_up("has no rows", path);
    return s;
}

/* ---- arrays of the file ---- */

static void *read_array(hid_t where, const char *name, hid_t type, size_t element,
                        int rank, hsize_t *dims)
{
    hid_t set = H5Dopen2(where, name, H5P_DEFAULT), space;
    size_t n = 1;
    void *data;

    if (set < 0)
        give_up("no such data set", name);
    space = H5Dget_space(set);
    if (H5Sget_simple_extent_ndims(space) != rank)
        give_up("another rank was expected", name);
    H5Sget_simple_extent_dims(space, dims, NULL);
    for (int i = 0; i < rank; i++)
        n *= (size_t)dims[i];
    data = room(n, element);
    if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0)
        give_up("cannot be read", name);
    H5Sclose(space);
    H5Dclose(set);
    return data;
}

typedef struct layer {
    int32_t *inputs; /* [luts][k] */
    uint8_t *tables; /* [luts][2^k] */
    size_t luts, k;
} layer;

typedef struct network {
    float *thresholds; /* [features][nthresholds] */
    uint8_t *codes;    /* [nthresholds + 1][bits] */
    size_t features, nthresholds, bits;
    long long input_width, input_frac, is_signed;
    layer layer[MAX_LAYERS];
    size_t nlayers;
    uint32_t *confusion; /* [classes][classes] */
    size_t classes;
    uint8_t *correct;
    size_t ncorrect; /* bytes */
} network;

static long long read_whole(hid_t group, const char *name)
{
    hid_t attribute = H5Aopen(group, name, H5P_DEFAULT);
    long long v;

    if (attribute < 0 || H5Aread(attribute, H5T_NATIVE_LLONG, &v) < 0)
        give_up("no such attribute", name);
    H5Aclose(attribute);
    return v;
}

/* Without thresholds there is one rule to know; any other would need another reader. */
static void check_kind(hid_t group)
{
    hid_t attribute = H5Aopen(group, "kind", H5P_DEFAULT),
          type = H5Aget_type(attribute);
    char *kind = NULL;

    if (H5Aread(attribute, type, &kind) < 0 || strcmp(kind, "bits") != 0)
        give_up("an encoder without thresholds that is not known", kind ? kind : "");
    H5free_memory(kind);
    H5Tclose(type);
    H5Aclose(attribute);
}

static void read_encoder(network *net, hid_t trial)
{
    hid_t group = H5Gopen2(trial, "encoder", H5P_DEFAULT);
    hsize_t dims[2];

    net->input_width = read_whole(group, "input_width");
    net->input_frac = read_whole(group, "input_frac");
    net->is_signed = read_whole(group, "signed");
    net->thresholds = read_array(trial, "encoder/thresholds", H5T_NATIVE_FLOAT,
                                 sizeof(float), 2, dims);
    net->features = (size_t)dims[0];
    net->nthresholds = (size_t)dims[1];
    net->codes = read_array(trial, "encoder/codes", H5T_NATIVE_UINT8, 1, 2, dims);
    net->bits = (size_t)dims[1];
    if (dims[0] != net->nthresholds + 1)
        give_up("wants a row more than there are thresholds", "encoder/codes");
    if (net->nthresholds == 0)
        check_kind(group);
    H5Gclose(group);
}

static void read_layers(network *net, hid_t trial)
{
    size_t width = net->features * net->bits;
    char name[64];
    hsize_t dims[2];

    snprintf(name, sizeof name, "layer/0");
    while (net->nlayers < MAX_LAYERS && H5Lexists(trial, name, H5P_DEFAULT) > 0) {
        layer *l = &net->layer[net->nlayers];

        snprintf(name, sizeof name, "layer/%zu/inputs", net->nlayers);
        l->inputs = read_array(trial, name, H5T_NATIVE_INT32, sizeof(int32_t), 2, dims);
        l->luts = (size_t)dims[0];
        l->k = (size_t)dims[1];
        for (size_t i = 0; i < l->luts * l->k; i++)
            if (l->inputs[i] < 0 || (size_t)l->inputs[i] >= width)
                give_up("an input that is not there", name);
        snprintf(name, sizeof name, "layer/%zu/tables", net->nlayers);
        l->tables = read_array(trial, name, H5T_NATIVE_UINT8, 1, 2, dims);
        if (dims[0] != l->luts || dims[1] != (hsize_t)1 << l->k)
            give_up("does not fit the inputs", name);
        width = l->luts;
        snprintf(name, sizeof name, "layer/%zu", ++net->nlayers);
    }
    if (!net->nlayers)
        give_up("has no layers", "layer");
}

static void read_network(network *net, hid_t trial)
{
    hsize_t dims[2];

    memset(net, 0, sizeof *net);
    read_encoder(net, trial);
    read_layers(net, trial);
    net->confusion =
        read_array(trial, "confusion", H5T_NATIVE_UINT32, sizeof(uint32_t), 2, dims);
    net->classes = (size_t)dims[0];
    if (dims[0] != dims[1])
        give_up("is not square", "confusion");
    net->correct = read_array(trial, "correct", H5T_NATIVE_UINT8, 1, 1, dims);
    net->ncorrect = (size_t)dims[0];
}

static void free_network(network *net)
{
    for (size_t l = 0; l < net->nlayers; l++) {
        free(net->layer[l].inputs);
        free(net->layer[l].tables);
    }
    free(net->thresholds);
    free(net->codes);
    free(net->confusion);
    free(net->correct);
}

/* ---- evaluation, as the contract words it ---- */

static size_t widest(const network *net)
{
    size_t w = net->features * net->bits;

    for (size_t l = 0; l < net->nlayers; l++)
        w = net->layer[l].luts > w ? net->layer[l].luts : w;
    return w;
}

/* floor(v 2^frac); an input also saturates to its width.  Real inputs stay as they are. */
static double quantise(const network *net, double v)
{
    return net->input_width ? floor(v * pow(2, (double)net->input_frac)) : v;
}

static double quantise_input(const network *net, double x)
{
    double v = quantise(net, x);
    double lo = net->is_signed ? -pow(2, (double)(net->input_width - 1)) : 0;
    double hi = pow(2, (double)(net->input_width - net->is_signed)) - 1;

    if (net->input_width && v < lo)
        return lo;
    return net->input_width && v > hi ? hi : v;
}

/* Bits codes[n(f)][b], n(f) the number of thresholds that x[f] is greater than. */
static void look_up(uint8_t *bit, const network *net, const float *threshold, double x)
{
    size_t passed = 0;

    for (size_t i = 0; i < net->nthresholds; i++)
        passed += x > quantise(net, (double)threshold[i]);
    memcpy(bit, net->codes + passed * net->bits, net->bits);
}

/* The rule of `bits`: floor(v / 2^b) mod 2. */
static void whole_bits(uint8_t *bit, const network *net, double v)
{
    for (size_t b = 0; b < net->bits; b++) {
        double shifted = floor(floor(v) / pow(2, (double)b));

        bit[b] = shifted - 2 * floor(shifted / 2) > 0;
    }
}

static void encode(uint8_t *bit, const network *net, const float *x)
{
    for (size_t f = 0; f < net->features; f++) {
        double v = quantise_input(net, (double)x[f]);

        if (net->nthresholds)
            look_up(bit + f * net->bits, net, net->thresholds + f * net->nthresholds,
                    v);
        else
            whole_bits(bit + f * net->bits, net, v);
    }
}

/* Input 0 is the most significant bit of the address. */
static void evaluate(uint8_t *out, const layer *l, const uint8_t *in)
{
    for (size_t m = 0; m < l->luts; m++) {
        size_t address = 0;

        for (size_t j = 0; j < l->k; j++)
            address = address << 1 | in[l->inputs[m * l->k + j]];
        out[m] = l->tables[(m << l->k) + address];
    }
}

/* Most votes, the lowest class on a tie. */
static size_t vote(const network *net, const uint8_t *out, unsigned *votes)
{
    const size_t width = net->layer[net->nlayers - 1].luts;
    const size_t share = (width + net->classes - 1) / net->classes;
    size_t best = 0;

    memset(votes, 0, net->classes * sizeof *votes);
    for (size_t o = 0; o < width; o++)
        votes[o / share] += out[o];
    for (size_t c = 1; c < net->classes; c++)
        if (votes[c] > votes[best])
            best = c;
    return best;
}

typedef struct outcome {
    uint32_t *confusion;
    uint8_t *correct;
    size_t right;
} outcome;

static outcome classify_all(const network *net, const samples *s)
{
    outcome o = { room(net->classes * net->classes, sizeof(uint32_t)),
                  room((s->n + 7) / 8, 1), 0 };
    unsigned *votes = room(net->classes, sizeof *votes);
    uint8_t *in = room(widest(net), 1), *out = room(widest(net), 1);

    for (size_t i = 0; i < s->n; i++) {
        size_t said;

        encode(in, net, s->x + i * s->features);
        for (size_t l = 0; l < net->nlayers; l++) {
            uint8_t *swap = in;

            evaluate(out, &net->layer[l], in);
            in = out;
            out = swap;
        }
        said = vote(net, in, votes);
        if (s->label[i] >= net->classes)
            give_up("a label that the network has no class for", "test rows");
        o.confusion[s->label[i] * net->classes + said]++;
        if (said == s->label[i]) {
            o.right++;
            o.correct[i / 8] |= (uint8_t)(0x80 >> i % 8);
        }
    }
    free(votes);
    free(in);
    free(out);
    return o;
}

/* ---- comparison ---- */

typedef struct row {
    char key[17];
    double test_accuracy;
} row;

/* The trial's warnings, where it has any: a text of fixed length. */
static void print_log(hid_t trial)
{
    hid_t set, type;
    char *text;

    if (H5Lexists(trial, "log", H5P_DEFAULT) <= 0)
        return;
    set = H5Dopen2(trial, "log", H5P_DEFAULT);
    type = H5Dget_type(set);
    text = room(H5Tget_size(type) + 1, 1);
    if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) < 0)
        give_up("cannot be read", "log");
    printf("log: %s\n", text);
    free(text);
    H5Tclose(type);
    H5Dclose(set);
}

static int check_trial(hid_t trials, const row *r, const samples *s)
{
    hid_t trial = H5Gopen2(trials, r->key, H5P_DEFAULT);
    network net;
    outcome o;
    double accuracy;
    int accuracy_differs, confusion_differs, correct_differs;

    read_network(&net, trial);
    if (net.features != s->features)
        give_up("has another number of features than the test rows", r->key);
    o = classify_all(&net, s);
    accuracy = 100.0 * (double)o.right / (double)s->n;
    accuracy_differs = memcmp(&accuracy, &r->test_accuracy, sizeof accuracy) != 0;
    confusion_differs = memcmp(o.confusion, net.confusion,
                               net.classes * net.classes * sizeof *o.confusion) != 0;
    correct_differs = net.ncorrect != (s->n + 7) / 8 ||
                      memcmp(o.correct, net.correct, net.ncorrect) != 0;
    printf("%s stored %.17g recomputed %.17g%s%s%s\n", r->key, r->test_accuracy,
           accuracy, accuracy_differs ? " ACCURACY DIFFERS" : "",
           confusion_differs ? " CONFUSION DIFFERS" : "",
           correct_differs ? " CORRECT DIFFERS" : "");
    print_log(trial);
    free(o.confusion);
    free(o.correct);
    free_network(&net);
    H5Gclose(trial);
    return accuracy_differs || confusion_differs || correct_differs;
}

/* key and test_accuracy of /trials; text in the file's own type. */
static row *read_rows(hid_t file, size_t *n)
{
    hid_t text = H5Tcopy(H5T_C_S1), type = H5Tcreate(H5T_COMPOUND, sizeof(row));
    hsize_t dims[1];
    row *rows;

    H5Tset_size(text, sizeof rows->key);
    H5Tinsert(type, "key", HOFFSET(row, key), text);
    H5Tinsert(type, "test_accuracy", HOFFSET(row, test_accuracy), H5T_NATIVE_DOUBLE);
    rows = read_array(file, "trials", type, sizeof *rows, 1, dims);
    H5Tclose(text);
    H5Tclose(type);
    *n = (size_t)dims[0];
    return rows;
}

int main(int argc, char **argv)
{
    samples s;
    hid_t file, trials;
    row *rows;
    size_t n, kept = 0, different = 0;

    if (argc != 3) {
        fprintf(stderr, "usage: recompute RESULTS.h5 TEST.csv.gz\n");
        return 2;
    }
    s = read_samples(argv[2]);
    file = H5Fopen(argv[1], H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0)
        give_up("cannot be opened", argv[1]);
    rows = read_rows(file, &n);
    trials = H5Gopen2(file, "trial", H5P_DEFAULT);
    for (size_t i = 0; i < n; i++)
        if (H5Lexists(trials, rows[i].key, H5P_DEFAULT) > 0) {
            kept++;
            different += (size_t)check_trial(trials, &rows[i], &s);
        }
    printf("%zu rows, %zu networks, %zu different\n", n, kept, different);
    free(rows);
    free(s.x);
    free(s.label);
    H5Gclose(trials);
    H5Fclose(file);
    if (!kept)
        give_up("no network is kept", argv[1]);
    return different != 0;
}
