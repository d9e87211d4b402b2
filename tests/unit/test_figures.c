/* analysis: figures of paired differences and of mean ranks: what is held against what, numbers
 * that can be worked out by hand, and what is not drawn. */
#include "analysis/cliques.h"
#include "analysis/figure.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/lines.h"

#include <math.h>
#include <stdlib.h>

/* ---- figures of made-up rows ---- */

typedef struct drawing {
    report_data *d;
    report_rows rows;
    report_levels method;
    figure f;
    lut_err err;
    lut_status st;
} drawing;

/* The options of q; the rest is filled in. */
static drawing draw(const char *name, figure_source q)
{
    drawing g = { .d = data() };
    const figure_ops *ops = NULL;

    CU_ASSERT_EQUAL(figure_find(&ops, name, NULL), LUT_OK);
    CU_ASSERT_EQUAL(report_select(&g.rows, g.d, "--where", q.where, NULL), LUT_OK);
    CU_ASSERT_EQUAL(figure_methods(&g.method, g.d, NULL), LUT_OK);
    q.data = g.d;
    q.rows = &g.rows;
    q.method = &g.method;
    q.files = "a.h5";
    q.alpha = q.alpha > 0 ? q.alpha : 0.05;
    g.st = figure_make(&g.f, ops, &q, &g.err);
    return g;
}

static void drop(drawing *g)
{
    figure_fini(&g->f);
    report_levels_fini(&g->method);
    report_rows_fini(&g->rows);
    report_data_destroy(g->d);
}

static const sheet_cell *cell(const drawing *g, size_t row, const char *column)
{
    static const sheet_cell none = { .text = "no such cell" };
    const sheet *s = &g->f.data;

    for (size_t i = 0; i < s->ncolumns && row < s->nrows; i++)
        if (!strcmp(s->column[i].name, column))
            return &s->cell[row * s->ncolumns + i];
    CU_FAIL("no such cell");
    return &none;
}

static void check_text(const drawing *g, size_t row, const char *column,
                       const char *want)
{
    const char *text = cell(g, row, column)->text;

    if (!text || strcmp(text, want) != 0)
        fprintf(stderr, "\n  row %zu, %s: %s, want %s\n", row, column,
                text ? text : "nothing", want);
    CU_ASSERT(text && !strcmp(text, want));
}

static void check_number(const drawing *g, size_t row, const char *column, double want,
                         double within)
{
    const double found = cell(g, row, column)->number;

    if (!(fabs(found - want) <= within))
        fprintf(stderr, "\n  row %zu, %s: %.10g, want %.10g\n", row, column, found,
                want);
    CU_ASSERT_DOUBLE_EQUAL(found, want, within);
}

static void check_said(const char *text, const char *what)
{
    const bool said = text && strstr(text, what);

    if (!said)
        fprintf(stderr, "\n  \"%s\": want \"%s\"\n", text ? text : "", what);
    CU_ASSERT(said);
}

/* ---- rivals ---- */

/* light is 1, 2 and 3 points below dwn with width 300, and 4, 6 and 8 with 600, on the test split
 * the other way round: so is poly, which has no other width.  dwn is the best by validation
 * alone. */
static void three_methods(void)
{
    nlines = 0;
    for (uint32_t seed = 1; seed <= 3; seed++) {
        add("light", 6, 300, 10, seed, 80)->test = 70 + 10 * seed - seed;
        add("dwn", 6, 300, 10, seed, 90)->test = 70 + 10 * seed;
        add("poly", 6, 300, 10, seed, 85)->test = 75 + 10 * seed + 0.5 * (seed == 2);
        add("light", 6, 600, 10, seed, 81)->test = 60 + seed - 2 * (seed + 1.);
        add("dwn", 6, 600, 10, seed, 91)->test = 60 + seed;
    }
}

/* Two settings differ by 2 and by 6: mean 4, deviation 8 / sqrt(2) / 2, and t(0.975, 1) = 12.706;
 * three seeds by 5, 5.5 and 5: mean 31 / 6, deviation 1 / sqrt(12), t(0.975, 2) = 4.3027. */
