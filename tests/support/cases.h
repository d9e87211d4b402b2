/* Reference vectors as texts: tests/data/README.md describes them. */
#ifndef TESTS_SUPPORT_CASES_H
#define TESTS_SUPPORT_CASES_H

#include "tests/support/unit.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ARRAYS = 32, MAX_ATTRIBUTES = 40 };

typedef struct vec_array {
    char name[32];
    size_t n;
    double *v;
} vec_array;

typedef struct vec_case {
    char name[64];
    struct {
        char name[32], value[96];
    } attribute[MAX_ATTRIBUTES];
    vec_array array[MAX_ARRAYS];
    size_t nattributes, narrays;
} vec_case;

static inline const char *text_of(const vec_case *c, const char *name)
{
    for (size_t i = 0; i < c->nattributes; i++)
        if (strcmp(c->attribute[i].name, name) == 0)
            return c->attribute[i].value;
    return "";
}

static inline double number(const vec_case *c, const char *name)
{
    const char *text = text_of(c, name);

    if (!*text)
        fprintf(stderr, "\n%s: no attribute %s", c->name, name);
    CU_ASSERT_FATAL(*text != 0);
    return strtod(text, NULL);
}

static inline size_t whole(const vec_case *c, const char *name)
{
    return (size_t)number(c, name);
}

static inline const double *maybe(const vec_case *c, const char *name, size_t *n)
{
    for (size_t i = 0; i < c->narrays; i++)
        if (strcmp(c->array[i].name, name) == 0) {
            *n = c->array[i].n;
            return c->array[i].v;
        }
    return NULL;
}

/* An array that has to be there, of that many values. */
static inline const double *array(const vec_case *c, const char *name, size_t n)
{
    size_t found = 0;
    const double *v = maybe(c, name, &found);

    if (!v || found != n)
        fprintf(stderr, "\n%s: array %s: %zu values, want %zu", c->name, name, found,
                n);
    CU_ASSERT_FATAL(v && found == n);
    return v;
}

static inline const double *numbered(const vec_case *c, const char *form, size_t i, size_t n)
{
    char name[64];
    const char *at = strchr(form, '#');

    snprintf(name, sizeof name, "%.*s%zu%s", (int)(at - form), form, i, at + 1);
    return array(c, name, n);
}

static inline void read_array(FILE *f, vec_case *c)
{
    vec_array *a = &c->array[c->narrays++];

    CU_ASSERT_FATAL(c->narrays <= MAX_ARRAYS);
    CU_ASSERT_FATAL(fscanf(f, "%31s %zu", a->name, &a->n) == 2);
    a->v = malloc((a->n + 1) * sizeof *a->v);
    CU_ASSERT_PTR_NOT_NULL_FATAL(a->v);
    for (size_t i = 0; i < a->n; i++)
        CU_ASSERT_FATAL(fscanf(f, "%lf", &a->v[i]) == 1);
}

/* The next case, or false at the end. */
static inline bool read_case(FILE *f, vec_case *c)
{
    char word[32];

    memset(c, 0, sizeof *c);
    while (fscanf(f, "%31s", word) == 1) {
        if (word[0] == '#') {
            CU_ASSERT(fscanf(f, "%*[^\n]") == 0);
        } else if (strcmp(word, "case") == 0) {
            CU_ASSERT(fscanf(f, "%63s", c->name) == 1);
        } else if (strcmp(word, "attribute") == 0) {
            CU_ASSERT_FATAL(c->nattributes < MAX_ATTRIBUTES);
            CU_ASSERT_FATAL(fscanf(f, "%31s %95[^\n]",
                                   c->attribute[c->nattributes].name,
                                   c->attribute[c->nattributes].value) == 2);
            c->nattributes++;
        } else if (strcmp(word, "array") == 0) {
            read_array(f, c);
        } else if (strcmp(word, "end") == 0) {
            return true;
        }
    }
    return false;
}

static inline size_t every(const char *file, void (*fn)(const vec_case *))
{
    char path[1024];
    vec_case c;
    size_t n = 0;
    FILE *f;

    snprintf(path, sizeof path, "%s/vectors/%s", TEST_DATA, file);
    f = fopen(path, "r");
    if (!f)
        fprintf(stderr, "\n%s: cannot be read", path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    for (; read_case(f, &c); n++) {
        fn(&c);
        for (size_t i = 0; i < c.narrays; i++)
            free(c.array[i].v);
    }
    fclose(f);
    return n;
}

static inline void within(const vec_case *c, const char *what, double error, double bound)
{
    if (!(error <= bound))
        fprintf(stderr, "\n%s: %s: %g > %g", c->name, what, error, bound);
    CU_ASSERT(error <= bound);
}

static inline double size_of(const double *r, size_t n)
{
    double most = 1e-3;

    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(r[i]));
    return most;
}

static inline double error_of(const float *a, const double *r, size_t n)
{
    double most = 0;

    for (size_t i = 0; i < n; i++) {
        double d = fabs((double)a[i] - r[i]);

        most = d > most || isnan(d) ? d : most;
    }
    return most;
}

#endif
