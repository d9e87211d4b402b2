/* The only caller of libconfig. */
#include "sweep/spec_tree.h"

#include <ctype.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what libconfig would get wrong in silence ---- */

typedef struct scanner {
    const char *at;
    char *out; /* where the copy for libconfig goes on */
    int line;
    sweep_problems *problems; /* NULL: say nothing */
    bool refused;
} scanner;

static void copy(scanner *s, size_t n)
{
    for (size_t i = 0; i < n && *s->at; i++) {
        s->line += *s->at == '\n';
        *s->out++ = *s->at++;
    }
}

/* Length of a comment or a string at hand, else 0.  *open: its end is missing. */
static size_t passive(const char *at, bool *open)
{
    const char *end;
    size_t n = 1;

    *open = false;
    if (at[0] == '#' || (at[0] == '/' && at[1] == '/'))
        return strcspn(at, "\n");
    if (at[0] == '/' && at[1] == '*') {
        end = strstr(at + 2, "*/");
        *open = !end;
        return end ? (size_t)(end - at) + 2 : strlen(at);
    }
    if (at[0] != '"')
        return 0;
    while (at[n] && at[n] != '"')
        n += at[n] == '\\' && at[n + 1] ? 2 : 1;
    *open = !at[n];
    return n + !*open;
}

static void refuse(scanner *s, const char *what, size_t n)
{
    s->refused = true;
    if (s->problems)
        sweep_problem(s->problems, s->line, "%.*s: %s", (int)(n < 60 ? n : 60), s->at,
                      what);
}

/* libconfig wraps integers beyond 32 bits around, unless they end with L. */
static void scan_number(scanner *s)
{
    bool hex = s->at[0] == '0' && (s->at[1] == 'x' || s->at[1] == 'X');
    size_t n = hex ? 2 + strspn(s->at + 2, "0123456789abcdefABCDEF")
                   : strspn(s->at, "0123456789");
    bool plain = !isalnum((unsigned char)s->at[n]) && s->at[n] != '.';

    if (!plain) {
        copy(s, n + strspn(s->at + n, ".0123456789eELl+-"));
        return;
    }
    if (n > (hex ? 17 : 18))
        refuse(s, "too large for an integer", n);
    copy(s, n);
    if (n > 9)
        *s->out++ = 'L';
}

static void scan(scanner *s)
{
    while (*s->at) {
        bool open;
        size_t n = passive(s->at, &open);

        if (n) {
            /* libconfig would leak a text that never ends. */
            if (open)
                refuse(s, "its end is missing", strcspn(s->at, "\r\n"));
            copy(s, n);
        } else if (isdigit((unsigned char)*s->at)) {
            scan_number(s);
        } else if (isalpha((unsigned char)*s->at) || *s->at == '_') {
            while (isalnum((unsigned char)*s->at) || (*s->at && strchr("_-*", *s->at)))
                copy(s, 1);
        } else {
            if (*s->at == '@')
                refuse(
                    s,
                    "not allowed, because this text alone is stored with the results",
                    1 + strspn(s->at + 1, "abcdefghijklmnopqrstuvwxyz"));
            copy(s, 1);
        }
    }
    *s->out++ = '\n'; /* libconfig wants one behind a comment */
    *s->out = 0;
}

/* ---- to nodes ---- */

static bool convert(sweep_node *n, const config_setting_t *s);

static bool convert_children(sweep_node *n, const config_setting_t *s)
{
    for (int i = 0; i < config_setting_length(s); i++) {
        const config_setting_t *c = config_setting_get_elem(s, (unsigned)i);
        sweep_node *made = sweep_node_add(n, config_setting_name(c));

        if (!made || !convert(made, c))
            return false;
    }
    return true;
}