static void test_rivals(void)
{
    drawing g;

    three_methods();
    g = draw("rivals", (figure_source){ 0 });
    CU_ASSERT_EQUAL(g.st, LUT_OK);
    CU_ASSERT_EQUAL_FATAL(g.f.data.nrows, 2);
    check_text(&g, 0, "value", "light");
    check_text(&g, 0, "against", "dwn");
    check_number(&g, 0, "difference", -4, 1e-9);
    check_number(&g, 0, "difference_lo", -4 - 12.7062 * 2, 1e-3);
    check_number(&g, 0, "difference_hi", -4 + 12.7062 * 2, 1e-3);
    check_number(&g, 0, "n", 2, 0);
    check_text(&g, 0, "of", "settings");
    check_text(&g, 1, "value", "poly");
    check_number(&g, 1, "difference", 31 / 6., 1e-9);
    check_number(&g, 1, "difference_lo", 31 / 6. - 4.30265 / 6, 1e-4);
    check_number(&g, 1, "n", 3, 0);
    check_text(&g, 1, "of", "seeds");
    check_said(g.f.caption, "minus that of dwn, the best by mean validation accuracy");
    check_said(g.f.script, "set ytics (\"light\" 0, \"poly\" 1)");
    check_said(g.f.script, "set y2tics (\"n = 2 settings\" 0, \"n = 3 seeds\" 1)");
    check_said(g.f.script, " 0x909090 0\n");      /* light: 0 is inside */
    check_said(g.f.script, "set xrange [-4.494"); /* the interval of two is cut */
    check_said(g.f.script, " 0x0072B2 1\n");
    CU_ASSERT_STRING_EQUAL(g.f.command, "lutreport a.h5 --figure rivals -o rivals.svg");
    drop(&g);
}

static void test_rivals_named(void)
{
    drawing g;

    three_methods();
    g = draw("rivals", (figure_source){ .by = "parametrization",
                                        .compare = "dwn,poly,light",
                                        .metric = "valid_accuracy" });
    CU_ASSERT_EQUAL_FATAL(g.f.data.nrows, 2);
    check_text(&g, 0, "value", "dwn");
    check_text(&g, 1, "against", "light");
    check_number(&g, 0, "difference", 10, 1e-9);
    check_number(&g, 1, "difference", 5, 1e-9);
    CU_ASSERT_STRING_EQUAL(g.f.command,
                           "lutreport a.h5 --figure rivals --by parametrization "
                           "--compare dwn,poly,light --metric valid_accuracy -o "
                           "rivals.svg");
    drop(&g);
    g = draw("rivals", (figure_source){ .by = "width", .compare = "600.0" });
    CU_ASSERT_EQUAL_FATAL(g.f.data.nrows, 1);
    check_text(&g, 0, "against", "600");
    CU_ASSERT(cell(&g, 0, "difference")->number > 20);
    drop(&g);
}

/* tau 10 has the best setting but one, and is in all of them: it is what one asks from.  tau 40
 * has another rank, and so no partner. */
static void test_rivals_base(void)
{
    drawing g;

    nlines = 0;
    for (uint32_t seed = 1; seed <= 2; seed++) {
        add("dwn", 6, 300, 5, seed, 95 + seed);
        add("dwn", 6, 300, 20, seed, 91 + 2 * seed);
        add("dwn", 4, 300, 40, seed, 99);
        add("dwn", 5, 300, 10, seed, 80);
        for (uint32_t i = 0; i < 3; i++)
            add("dwn", 6, 300 + 100 * i, 10, seed, 90 - i);
    }
    g = draw("rivals", (figure_source){ .by = "tau" });
    CU_ASSERT_EQUAL_FATAL(g.f.data.nrows, 3);
    check_text(&g, 0, "against", "10");
    check_number(&g, 0, "difference", 6.5, 1e-9);
    check_number(&g, 1, "difference", 4, 1e-9);
    CU_ASSERT(isnan(cell(&g, 2, "difference")->number));
    check_number(&g, 2, "n", 0, 0);
    check_said(g.f.caption, "minus that of tau 10, the commonest value");
    CU_ASSERT_EQUAL_FATAL(g.f.data.nnotes, 1);
    check_said(g.f.data.note[0], "no trial with 40 has a partner with 10");
    check_said(g.f.script, "set ytics (\"5\" 0, \"20\" 1)");
    drop(&g);
    /* Ranks that are never the same, but are one for each, go along: that is said. */
    g = draw("rivals", (figure_source){ .by = "tau", .where = "lut_rank != 5" });
    CU_ASSERT_EQUAL_FATAL(g.f.data.nrows, 3);
    check_number(&g, 2, "difference", 9, 1e-9);
    check_said(g.f.script, "set ytics (\"5\" 0, \"20\" 1, \"40*\" 2)");
    check_said(g.f.caption, "* 40 also differs throughout in lut_rank (4 against 6)");
    check_said(g.f.data.note[0],
               "40 also differs throughout in lut_rank (4 against 6)");
    drop(&g);
}

