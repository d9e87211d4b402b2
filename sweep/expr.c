#include "sweep/expr.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 100, MAX_NODES = 10000 };

typedef enum op { OP_OR, OP_AND, OP_NOT, OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE } op;

typedef struct node {
    op what;
    size_t left, right; /* children; of a comparison, left is the column */
    double number;
    size_t text; /* of a text comparison, offset in words; SIZE_MAX: a number */
} node;

struct sweep_expr {
    node *node;
    size_t nnodes, room, root;
    char *words; /* texts compared with, each ended by 0; as long as the condition */
    size_t nwords;
};

typedef struct parser {
    sweep_expr *e;
    const char *start, *at;
    sweep_find_fn find;
    void *arg;
    unsigned depth;
    lut_err *err;
} parser;

static const char *skip_blanks(parser *p)
{
    p->at += strspn(p->at, " \t\r\n");
    return p->at;
}

static lut_status expected(parser *p, const char *what)
{
    const char *at = skip_blanks(p);

    if (!*at)
        return lut_fail(p->err, LUT_EINVAL, "\"%s\" ends where %s is expected",
                        p->start, what);
    return lut_fail(p->err, LUT_EINVAL, "\"%.40s\" found in column %zu, want %s", at,
                    (size_t)(at - p->start) + 1, what);
}

