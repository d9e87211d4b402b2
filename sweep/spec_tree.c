#include "sweep/spec_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sweep_node_fini(sweep_node *n)
{
    for (size_t i = 0; i < n->n; i++)
        sweep_node_fini(&n->child[i]);
    free(n->child);
    free(n->name);
    free(n->text);
    *n = (sweep_node){ 0 };
}

sweep_node *sweep_node_member(const sweep_node *group, const char *name)
{
    for (size_t i = 0; i < group->n; i++)
        if (group->child[i].name && strcmp(group->child[i].name, name) == 0)
            return &group->child[i];
    return NULL;
}

sweep_node *sweep_node_add(sweep_node *parent, const char *name)
{
    sweep_node *more, made = { 0 };

    if (name) {
        made.name = strdup(name);
        if (!made.name)
            return NULL;
    }
    /* Room doubles at each power of two. */
    if ((parent->n & (parent->n - 1)) == 0) {
        size_t room = parent->n ? parent->n * 2 : 1;

        more = realloc(parent->child, room * sizeof *more);
        if (!more) {
            free(made.name);
            return NULL;
        }
        parent->child = more;
    }
    parent->child[parent->n] = made;
    return &parent->child[parent->n++];
}

void sweep_node_drop(sweep_node *group, const char *name)
{
    sweep_node *n = sweep_node_member(group, name), *end = group->child + group->n;

    if (!n)
        return;
    sweep_node_fini(n);
    memmove(n, n + 1, (size_t)(end - n - 1) * sizeof *n);
    group->n--;
}

void sweep_node_replace(sweep_node *n, sweep_node *value)
{
    char *name = n->name;

    n->name = NULL;
    sweep_node_fini(n);
    free(value->name);
    *n = *value;
    n->name = name;
    *value = (sweep_node){ 0 };
}

char *sweep_node_show(const sweep_node *n, char buf[128])
{
    char real[32];

    switch (n->type) {
    case SWEEP_NODE_GROUP:
        return strcpy(buf, "{ ... }");
    case SWEEP_NODE_LIST:
        return strcpy(buf, n->n ? "[ ... ]" : "[ ]");
    case SWEEP_NODE_BOOL:
        return strcpy(buf, n->number != 0 ? "true" : "false");
    case SWEEP_NODE_TEXT:
        snprintf(buf, 128, "\"%.100s\"", n->text);
        return buf;
    case SWEEP_NODE_INT:
        snprintf(buf, 128, "%.0f", n->number);
        return buf;
    default:
        return strcpy(buf, lut_real_text(real, n->number));
    }
}

/* ---- writing ---- */

/* libconfig reads a real only with a point in it, or an exponent behind digits. */
static void write_real(FILE *f, double v)
{
    char buf[32];
    size_t digits;

    lut_real_text(buf, v);
    digits = strspn(buf, "-0123456789");
    if (buf[digits] == '.')
        fputs(buf, f);
    else
        fprintf(f, "%.*s.0%s", (int)digits, buf, buf + digits);
}

static void write_string(FILE *f, const char *text)
{
    fputc('"', f);
    for (; *text; text++)
        if (*text == '"' || *text == '\\')
            fprintf(f, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            fprintf(f, "\\x%02x", (unsigned char)*text);
        else
            fputc(*text, f);
    fputc('"', f);
}

static void write_value(FILE *f, const sweep_node *n, int depth);

static void write_members(FILE *f, const sweep_node *group, int depth)
{
    for (size_t i = 0; i < group->n; i++) {
        fprintf(f, "%*s%s = ", depth * 2, "", group->child[i].name);
        write_value(f, &group->child[i], depth);
        fputs(";\n", f);
    }
}

static void write_children(FILE *f, const sweep_node *n, int depth)
{
    if (n->type == SWEEP_NODE_GROUP) {
        fputs("{\n", f);
        write_members(f, n, depth + 1);
        fprintf(f, "%*s}", depth * 2, "");
        return;
    }
    fputc('(', f);
    for (size_t i = 0; i < n->n; i++) {
        fputs(i ? ", " : "", f);
        write_value(f, &n->child[i], depth);
    }
    fputc(')', f);
}

static void write_value(FILE *f, const sweep_node *n, int depth)
{
    switch (n->type) {
    case SWEEP_NODE_INT:
        fprintf(f, "%.0f", n->number);
        break;
    case SWEEP_NODE_REAL:
        write_real(f, n->number);
        break;
    case SWEEP_NODE_BOOL:
        fputs(n->number != 0 ? "true" : "false", f);
        break;
    case SWEEP_NODE_TEXT:
        write_string(f, n->text);
        break;
    default:
        write_children(f, n, depth);
    }
}

char *sweep_tree_text(const sweep_node *root, const char *comment)
{
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    bool bad;

    if (!f)
        return NULL;
    fputs(comment, f);
    write_members(f, root, 0);
    bad = ferror(f) != 0;
    if (fclose(f) == 0 && !bad)
        return text;
    free(text);
    return NULL;
}