/* The best has a rank of its own: the others are still told apart. */
static void test_rivals_alone(void)
{
    drawing g;

    nlines = 0;
    for (uint32_t seed = 1; seed <= 2; seed++) {
        add("difflogic", 2, 300, 10, seed, 95);
        for (uint32_t i = 0; i < 4; i++)
            add(i & 1 ? "dwn" : "light", i & 2 ? 4 : 6, 300, 10, seed, 90 + i);
        add("dwn", 5, 300, 10, seed, 70);
    }
    g = draw("rivals", (figure_source){ 0 });
    CU_ASSERT_EQUAL_FATAL(g.f.data.nrows, 2);
    check_text(&g, 1, "value", "light");
    check_text(&g, 1, "against", "dwn");
    check_number(&g, 1, "difference", -1, 1e-9);
    drop(&g);
}

/* Widths that are all equal are values of layers too, when these are asked for. */
static void test_rivals_layers(void)
{
    drawing g;

    three_methods();
    g = draw("rivals", (figure_source){ .by = "layers", .compare = "300-300" });
    CU_ASSERT_EQUAL(g.st, LUT_OK);
    CU_ASSERT_EQUAL_FATAL(g.f.data.nrows, 1);
    check_text(&g, 0, "value", "600-600");
    check_text(&g, 0, "against", "300-300");
    check_number(&g, 0, "n", 2, 0);
    drop(&g);
    g = draw("rivals", (figure_source){ .by = "layers" });
    CU_ASSERT_EQUAL(g.f.data.nrows, 1);
    drop(&g);
}

/* Each tau has a width of its own: the caption has room for some of them, the numbers for all. */
static void test_rivals_also(void)
{
    drawing g;

    nlines = 0;
    for (uint32_t i = 0; i < 20; i++)
        add("dwn", 6, 300 + i, 1 + i, 1, 90 - i);
    g = draw("rivals", (figure_source){ .by = "tau", .compare = "1" });
    CU_ASSERT_EQUAL_FATAL(g.f.data.nrows, 19);
    CU_ASSERT_EQUAL(g.f.data.nnotes, 19);
    check_said(g.f.script, "\"20*\" 18");
    check_said(g.f.caption,
               "* 2 also differs throughout in width (301 against 300); 3 ");
    check_said(g.f.caption, " against 300); and others, see the notes of the numbers.");
    drop(&g);
    nlines = 8;
    g = draw("rivals", (figure_source){ .by = "tau", .compare = "1" });
    check_said(g.f.caption, "; 8 also differs throughout in width (307 against 300).");
    drop(&g);
}

static void refused(const char *name, figure_source q, const char *why)
{
    drawing g = draw(name, q);

    CU_ASSERT(g.st != LUT_OK || !g.f.script);
    check_said(g.st == LUT_OK ? g.f.why : g.err.text, why);
    drop(&g);
}

static void test_rivals_refused(void)
{
    three_methods();
    refused("rivals", (figure_source){ .compare = "dwn" }, "want --by COLUMN too");
    refused("rivals", (figure_source){ .by = "seed" }, "--by: seed is no setting");
    refused("rivals", (figure_source){ .by = "widht" }, "did you mean width?");
    refused("rivals", (figure_source){ .by = "tau" }, "tau has one value");
    refused("rivals", (figure_source){ .by = "width", .compare = "700" },
            "no row has width = 700 (there are: 300, 600)");
    refused("rivals", (figure_source){ .by = "width", .compare = ",300" },
            "values with commas between");
    refused("rivals", (figure_source){ .by = "width", .compare = "300," },
            "--compare: \"300,\": want two values or more");
    refused("rivals", (figure_source){ .metric = "dataset" }, "dataset is text");
    refused("rivals", (figure_source){ .where = "seed = 1 and parametrization = poly" },
            "no trials share the seed and all settings but one");
    refused("rivals", (figure_source){ .where = "status = lost" },
            "no trial that ended ok has test_accuracy");
    nlines = 0;
    for (uint32_t i = 0; i < 30; i++)
        add("dwn", 6, 300, 1 + i, 1, 90);
    refused("rivals", (figure_source){ .by = "tau" },
            "tau has 30 values, more than 24");
}

/* ---- groups ---- */