/* Length of the word at hand: what names and bare values are made of. */
static size_t word_length(const char *at)
{
    return strspn(
        at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:+-");
}

static bool take_word(parser *p, const char *word)
{
    const char *at = skip_blanks(p);
    size_t n = strlen(word);

    if (word_length(at) != n || memcmp(at, word, n) != 0)
        return false;
    p->at += n;
    return true;
}

static lut_status add_node(parser *p, size_t *index, node n)
{
    sweep_expr *e = p->e;

    if (e->nnodes == MAX_NODES)
        return lut_fail(p->err, LUT_EINVAL, "the condition has more than %d parts",
                        MAX_NODES);
    if (e->nnodes == e->room) {
        size_t room = e->room ? e->room * 2 : 16;
        node *more = realloc(e->node, room * sizeof *more);

        if (!more)
            return lut_fail(p->err, LUT_ENOMEM, "no memory for a condition");
        e->node = more;
        e->room = room;
    }
    *index = e->nnodes;
    e->node[e->nnodes++] = n;
    return LUT_OK;
}

/* ---- comparisons ---- */

/* Longer signs first: "<=" is no "<". */
static const struct sign {
    const char *text;
    op what;
} signs[] = { { "==", OP_EQ }, { "!=", OP_NE }, { "<=", OP_LE }, { ">=", OP_GE },
              { "=", OP_EQ },  { "<", OP_LT },  { ">", OP_GT } };

static lut_status parse_sign(parser *p, op *what)
{
    const char *at = skip_blanks(p);

    for (size_t i = 0; i < LUT_COUNT(signs); i++) {
        size_t n = strlen(signs[i].text);

        if (strncmp(at, signs[i].text, n) == 0) {
            *what = signs[i].what;
            p->at += n;
            return LUT_OK;
        }
    }
    return expected(p, "= != < <= > or >=");
}

static lut_status parse_column(parser *p, size_t *col, bool *is_text, char name[128])
{
    const char *at = skip_blanks(p);
    size_t n = word_length(at);

    if (n == 0 || n > 127)
        return expected(p, "the name of a column");
    memcpy(name, at, n);
    name[n] = 0;
    *col = p->find(p->arg, name, is_text);
    if (*col == SIZE_MAX)
        return lut_fail(p->err, LUT_ENOENT, "%s: no such column", name);
    p->at += n;
    return LUT_OK;
}

/* The value's text without quotes. */
static lut_status parse_value(parser *p, const char **text, size_t *n)
{
    const char *at = skip_blanks(p), *end;

    if (*at != '"' && *at != '\'') {
        *text = at;
        *n = word_length(at);
        p->at += *n;
        return *n ? LUT_OK : expected(p, "a value");
    }
    end = strchr(at + 1, *at);
    if (!end)
        return expected(p, "a text with both its quotes");
    *text = at + 1;
    *n = (size_t)(end - at) - 1;
    p->at = end + 1;
    return LUT_OK;
}

static size_t keep_word(sweep_expr *e, const char *text, size_t n)
{
    size_t at = e->nwords;

    memcpy(e->words + at, text, n);
    e->words[at + n] = 0;
    e->nwords += n + 1;
    return at;
}

static lut_status parse_number(parser *p, const char *name, double *out,
                               const char *text, size_t n)
{
    /* true and false are what a boolean column holds. */
    static const struct truth {
        const char *word;
        double number;
    } truths[] = { { "true", 1 }, { "false", 0 } };
    char buf[64], *end;

    if (n < sizeof buf) {
        memcpy(buf, text, n);
        buf[n] = 0;
        for (size_t i = 0; i < LUT_COUNT(truths); i++)
            if (strcmp(buf, truths[i].word) == 0) {
                *out = truths[i].number;
                return LUT_OK;
            }
        *out = strtod(buf, &end);
        if (end != buf && !*end)
            return LUT_OK;
    }
    return lut_fail(p->err, LUT_EINVAL,
                    "%s is a number and cannot be compared with \"%.*s\"", name, (int)n,
                    text);
}

static lut_status parse_comparison(parser *p, size_t *index)
{
    node n = { .text = SIZE_MAX };
    char name[128];
    const char *text = "";
    bool is_text = false;
    size_t length = 0;

    LUT_TRY(parse_column(p, &n.left, &is_text, name));
    LUT_TRY(parse_sign(p, &n.what));
    if (is_text && n.what != OP_EQ && n.what != OP_NE)
        return lut_fail(p->err, LUT_EINVAL,
                        "%s is text and compares with = and != only", name);
    LUT_TRY(parse_value(p, &text, &length));
    if (is_text)
        n.text = keep_word(p->e, text, length);
    else
        LUT_TRY(parse_number(p, name, &n.number, text, length));
    return add_node(p, index, n);
}

/* ---- and, or, not ---- */

static lut_status parse_or(parser *p, size_t *index);

static lut_status parse_unit(parser *p, size_t *index)
{
    lut_status st;
    size_t inner;

    if (++p->depth > MAX_DEPTH)
        return lut_fail(p->err, LUT_EINVAL, "the condition is nested deeper than %d",
                        MAX_DEPTH);
    if (take_word(p, "not")) {
        st = parse_unit(p, &inner);
        if (st == LUT_OK)
            st = add_node(p, index, (node){ .what = OP_NOT, .left = inner });
    } else if (*skip_blanks(p) == '(') {
        p->at++;
        st = parse_or(p, index);
        if (st == LUT_OK && *skip_blanks(p) != ')')
            st = expected(p, "and, or or a closing parenthesis");
        p->at += st == LUT_OK;
    } else {
        st = parse_comparison(p, index);
    }
    p->depth--;
    return st;
}

static lut_status parse_and(parser *p, size_t *index)
{
    LUT_TRY(parse_unit(p, index));
    while (take_word(p, "and")) {
        node n = { .what = OP_AND, .left = *index };

        LUT_TRY(parse_unit(p, &n.right));
        LUT_TRY(add_node(p, index, n));
    }
    return LUT_OK;
}

static lut_status parse_or(parser *p, size_t *index)
{
    LUT_TRY(parse_and(p, index));
    while (take_word(p, "or")) {
        node n = { .what = OP_OR, .left = *index };

        LUT_TRY(parse_and(p, &n.right));
        LUT_TRY(add_node(p, index, n));
    }
    return LUT_OK;
}

lut_status sweep_expr_parse(sweep_expr **out, const char *text, sweep_find_fn find,
                            void *arg, lut_err *err)
{
    parser p = { .start = text, .at = text, .find = find, .arg = arg, .err = err };
    lut_status st;

    *out = NULL;
    p.e = calloc(1, sizeof *p.e);
    if (p.e)
        p.e->words = malloc(strlen(text) + 1);
    if (!p.e || !p.e->words) {
        st = lut_fail(err, LUT_ENOMEM, "no memory for a condition");
        goto out;
    }
    st = parse_or(&p, &p.e->root);
    if (st == LUT_OK && *skip_blanks(&p))
        st = expected(&p, "and, or or the end");
    if (st != LUT_OK)
        goto out;
    *out = p.e;
    p.e = NULL;
out:
    sweep_expr_destroy(p.e);
    return st;
}

void sweep_expr_destroy(sweep_expr *e)
{
    if (!e)
        return;
    free(e->node);
    free(e->words);
    free(e);
}

static bool compare(op what, double a, double b)
{
    if (isnan(a) || isnan(b))
        return false;
    switch (what) {
    case OP_EQ:
        return a == b;
    case OP_NE:
        return a != b;
    case OP_LT:
        return a < b;
    case OP_LE:
        return a <= b;
    case OP_GT:
        return a > b;
    default:
        return a >= b;
    }
}

static bool holds(const sweep_expr *e, const node *n, sweep_get_fn get, void *arg)
{
    sweep_value v = get(arg, n->left);

    if (n->text == SIZE_MAX)
        return !v.text && compare(n->what, v.number, n->number);
    return v.text && (strcmp(v.text, e->words + n->text) == 0) == (n->what == OP_EQ);
}

/* Recursion is bounded by MAX_NODES: a chain of `and` leans to the left. */
static bool is_true(const sweep_expr *e, size_t index, sweep_get_fn get, void *arg)
{
    const node *n = &e->node[index];

    switch (n->what) {
    case OP_NOT:
        return !is_true(e, n->left, get, arg);
    case OP_AND:
        return is_true(e, n->left, get, arg) && is_true(e, n->right, get, arg);
    case OP_OR:
        return is_true(e, n->left, get, arg) || is_true(e, n->right, get, arg);
    default:
        return holds(e, n, get, arg);
    }
}

bool sweep_expr_true(const sweep_expr *e, sweep_get_fn get, void *arg)
{
    return is_true(e, e->root, get, arg);
}
