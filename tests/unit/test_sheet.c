/* analysis/sheet: one table, each format as it must be read. */
#include "analysis/sheet.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const sheet_column columns[] = {
    { .name = "kind", .kind = SHEET_TEXT },
    { .name = "lr", .kind = SHEET_EXACT },
    { .name = "acc_mean",
      .head = "acc",
      .unit = "percent",
      .doc = "on the test split",
      .kind = SHEET_PERCENT },
    { .name = "acc_half", .head = "\xc2\xb1", .kind = SHEET_REAL, .people = true },
    { .name = "acc_min", .kind = SHEET_PERCENT, .machine = true },
    { .name = "n", .kind = SHEET_WHOLE },
};

static sheet made(void)
{
    const double none = (double)NAN;
    sheet s;

    CU_ASSERT_EQUAL_FATAL(sheet_init(&s, "best", NULL, "%d rows & more", 2), LUT_OK);
    for (size_t i = 0; i < LUT_COUNT(columns); i++)
        CU_ASSERT_EQUAL(sheet_add_column(&s, &columns[i], NULL), LUT_OK);
    CU_ASSERT_EQUAL(sheet_add_note(&s, NULL, "half of it"), LUT_OK);
    CU_ASSERT_EQUAL(sheet_add_about(&s, NULL, "means of %s", "seeds"), LUT_OK);
    sheet_add_row(&s,
                  (sheet_cell[]){ { "a|b, \"c\"", none },
                                  { NULL, 0.123456 },
                                  { NULL, 97.125 },
                                  { NULL, 1.23456 },
                                  { NULL, 96 },
                                  { NULL, 3 } },
                  NULL);
    sheet_add_row(&s,
                  (sheet_cell[]){ { NULL, none },
                                  { NULL, 20000 },
                                  { NULL, -1.5 },
                                  { NULL, none },
                                  { NULL, none },
                                  { NULL, 1 } },
                  NULL);
    CU_ASSERT_EQUAL(s.nrows, 2);
    return s;
}

static char *written(const char *format, const sheet *s, size_t n, const char *origin)
{
    const sheet_format *f;
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    CU_ASSERT_EQUAL_FATAL(sheet_format_named(&f, format, NULL), LUT_OK);
    f->write(out, s, n, origin);
    fclose(out);
    return text;
}

static void writes(const char *format, const char *origin, const char *want)
{
    sheet s = made();
    char *text = written(format, &s, 1, origin);

    if (strcmp(text, want) != 0)
        fprintf(stderr, "\n%s\n", text);
    CU_ASSERT_STRING_EQUAL(text, want);
    free(text);
    sheet_fini(&s);
}

static void test_text(void)
{
    writes("text", "from here\n",
           "# from here\n"
           "# 2 rows & more\n"
           "# means of seeds\n"
           "# half of it\n"
           "# acc [percent]: on the test split\n"
           "kind            lr    acc      \xc2\xb1  n\n"
           "a|b, \"c\"  0.123456  97.12  1.235  3\n"
           "-            20000  -1.50      -  1\n");
}

static void test_markdown(void)
{
    writes("markdown", "from here\n",
           "<!--\nfrom here\n-->\n"
           "- 2 rows & more\n"
           "- means of seeds\n"
           "- half of it\n"
           "- acc [percent]: on the test split\n"
           "\n"
           "| kind | lr | acc | \xc2\xb1 | n |\n"
           "| --- | ---: | ---: | ---: | ---: |\n"
           "| a\\|b, \"c\" | 0.123456 | 97.12 | 1.235 | 3 |\n"
           "| - | 20000 | -1.50 | - | 1 |\n");
}

static void test_csv(void)
{
    writes("csv", NULL,
           "kind,lr,acc_mean,acc_min,n\n"
           "\"a|b, \"\"c\"\"\",0.123456,97.125,96,3\n"
           ",20000,-1.5,,1\n");
    writes("csv", "from here\n",
           "# from here\n"
           "# half of it\n"
           "kind,lr,acc_mean,acc_min,n\n"
           "\"a|b, \"\"c\"\"\",0.123456,97.125,96,3\n"
           ",20000,-1.5,,1\n");
}