static bool is_clique(uint64_t set, const uint64_t *joined, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((set >> i & 1) && (set & ~joined[i]) != (uint64_t)1 << i)
            return false;
    return true;
}

static bool can_grow(uint64_t set, const uint64_t *joined, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(set >> i & 1) && is_clique(set | (uint64_t)1 << i, joined, n))
            return true;
    return false;
}

/* All subsets of nodes joined at random: each group once, and no other. */
static void test_cliques(void)
{
    enum { N = 9, ALL = 1 << N };

    for (unsigned seed = 1; seed <= 40; seed++) {
        uint64_t joined[N] = { 0 }, found[ALL];
        size_t n, want = 0;
        bool there[ALL] = { false };

        srand(seed);
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < i; j++)
                if (rand() % 40 < (int)seed) {
                    joined[i] |= (uint64_t)1 << j;
                    joined[j] |= (uint64_t)1 << i;
                }
        n = cliques_find(found, ALL, joined, N);
        for (size_t i = 0; i < n; i++) {
            CU_ASSERT(!there[found[i]]);
            there[found[i]] = true;
        }
        for (uint64_t set = 1; set < ALL; set++) {
            const bool is = (set & (set - 1)) && is_clique(set, joined, N) &&
                            !can_grow(set, joined, N);

            CU_ASSERT(there[set] == is);
            want += is;
        }
        CU_ASSERT_EQUAL(n, want);
        if (want > 2) {
            found[2] = 0;
            CU_ASSERT_EQUAL(cliques_find(found, 2, joined, N), 3);
            CU_ASSERT_EQUAL(found[2], 0);
        }
    }
}

/* ---- ranks ---- */

/* A figure of a method on a data set. */
static void put(size_t set, const char *method, double test)
{
    line *l = add(method, 6, 300, 10, 1, 80);

    l->test = test;
    l->lut6 = 10 * test;
    snprintf(l->dataset, sizeof l->dataset, "set%zu", set);
}

/* dwn is above light on all sets; poly is the last on all but one, where it leaves both behind by
 * far.  So dwn and light are told apart (3 * 2 / 2^8), neither is from poly (of 1 to 8 the largest
 * against the rest), and the bar of dwn and poly passes light. */
static void eight_sets(void)
{
    nlines = 0;
    for (size_t i = 0; i < 8; i++) {
        put(i, "light", 70 - 0.1 * (double)i);
        put(i, "dwn", 71);
        put(i, "poly", i == 7 ? 99 : 60 - (double)i);
    }
}

static void test_ranks(void)
{
    drawing g;

    eight_sets();
    g = draw("ranks", (figure_source){ 0 });
    CU_ASSERT_EQUAL(g.st, LUT_OK);
    CU_ASSERT_EQUAL_FATAL(g.f.data.nrows, 3);
    check_text(&g, 0, "method", "dwn");
    check_text(&g, 1, "method", "light");
    check_text(&g, 2, "method", "poly");
    check_number(&g, 0, "rank_mean", 9 / 8., 1e-12);
    check_number(&g, 1, "rank_mean", 17 / 8., 1e-12);
    check_number(&g, 2, "rank_mean", 22 / 8., 1e-12);
    check_number(&g, 2, "first", 1, 0);
    check_number(&g, 0, "n", 8, 0);
    check_text(&g, 0, "bars", "1");
    check_text(&g, 1, "bars", "2");
    check_text(&g, 2, "bars", "1 2");
    check_said(g.f.script, "$bars << EOD\n1.125 0.55 1.625\n2.125 1.05 0.625\nEOD");
    check_said(g.f.script,
               "$dots << EOD\n1.125 0.55\n2.75 0.55\n2.125 1.05\n2.75 1.05\n");
    check_said(g.f.script, "set xrange [3:1]"); /* the best on the right */
    check_said(g.f.caption, "at 0.05, by Wilcoxon's signed ranks");
    CU_ASSERT_STRING_EQUAL(g.f.command, "lutreport a.h5 --figure ranks -o ranks.svg");
    drop(&g);
}

