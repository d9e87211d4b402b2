/* Configuration text as a tree of plain nodes: what is left of libconfig after reading. */
#ifndef SWEEP_SPEC_TREE_H
#define SWEEP_SPEC_TREE_H

#include "sweep/problems.h"

typedef enum sweep_node_type {
    SWEEP_NODE_GROUP,
    SWEEP_NODE_LIST, /* [ ] and ( ) alike */
    SWEEP_NODE_INT,
    SWEEP_NODE_REAL,
    SWEEP_NODE_BOOL,
    SWEEP_NODE_TEXT
} sweep_node_type;

typedef struct sweep_node {
    sweep_node_type type;
    char *name;               /* NULL in lists; owned */
    int line;                 /* in the text; SWEEP_COMMAND_LINE: from an override */
    double number;            /* INT, REAL, BOOL */
    char *text;               /* TEXT; owned */
    struct sweep_node *child; /* [n] of GROUP and LIST; owned */
    size_t n;
} sweep_node;

/* Text to a group node; problems are reported with their line.  false: nothing to go on
 * with (*root needs no release). */
bool sweep_tree_read(sweep_node *root, const char *text, sweep_problems *p);

/* The value alone ("[1, 2]", "x"): silently false when it is no libconfig value. */
bool sweep_tree_read_value(sweep_node *value, const char *text);

void sweep_node_fini(sweep_node *n); /* accepts a zeroed struct */

/* Member of a group, or NULL. */
sweep_node *sweep_node_member(const sweep_node *group, const char *name);

/* Append a zeroed child; NULL without memory. */
sweep_node *sweep_node_add(sweep_node *parent, const char *name);

/* Remove the member of that name, if there is one.  Its neighbours move. */
void sweep_node_drop(sweep_node *group, const char *name);

/* Replace what n holds by *value (moved out); its name stays. */
void sweep_node_replace(sweep_node *n, sweep_node *value);

/* Members of a group as libconfig text that reads back the same; owned (free). */
char *sweep_tree_text(const sweep_node *root, const char *comment);

/* One value for messages: 8, "x", true, [...], {...}.  Long ones are cut. */
char *sweep_node_show(const sweep_node *n, char buf[128]);

#endif
