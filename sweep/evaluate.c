#include "sweep/evaluate.h"
#include "lib/circuit/packed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void fill_confusion(sweep_result *r, const lut_samples *s,
                           const uint16_t *predicted)
{
    for (size_t i = 0; i < s->n; i++) {
        bool right = predicted[i] == s->label[i];

        r->confusion[s->label[i] * r->classes + predicted[i]]++;
        r->correct[i / 8] |= (uint8_t)(right << (7 - i % 8));
    }
}

static bool make_room(sweep_result *r, size_t n)
{
    free(r->confusion);
    free(r->correct);
    r->ntest = n;
    r->confusion = calloc((size_t)r->classes * r->classes, sizeof *r->confusion);
    r->correct = calloc((n + 7) / 8 + 1, 1);
    return r->confusion && r->correct;
}

lut_status sweep_evaluate_test(sweep_result *r, const lut_samples *s,
                               const char *kernels, lut_err *err)
{
    uint16_t *predicted = malloc((s->n + 1) * sizeof *predicted);
    lut_exec one = { .threads = 1 };
    double start = seconds();
    lut_status st = LUT_OK;

    if (!make_room(r, s->n) || !predicted)
        st = lut_fail(err, LUT_ENOMEM, "no memory for %zu predictions", s->n);
    if (st == LUT_OK)
        st = lut_circuit_accuracy_on(&r->row.test_accuracy, predicted, &r->circuit, s,
                                     kernels, &one, err);
    r->timing.infer_samples_per_second = (double)s->n / (seconds() - start);
    if (st == LUT_OK)
        fill_confusion(r, s, predicted);
    free(predicted);
    return st;
}

void sweep_note_start(sweep_timing *t, const sweep_lab *lab, const lut_backend *backend)
{
    time_t now = time(NULL);
    struct tm utc;

    gmtime_r(&now, &utc);
    memset(t->started, 0, sizeof t->started);
    memset(t->host, 0, sizeof t->host);
    memset(t->kernels, 0, sizeof t->kernels);
    strftime(t->started, sizeof t->started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    gethostname(t->host, sizeof t->host - 1);
    t->threads = lab->exec.threads;
    strncpy(t->kernels, backend->name, sizeof t->kernels - 1);
}

void sweep_note_memory(sweep_timing *t)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) == 0)
        t->peak_memory = 1024.0 * (double)usage.ru_maxrss;
}

const lut_backend *sweep_lab_backend(const sweep_lab *lab, lut_err *err)
{
    const lut_backend *backend = lut_backend_find(lab->kernels);

    if (!backend)
        lut_fail(err, LUT_ENOENT,
                 "kernel set \"%s\" is not in this build or not of this machine",
                 lab->kernels);
    return backend;
}

lut_status sweep_note_line(sweep_result *r, const char *line, lut_err *err)
{
    const char *before = r->log ? r->log : "";
    char *text = malloc(strlen(before) + strlen(line) + 2);

    if (!text)
        return lut_fail(err, LUT_ENOMEM, "no memory for the log");
    sprintf(text, "%s%s\n", before, line);
    free(r->log);
    r->log = text;
    return LUT_OK;
}