/* Two against two, the better of each in 5 of 8 sets: bars that do not touch are in one row. */
static void test_ranks_row(void)
{
    drawing g;

    nlines = 0;
    for (size_t i = 0; i < 8; i++) {
        put(i, "dwn", i < 5 ? 71 : 70);
        put(i, "light", i < 5 ? 70 : 71);
        put(i, "poly", i < 5 ? 61 : 60);
        put(i, "warp", i < 5 ? 60 : 61);
    }
    g = draw("ranks", (figure_source){ 0 });
    CU_ASSERT_EQUAL_FATAL(g.f.data.nrows, 4);
    check_number(&g, 1, "rank_mean", 13 / 8., 1e-12);
    check_text(&g, 0, "bars", "1");
    check_text(&g, 1, "bars", "1");
    check_text(&g, 2, "bars", "2");
    check_text(&g, 3, "bars", "2");
    check_said(g.f.script, "$bars << EOD\n1.375 0.55 0.25\n3.375 0.55 0.25\nEOD");
    drop(&g);
}

/* Few LUTs are better than many: the order is the other way round. */
static void test_ranks_cost(void)
{
    drawing g;

    eight_sets();
    g = draw("ranks", (figure_source){ .metric = "lut6" });
    CU_ASSERT_EQUAL_FATAL(g.f.data.nrows, 3);
    check_text(&g, 0, "method", "poly");
    check_text(&g, 1, "method", "light");
    check_text(&g, 2, "method", "dwn");
    check_number(&g, 0, "rank_mean", 10 / 8., 1e-12);
    check_number(&g, 1, "rank_mean", 15 / 8., 1e-12);
    check_number(&g, 2, "rank_mean", 23 / 8., 1e-12);
    check_number(&g, 0, "first", 7, 0);
    check_number(&g, 2, "first", 0, 0);
    check_said(g.f.caption, "rank in lut6 (the lowest is the best)");
    drop(&g);
}

/* Figures of dwn, light, poly and warp on so many sets, a little different on each. */
static void repeat(size_t *set, size_t times, const double test[4], double step)
{
    static const char *const method[] = { "dwn", "light", "poly", "warp" };

    for (size_t i = 0; i < times; i++, ++*set)
        for (size_t m = 0; m < 4; m++)
            put(*set, method[m], test[m] + (m == 1 ? step * (double)i : 0));
}

/* light is just above poly by far on 24 sets, and far below it by little on 8: the mean ranks are
 * the same, Wilcoxon's test tells them apart.  So the bar of dwn and light ends where that of
 * poly and warp begins, and has to be in another row. */
static void test_ranks_tied(void)
{
    size_t set = 0;
    drawing g;

    nlines = 0;
    repeat(&set, 12, (const double[]){ 80.5, 80, 60, 59.9 }, 0.001);
    repeat(&set, 6, (const double[]){ 59.95, 80, 60, 59.9 }, 0.01);
    repeat(&set, 6, (const double[]){ 80.5, 80, 60, 80.2 }, 0.01);
    repeat(&set, 8, (const double[]){ 70.2, 70, 70.3, 70.1 }, -0.01);
    g = draw("ranks", (figure_source){ 0 });
    CU_ASSERT_EQUAL_FATAL(g.f.data.nrows, 4);
    check_number(&g, 1, "rank_mean", 2.5, 1e-12);
    check_number(&g, 2, "rank_mean", 2.5, 1e-12);
    check_text(&g, 1, "bars", "1");
    check_text(&g, 2, "bars", "2");
    check_said(g.f.script, "$bars << EOD\n1.625 0.55 0.875\n2.5 1.05 0.875\nEOD");
    drop(&g);
}

/* Nemenyi's distance for 3 methods on 8 sets: 2.3437 sqrt(3 * 4 / (6 * 8)) = 1.1718: only the
 * first and the last are further apart. */
static void test_ranks_nemenyi(void)
{
    drawing g;

    eight_sets();
    g = draw("ranks", (figure_source){ .by = "parametrization", .nemenyi = true });
    CU_ASSERT_EQUAL_FATAL(g.f.data.nrows, 3);
    check_text(&g, 0, "bars", "1");
    check_text(&g, 1, "bars", "1 2");
    check_text(&g, 2, "bars", "2");
    check_said(g.f.script, "Nemenyi's distance 1.17\"");
    check_said(g.f.caption, "by Nemenyi's distance, 1.17");
    CU_ASSERT_STRING_EQUAL(g.f.command,
                           "lutreport a.h5 --figure ranks --by parametrization "
                           "--nemenyi -o ranks.svg");
    drop(&g);
}

/* It does without tests of pairs, which take 10 sets at 0.01: 2.9135 sqrt(3 * 4 / (6 * 8)) is
 * 1.46 of 2 possible. */