static bool convert(sweep_node *n, const config_setting_t *s)
{
    n->line = (int)config_setting_source_line(s);
    switch (config_setting_type(s)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        n->type = SWEEP_NODE_INT;
        n->number = (double)config_setting_get_int64(s);
        return true;
    case CONFIG_TYPE_FLOAT:
        n->type = SWEEP_NODE_REAL;
        n->number = config_setting_get_float(s);
        return true;
    case CONFIG_TYPE_BOOL:
        n->type = SWEEP_NODE_BOOL;
        n->number = config_setting_get_bool(s);
        return true;
    case CONFIG_TYPE_STRING:
        n->type = SWEEP_NODE_TEXT;
        n->text = strdup(config_setting_get_string(s));
        return n->text != NULL;
    case CONFIG_TYPE_GROUP:
        n->type = SWEEP_NODE_GROUP;
        return convert_children(n, s);
    default:
        n->type = SWEEP_NODE_LIST;
        return convert_children(n, s);
    }
}

static const char *hint(const char *error)
{
    static const struct pair {
        const char *error, *hint;
    } pairs[] = {
        { "syntax error",
          " (want KEY = VALUE; with 3, 0.1, true, \"text\", [1, 2], (1, "
          "\"text\") or { group }, no comma behind the last value)" },
        { "mismatched element type in array", " (mixed lists use parentheses)" },
    };

    for (size_t i = 0; i < LUT_COUNT(pairs); i++)
        if (strcmp(pairs[i].error, error) == 0)
            return pairs[i].hint;
    return "";
}

static void tell_error(const config_t *c, const char *text, sweep_problems *p)
{
    char place[80] = "at the end";
    int line = config_error_line(c);
    size_t n;

    for (int i = 1; i < line && strchr(text, '\n'); i++)
        text = strchr(text, '\n') + 1;
    text += strspn(text, " \t");
    n = strcspn(text, "\r\n");
    if (n)
        snprintf(place, sizeof place, "near \"%.*s\"", (int)(n < 60 ? n : 60), text);
    sweep_problem(p, line > 0 ? line : 1, "%s %s%s", config_error_text(c), place,
                  hint(config_error_text(c)));
}

static bool read_text(sweep_node *root, const char *text, sweep_problems *p)
{
    /* In the worst case a text of ten-digit numbers gets an L for each. */
    size_t n = strlen(text);
    char *safe = malloc(n + n / 10 + 3);
    scanner s = { .at = text, .out = safe, .line = 1, .problems = p };
    config_t c;
    bool good = false, starved;

    *root = (sweep_node){ 0 };
    config_init(&c);
    if (safe)
        scan(&s);
    if (safe && !s.refused) {
        good = config_read_string(&c, safe) == CONFIG_TRUE;
        if (!good && p)
            tell_error(&c, text, p);
    }
    starved = !safe || (good && !convert(root, config_root_setting(&c)));
    if (p)
        p->no_memory |= starved;
    good &= !starved;
    if (!good)
        sweep_node_fini(root);
    config_destroy(&c);
    free(safe);
    return good;
}

bool sweep_tree_read(sweep_node *root, const char *text, sweep_problems *p)
{
    return read_text(root, text, p);
}

static void from_command_line(sweep_node *n)
{
    n->line = SWEEP_COMMAND_LINE;
    for (size_t i = 0; i < n->n; i++)
        from_command_line(&n->child[i]);
}

bool sweep_tree_read_value(sweep_node *value, const char *text)
{
    size_t n = strlen(text);
    char *all = malloc(n + 8);
    sweep_node root = { 0 };
    bool good = false;

    *value = (sweep_node){ 0 };
    if (!all)
        return false;
    snprintf(all, n + 8, "v = %s;", text);
    /* One setting: a value with a semicolon in it is no value. */
    if (read_text(&root, all, NULL) && root.n == 1) {
        sweep_node_replace(value, &root.child[0]);
        from_command_line(value);
        good = true;
    }
    sweep_node_fini(&root);
    free(all);
    return good;
}
