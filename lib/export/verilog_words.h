/* Words, nets and names of the reader of Verilog: what verilog_read.c and
 * verilog_expression.c parse with.  Private to them.
 *
 * The first failure stays in st; reading then runs dry, since every word is the end, so that
 * callers need not look after each step. */
#ifndef LUT_EXPORT_VERILOG_WORDS_H
#define LUT_EXPORT_VERILOG_WORDS_H

#include "lib/export/verilog_read.h"

enum { NAMES = 64, PARAMETERS = 160, PROBES = 8 };

typedef struct word {
    const char *at;
    size_t n;
    uint64_t value; /* of numbers */
    unsigned bits;  /* of numbers; 0: without a size */
    bool number;
} word;

typedef struct symbol {
    const char *name; /* in the text; NULL: free place */
    size_t n;
    verilog_bus bus;
} symbol;

/* A vector on the way: nets, bit 0 first, in the pool.  That of an expression begins where the
 * pool ended before and ends where it ends now. */
typedef struct vector {
    size_t at;
    uint32_t n;
} vector;

typedef struct port {
    word name;
    vector outer; /* n 0: not connected */
    bool output;
    uint32_t width;
} port;

/* Connections of an instance, in a stack of all that are open. */
typedef struct ports {
    size_t at, n;
} ports;

/* A whole number for each of some settings of the parameters; the first are the defaults. */
typedef struct whole {
    int64_t v[PROBES];
} whole;

typedef struct parameter {
    word name;
    whole value;
} parameter;

typedef struct scope {
    symbol *symbol;
    size_t used, places;
} scope;

typedef struct reader {
    verilog_model *m;
    uint32_t room;
    const verilog_source *source, *file; /* file: that is read now */
    size_t nsources;
    const char *at;
    word w; /* the next word */
    scope *names;
    uint32_t *pool;
    size_t used, places;
    port *port;
    size_t nports, port_room;
    parameter parameter[PARAMETERS]; /* of the top module */
    unsigned nparameters;
    whole registers;                 /* in a row, so far */
    unsigned depth;
    lut_err *err;
    lut_status st;
} reader;

#define READ(r) ((r)->st == LUT_OK)

void verilog_refuse(reader *r, const char *what);
void verilog_next(reader *r);
bool verilog_is(const reader *r, const char *text);
bool verilog_accept(reader *r, const char *text);
void verilog_want(reader *r, const char *text);
word verilog_take_name(reader *r);
uint32_t verilog_take_small(reader *r);
whole verilog_whole(reader *r);
port *verilog_push_port(reader *r);
uint32_t verilog_new_net(reader *r, const verilog_net *net);
void verilog_pool_push(reader *r, uint32_t net);
uint32_t verilog_bit_of(const reader *r, vector v, uint32_t i);
uint32_t verilog_table(reader *r, uint64_t tt, unsigned k, uint32_t a, uint32_t b,
                       uint32_t c);
void verilog_drive_all(reader *r, vector to, vector from);
symbol *verilog_place_of(const scope *s, const char *name, size_t n);
void verilog_define(reader *r, word name, vector v);
vector verilog_find(reader *r, word name);
void verilog_free_scope(scope *s);
vector verilog_fresh(reader *r, uint32_t width);
vector verilog_expression(reader *r);

#endif