static void test_ranks_nemenyi_few(void)
{
    drawing g;

    eight_sets();
    g = draw("ranks", (figure_source){ .nemenyi = true, .alpha = 0.01 });
    CU_ASSERT_EQUAL(g.st, LUT_OK);
    CU_ASSERT_EQUAL_FATAL(g.f.data.nrows, 3);
    check_text(&g, 0, "bars", "1");
    check_text(&g, 1, "bars", "1 2");
    check_text(&g, 2, "bars", "2");
    check_said(g.f.script, "Nemenyi's distance 1.46\"");
    drop(&g);
}

/* 2 / 2^n <= 0.05 / 3 from 7 sets on. */
static void test_ranks_few(void)
{
    eight_sets();
    refused("ranks", (figure_source){ .where = "dataset != set0 and dataset != set1" },
            "no two of 3 methods can be told apart on 6 data sets at 0.05: the "
            "signed-rank test with Holm's correction needs 7");
    refused("ranks", (figure_source){ .alpha = 0.01 }, "needs 10");
    refused(
        "ranks",
        (figure_source){ .nemenyi = true, .where = "dataset = set0 or dataset = set7" },
        "no two of 3 methods can be told apart on 2 data sets at 0.05: Nemenyi's "
        "distance is 2.34 of 2 possible");
    refused("ranks", (figure_source){ .where = "dataset = set0" },
            "3 methods on 1 data sets: nothing can be tested");
    refused("ranks", (figure_source){ .where = "test_accuracy > 60" },
            "test_accuracy is of the test split");
    refused("ranks", (figure_source){ .by = "seed" }, "--by: seed is no setting");
    refused("ranks", (figure_source){ .by = "dataset" },
            "--by: dataset is what methods are ranked over");
    nlines = 0;
    for (size_t i = 0; i < 8; i++)
        put(i, "dwn", 71);
    refused("ranks", (figure_source){ 0 }, "all trials are of one method");
}

/* More methods than there is room for: ranks are there, the figure is not. */
static void test_ranks_many(void)
{
    ranks_query q = { .method = "parametrization", .nemenyi = true, .alpha = 0.05 };
    report_data *d;
    ranks r;

    nlines = 0;
    for (size_t i = 0; i < 33 * 8; i++) {
        char method[16];

        snprintf(method, sizeof method, "m%02zu", i % 33);
        put(i / 33, method, (double)(i % 33));
    }
    d = data();
    CU_ASSERT_EQUAL_FATAL(ranks_make(&r, d, &q, NULL), LUT_OK);
    CU_ASSERT_EQUAL(r.methods, 33);
    CU_ASSERT(!figure_ranks_drawn(&r));
    ranks_fini(&r);
    q.where = "parametrization != m07";
    CU_ASSERT_EQUAL_FATAL(ranks_make(&r, d, &q, NULL), LUT_OK);
    CU_ASSERT_EQUAL(r.methods, 32);
    CU_ASSERT(figure_ranks_drawn(&r));
    ranks_fini(&r);
    report_data_destroy(d);
}

/* ---- memory ---- */

static void test_no_memory(void)
{
    static const char *const name[] = { "rivals", "ranks" };
    size_t failed = 0;

    eight_sets();
    for (size_t k = 0; k < 2; k++) {
        drawing g = draw(name[k], (figure_source){ 0 });
        const figure_source s = { .data = g.d,
                                  .rows = &g.rows,
                                  .files = "a.h5",
                                  .method = &g.method,
                                  .alpha = 0.05 };
        const figure_ops *ops;

        figure_find(&ops, name[k], NULL);
        for (long i = 0; i < 300; i += 1 + i / 50) {
            figure f;

            fail_alloc_at(i);
            failed += figure_make(&f, ops, &s, NULL) != LUT_OK;
            fail_alloc_at(-1);
            figure_fini(&f);
        }
        drop(&g);
    }
    CU_ASSERT(failed > 100);
    fake_folder_remove();
}

UNIT_MAIN("figures", UNIT(test_rivals), UNIT(test_rivals_named), UNIT(test_rivals_base),
          UNIT(test_rivals_alone), UNIT(test_rivals_layers), UNIT(test_rivals_also),
          UNIT(test_rivals_refused), UNIT(test_cliques), UNIT(test_ranks),
          UNIT(test_ranks_row), UNIT(test_ranks_cost), UNIT(test_ranks_tied),
          UNIT(test_ranks_nemenyi), UNIT(test_ranks_nemenyi_few), UNIT(test_ranks_few),
          UNIT(test_ranks_many), UNIT(test_no_memory))