static void test_json(void)
{
    sheet s = made();
    char *text = written("json", &s, 1, "from\nhere\n");
    static const char *const part[] = {
        "{\n  \"version\": 1,\n  \"origin\": [\n    \"from\",\n    \"here\"\n  ],\n"
        "  \"best\": {\n    \"title\": \"2 rows & more\",\n",
        "\"notes\": [\n      \"half of it\"\n    ]",
        "\"name\": \"acc_mean\",\n        \"unit\": \"percent\",\n"
        "        \"doc\": \"on the test split\"\n",
        "\"kind\": \"a|b, \\\"c\\\"\",\n        \"lr\": 0.123456,\n"
        "        \"acc_mean\": 97.125,\n        \"acc_min\": 96,\n        \"n\": 3\n",
        "\"kind\": null,\n        \"lr\": 20000,\n        \"acc_mean\": -1.5,\n"
        "        \"acc_min\": null,\n        \"n\": 1\n",
    };

    for (size_t i = 0; i < LUT_COUNT(part); i++) {
        if (!strstr(text, part[i]))
            fprintf(stderr, "\nnot there: %s\n%s\n", part[i], text);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, part[i]));
    }
    CU_ASSERT_PTR_NULL(strstr(text, "half\""));
    free(text);
    sheet_fini(&s);
}

static void test_latex(void)
{
    writes(
        "latex", "from here\n",
        "% from here\n"
        "% needs \\usepackage{booktabs} and \\usepackage[T1]{fontenc}\n"
        "% means of seeds\n"
        "% acc [percent]: on the test split\n"
        "\\begin{table}\n\\centering\n\\caption{2 rows \\& more}\n"
        "\\label{tab:best}\n"
        "\\begin{tabular}{lrrrr}\n\\toprule\n"
        "kind & lr & acc & $\\pm$ & n \\\\\n\\midrule\n"
        "a\\textbar{}b, \\textquotedbl{}c\\textquotedbl{} & 0.123456 & 97.12 & 1.235 & "
        "3 \\\\\n"
        "-- & 20000 & $-1.50$ & -- & 1 \\\\\n"
        "\\bottomrule\n\\end{tabular}\n"
        "\\par\\footnotesize\nhalf of it\n"
        "\\end{table}\n");
}

/* Several in one file are told apart. */
static void test_several(void)
{
    sheet s[2] = { made(), made() };
    char *text;

    strcpy(s[1].name, "worst");
    text = written("csv", s, 2, NULL);
    CU_ASSERT_EQUAL(strncmp(text, "# table: best\nkind,lr", 21), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n\n# table: worst\nkind,lr"));
    free(text);
    text = written("json", s, 2, NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "  },\n  \"worst\": {\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "origin"));
    free(text);
    sheet_fini(&s[0]);
    sheet_fini(&s[1]);
}

static void test_formats(void)
{
    const sheet_format *f;
    lut_err err;

    CU_ASSERT_EQUAL(sheet_format_of(&f, "a/b.CSV", NULL), LUT_OK);
    CU_ASSERT_STRING_EQUAL(f->name, "csv");
    CU_ASSERT_EQUAL(sheet_format_of(&f, "a.dir/b", &err), LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text,
                           "-o a.dir/b: the name must end in .txt, .md, .csv, "
                           ".json or .tex, or --format must be given");
    CU_ASSERT_EQUAL(sheet_format_named(&f, "tsv", &err), LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text,
                           "--format=tsv: want text, markdown, csv, json or latex");
}

static void test_too_wide(void)
{
    sheet s;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(sheet_init(&s, "wide", NULL, "wide"), LUT_OK);
    for (size_t i = 0; i < SHEET_COLUMNS; i++)
        CU_ASSERT_EQUAL(sheet_add_column(&s, &columns[0], &err), LUT_OK);
    CU_ASSERT_EQUAL(sheet_add_column(&s, &columns[0], &err), LUT_EINVAL);
    sheet_fini(&s);
}

UNIT_MAIN("sheet", UNIT(test_text), UNIT(test_markdown), UNIT(test_csv),
          UNIT(test_json), UNIT(test_latex), UNIT(test_several), UNIT(test_formats),
          UNIT(test_too_wide))
