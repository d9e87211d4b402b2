/* lib/data: text files with categories, missing values, classes by text, and splits. */
#include "lib/base/rng.h"
#include "lib/data/table.h"
#include "tests/support/folder.h"

#include <math.h>

static lut_data load(const char *set, const char *options)
{
    lut_data d;
    lut_err err = { 0 };
    lut_status st = lut_data_load(&d, set, options, folder, &err);

    if (st != LUT_OK)
        fprintf(stderr, "\n  %s\n", err.text);
    CU_ASSERT_EQUAL_FATAL(st, LUT_OK);
    return d;
}

/* The feature of that name, all rows: "1 0 2.5". */
static void check_feature(const lut_dataset *d, size_t f, const char *name,
                          const char *expected)
{
    char text[500] = "";

    CU_ASSERT_FATAL(f < d->features);
    CU_ASSERT_STRING_EQUAL(d->name[f], name);
    for (size_t s = 0; s < d->samples; s++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%g", s ? " " : "",
                 (double)d->x[f * d->samples + s]);
    if (strcmp(text, expected) != 0)
        fprintf(stderr, "\n  %s: %s, want %s\n", name, text, expected);
    CU_ASSERT_STRING_EQUAL(text, expected);
}

static void check_labels(const lut_dataset *d, uint32_t classes, const char *labels)
{
    char text[500] = "";

    for (size_t s = 0; s < d->samples; s++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%u", s ? " " : "",
                 d->label[s]);
    CU_ASSERT_STRING_EQUAL(text, labels);
    CU_ASSERT_EQUAL(d->classes, classes);
}

/* ---- categories ---- */

static const char mixed[] = "size,colour,who,class\n"
                            "1.5,red,a,yes\n2,blue,b,no\n-1,red,c,yes\n";

static void test_categories(void)
{
    lut_data d;

    begin();
    put_text("a", mixed);
    put_text("b", "3,blue,a,no\n");
    d = load("csv", "csv.train a csv.test b csv.categorical auto csv.classes text "
                    "csv.drop 3");
    CU_ASSERT_EQUAL(d.train.features, 3);
    check_feature(&d.train, 0, "size", "1.5 2 -1");
    check_feature(&d.train, 1, "colour=blue", "0 1 0"); /* in the order of bytes */
    check_feature(&d.train, 2, "colour=red", "1 0 1");
    check_labels(&d.train, 2, "1 0 1");
    check_feature(&d.test, 0, "size", "3");
    check_feature(&d.test, 1, "colour=blue", "1");
    check_feature(&d.test, 2, "colour=red", "0");
    check_labels(&d.test, 2, "0");
    lut_data_fini(&d);
    d = load("csv", "csv.train a csv.test a csv.categorical 1-2 csv.classes text "
                    "csv.drop 3"); /* numbers, too, when the list says so */
    CU_ASSERT_EQUAL(d.train.features, 5);
    check_feature(&d.train, 0, "size=-1", "0 0 1");
    check_feature(&d.train, 1, "size=1.5", "1 0 0");
    lut_data_fini(&d);
    drop("a");
    drop("b");
    end();
}

static void test_categories_refused(void)
{
    static const char two[] =
        "csv.train a csv.test b csv.classes text csv.categorical ";
    char options[300];

    begin();
    put_text("a", mixed);
    put_text("b", "3,green,a,no\n");
    snprintf(options, sizeof options, "%sauto", two);
    refused("csv", options, LUT_EFORMAT,
            "@/b:1:2: found \"green\", want one of the 2 values of column colour in a");
    snprintf(options, sizeof options, "%snone", two);
    refused("csv", options, LUT_EFORMAT,
            "@/a:2:2: found \"red\", want a finite number");
    snprintf(options, sizeof options, "%s2-", two);
    refused("csv", options, LUT_EINVAL,
            "csv.categorical = \"2-\": want a list of columns like 2,4-6");
    snprintf(options, sizeof options, "%sauto csv.drop 4", two);
    refused("csv", options, LUT_EINVAL, "csv.drop = \"4\": column 4 is the class");
    snprintf(options, sizeof options, "%sauto csv.drop 2,5-6", two);
    refused("csv", options, LUT_EINVAL, "csv.drop = \"2,5-6\": @/a has 4 columns");
    snprintf(options, sizeof options, "%s1-77", two);
    refused("csv", options, LUT_EINVAL,
            "csv.categorical = \"1-77\": @/a has 4 columns");
    snprintf(options, sizeof options, "%sauto csv.drop 1-3", two);
    refused("csv", options, LUT_EFORMAT, "@/a: no column is left, want a feature");
    snprintf(options, sizeof options, "%sauto csv.label 5", two);
    refused("csv", options, LUT_EINVAL, "csv.label = \"5\": @/a has 4 columns");
    put_text("b", "3,blue,a,maybe\n");
    snprintf(options, sizeof options, "%sauto", two);
    refused("csv", options, LUT_EFORMAT,
            "@/b:1:4: found \"maybe\", want one of the 2 classes as in a");
    drop("a");
    drop("b");
    end();
}

/* More values than anyone wants as features: an id, most likely. */
static void test_too_many_values(void)
{
    static char text[40000];
    size_t n = 0;

    begin();
    for (int i = 0; i < 1100; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "v%d,%d\n", i, i % 2);
    put_text("a", text);
    refused("csv", "csv.train a csv.test_share 0.5 csv.categorical auto", LUT_EFORMAT,
            "@/a:1025:1: the 1025th value of the column, want at most 1024");
    drop("a");
    end();
}

/* Long names stay different. */
static void test_long_names(void)
{
    lut_data d;

    begin();
    put_text("a", "a_heading_of_some_length,c\nwith_a_long_value_1,0\n"
                  "with_a_long_value_2,1\n");
    d = load("csv", "csv.train a csv.test a csv.categorical 1 csv.header true");
    check_feature(&d.train, 0, "a_heading_of_some_length=with~1", "1 0");
    check_feature(&d.train, 1, "a_heading_of_some_length=with~2", "0 1");
    lut_data_fini(&d);
    drop("a");
    end();
}

/* Quotes that a name leaves out are not counted; cuts keep the digits that tell them apart. */
static void test_close_names(void)
{
    lut_data d;

    begin();
    put_text("a", "\"\"\"with_many_quotes\"\"\"\"\"\"\"\"\"\"_1,0\n"
                  "16777215,1\n");
    d = load("csv", "csv.train a csv.test a csv.categorical 1 csv.header false");
    check_feature(&d.train, 0, "x0=with_many_quotes_1", "1 0");
    lut_data_fini(&d);
    put_text("a", "1.00000012,0\n1,1\n1.00000024,0\n1.00000036,1\n");
    d = load("csv", "csv.train a csv.test a csv.bins 3");
    check_feature(&d.train, 0, "x0>1.00000012", "0 0 1 1");
    check_feature(&d.train, 1, "x0>1.00000024", "0 0 0 1");
    lut_data_fini(&d);
    drop("a");
    end();
}

/* Numbers as bits beside categories; quantiles are the training part's. */
static void test_bins(void)
{
    lut_data d;

    begin();
    put_text("a", "5,7,u,0\n1,7,v,1\n9,7,u,0\n3,7,v,1\n");
    put_text("b", "3.5,8,u,0\n");
    d = load("csv", "csv.train a csv.test b csv.categorical 3 csv.bins 3");
    CU_ASSERT_EQUAL(d.train.features, 4); /* 9 cuts nothing, 7 is constant */
    check_feature(&d.train, 0, "x0>3", "1 0 1 0");
    check_feature(&d.train, 1, "x0>5", "0 0 1 0");
    check_feature(&d.train, 2, "x2=u", "1 0 1 0");
    check_feature(&d.test, 0, "x0>3", "1");
    check_feature(&d.test, 1, "x0>5", "0");
    lut_data_fini(&d);
    d = load("csv",
             "csv.train a csv.test b csv.categorical auto csv.bins 1 csv.drop 1,2");
    CU_ASSERT_EQUAL(d.train.features, 2);
    lut_data_fini(&d);
    refused("csv", "csv.train a csv.test b csv.drop 1,3 csv.bins 4", LUT_EFORMAT,
            "@/a: no column is left, want a feature");
    drop("a");
    drop("b");
    end();
}

/* Rows that are cut off for testing move no cut: whatever stands in them. */
static void test_bins_of_train(void)
{
    static const char *const rest[] = { "", "900,0\n901,1\n902,0\n903,1\n" };
    char text[100];
    lut_data d;

    begin();
    for (size_t i = 0; i < LUT_COUNT(rest); i++) {
        snprintf(text, sizeof text, "5,0\n1,1\n9,0\n3,1\n4,0\n%s", rest[i]);
        put_text("a", text);
        d = load("csv", "csv.train a csv.train_rows 4 csv.bins 1");
        check_feature(&d.train, 0, "x0>5", "0 0 1 0");
        lut_data_fini(&d);
        drop("a");
    }
    end();
}

/* The same of rows that are drawn: of ten, a copy in which the test rows are all huge. */
static void test_bins_of_drawn(void)
{
    static const char options[] = "csv.train a csv.test_share 0.4 csv.bins 3";
    char text[200] = "";
    lut_data plain, d;
    float v;

    begin();
    for (int i = 0; i < 10; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%d,%d\n", i, i % 2);
    put_text("a", text);
    plain = load("csv", "csv.train a csv.test_share 0.4");
    text[0] = 0;
    for (int i = 0; i < 10; i++) {
        bool test = false;

        for (size_t s = 0; s < plain.test.samples; s++)
            test |=
                plain.test.x[s] > (float)i - 0.5f && plain.test.x[s] < (float)i + 0.5f;
        snprintf(text + strlen(text), sizeof text - strlen(text), "%d,%d\n",
                 test ? 1000 + i : i, i % 2);
    }
    put_text("a", text);
    d = load("csv", options);
    CU_ASSERT_EQUAL_FATAL(d.train.features, 3);
    CU_ASSERT_EQUAL_FATAL(sscanf(d.train.name[2], "x0>%f", &v), 1);
    CU_ASSERT(v < 10);
    for (size_t s = 0; s < d.test.samples; s++)
        CU_ASSERT_EQUAL(d.test.x[2 * d.test.samples + s], 1);
    lut_data_fini(&plain);
    lut_data_fini(&d);
    drop("a");
    end();
}

/* ---- missing values ---- */

static void test_missing(void)
{
    lut_data d;

    begin();
    put_text("a", "1,red,0\n2,?,1\n?,blue,0\n4,,1\n5,red,?\n6,red,1\n");
    put_text("b", "1,red,0\n2,?,1\n4,red,1\n");
    d = load("csv", "csv.train a csv.test b csv.categorical 2 csv.missing drop");
    check_feature(&d.train, 0, "x0", "1 6");
    CU_ASSERT_EQUAL(d.train.features, 2); /* blue only stands in a row left out */
    CU_ASSERT(d.train.dropped == 4 && d.test.dropped == 1);
    CU_ASSERT(d.train.gaps == 0 && d.test.gaps == 0);
    lut_data_fini(&d);
    put_text("a", "1,red,0\n2,?,1\n4,blue,0\n");
    put_text("b", "1,red,0\n2,?,1\n4,blue,1\n");
    d = load("csv", "csv.train a csv.test b csv.categorical 2 csv.missing category");
    CU_ASSERT_EQUAL(d.train.features, 4);
    check_feature(&d.train, 1, "x1=?", "0 1 0");
    CU_ASSERT(d.train.gaps == 1 && d.test.gaps == 1 && d.train.dropped == 0);
    lut_data_fini(&d);
    put_text("b", "1,red,0\n2,?,1\n4,green,1\n");
    d = load("csv", "csv.train a csv.test b csv.categorical 2 csv.missing zeros");
    CU_ASSERT_EQUAL(d.train.features, 3);
    check_feature(&d.train, 1, "x1=blue", "0 0 1");
    check_feature(&d.train, 2, "x1=red", "1 0 0");
    check_feature(&d.test, 1, "x1=blue", "0 0 0");
    lut_data_fini(&d);
    refused("csv", "csv.train a csv.test b csv.categorical 2", LUT_EFORMAT,
            "@/a:2:2: found \"?\", want a value, not a missing one");
    d = load("csv", "csv.train a csv.test a csv.categorical 2 csv.mark -");
    check_feature(&d.train, 1, "x1=?", "0 1 0"); /* another mark: a value like others */
    lut_data_fini(&d);
    put_text("a", "1,?,0\n?,red,1\n3,?,1\n"); /* only columns in use count */
    d = load("csv", "csv.train a csv.test a csv.drop 2 csv.missing drop");
    check_feature(&d.train, 0, "x0", "1 3");
    lut_data_fini(&d);
    put_text("a", "?,0\n1,?\n");
    refused("csv", "csv.train a csv.test a csv.missing drop", LUT_EFORMAT,
            "@/a: no rows without a missing value");
    refused("csv", "csv.train a csv.test a csv.missing zeros", LUT_EFORMAT,
            "@/a:1:1: found \"?\", want a finite number (or csv.missing = drop)");
    drop("a");
    drop("b");
    end();
}

/* ---- classes ---- */

static void test_classes(void)
{
    lut_data d;

    begin();
    put_text("a", "1,neptune.\n2,normal.\n3,ipsweep.\n4,smurf.\n");
    d = load("csv", "csv.train a csv.test a csv.classes normal,* csv.trim .");
    check_labels(&d.train, 2, "1 0 1 1");
    lut_data_fini(&d);
    d = load("csv",
             "csv.train a csv.test a csv.classes normal,smurf|neptune,ipsweep,mars "
             "csv.trim .");
    check_labels(&d.train, 4, "1 0 2 1"); /* a class without rows is a class */
    lut_data_fini(&d);
    refused("csv", "csv.train a csv.test a csv.classes normal,ipsweep csv.trim .",
            LUT_EFORMAT, "@/a:1:2: found \"neptune\", want one of the 2 classes");
    refused("csv", "csv.train a csv.test a csv.classes a,b|a", LUT_EINVAL,
            "csv.classes: \"a\" stands twice");
    refused("csv", "csv.train a csv.test a csv.classes a,,b", LUT_EINVAL,
            "csv.classes: value 2 is empty");
    refused("csv", "csv.train a csv.test a csv.classes numbers", LUT_EINVAL,
            "csv.classes = \"numbers\": want number, text, or two classes or more");
    put_text("a", "1,x\n2,x\n");
    refused("csv", "csv.train a csv.test a csv.classes text", LUT_EFORMAT,
            "@/a: all rows are of class 0, want two or more");
    put_text("a", "1,x\n2,\n");
    refused("csv", "csv.train a csv.test a csv.classes text", LUT_EFORMAT,
            "@/a:2:2: found \"\", want one of the 1 classes");
    drop("a");
    end();
}

/* ---- lines and cells ---- */

static void test_form(void)
{
    lut_data d;

    begin();
    put_text("a", "|x\n\n");
    refused("csv", "csv.train a csv.test a csv.comment |", LUT_EFORMAT,
            "@/a: empty, want rows of numbers");
    put_text("a", "|made up\n\"a, b\", 1 ,0\n|more\n \"c\" ,2,1\nd\"e\",3,0\n");
    d = load("csv", "csv.train a csv.test a csv.comment | csv.categorical 1");
    CU_ASSERT_EQUAL(d.train.features, 4);
    check_feature(&d.train, 0, "x0=a,_b", "1 0 0");
    check_feature(&d.train, 1, "x0=c", "0 1 0");
    check_feature(&d.train, 2, "x0=de", "0 0 1"); /* a quote inside is a character */
    check_feature(&d.train, 3, "x1", "1 2 3");
    lut_data_fini(&d);
    put_text("a",
             "\"x\\\",y\",0\nz,1\n"); /* a quote behind a backslash closes nothing */
    d = load("csv", "csv.train a csv.test a csv.categorical 1");
    check_feature(&d.train, 0, "x0=x\\,y", "1 0");
    lut_data_fini(&d);
    put_text("a", "\"two words\" 5 0\none 6 1\n");
    d = load("csv", "csv.train a csv.test a csv.separator blank csv.categorical 1");
    check_feature(&d.train, 1, "x0=two_words", "1 0");
    check_feature(&d.train, 2, "x1", "5 6");
    lut_data_fini(&d);
    put_text("a", " 1  5 \t7 row_1\r\n0 6 8 row_2 \r\n");
    d = load("csv", "csv.train a csv.test a csv.separator blank csv.label first "
                    "csv.drop 4");
    check_feature(&d.train, 0, "x0", "5 6");
    check_feature(&d.train, 1, "x1", "7 8");
    check_labels(&d.train, 2, "1 0");
    lut_data_fini(&d);
    put_text("a", "1 5\n0 6 8\n");
    refused("csv", "csv.train a csv.test a csv.separator blank", LUT_EFORMAT,
            "@/a:2: 3 cells, want 2");
    put_text("a", "5\t\t0\n6\t7\t1\n"); /* an empty cell between tabs is a cell */
    refused("csv", "csv.train a csv.test a csv.separator tab", LUT_EFORMAT,
            "@/a:1:2: found \"\", want a finite number (or csv.missing = drop)");
    put_text("a", "5\tu\t0\n6\t\t1\n7\tv\t"); /* so it is at the end of the file */
    refused("csv",
            "csv.train a csv.test a csv.separator tab csv.categorical 2,3 "
            "csv.label 1",
            LUT_EFORMAT, "@/a:2:2: found \"\", want a value, not a missing one");
    refused("csv", "csv.train a csv.test a csv.separator tab csv.drop 2", LUT_EFORMAT,
            "@/a:3:3: found \"\", want a class, a whole number 0..1023");
    drop("a");
    end();
}

static void test_rows(void)
{
    lut_data d;

    begin();
    put_text("a", "5,0\n6,1\n7,2\n8,1\n9,0\n");
    d = load("csv", "csv.train a csv.train_rows 2");
    check_feature(&d.train, 0, "x0", "5 6");
    check_labels(&d.train, 3, "0 1");
    check_feature(&d.test, 0, "x0", "7 8 9");
    check_labels(&d.test, 3, "2 1 0");
    lut_data_fini(&d);
    refused("csv", "csv.train a csv.train_rows 5", LUT_EINVAL,
            "csv.train_rows = 5: a has 5 rows, want fewer for training");
    refused("csv", "csv.train a csv.train_rows 2 csv.test a", LUT_EINVAL,
            "csv.train_rows = 2: want no csv.test and no csv.test_share");
    drop("a");
    end();
}

/* A set by name, on rows made up after its own: cuts are passed strictly, what is missing
 * in a column left out does not matter, the test part's first line is none. */
static void test_adult(void)
{
    static const char rest[] =
        "Bachelors, 13, Never-married, Sales, Husband, White, Male, "
        "0, 0, 40, Cuba, ";
    char text[600];
    lut_data d;

    begin();
    snprintf(text, sizeof text,
             "30, Private, ?, %s<=50K\n31, Private, 7, %s>50K\n"
             "40, ?, 7, %s>50K\n\n",
             rest, rest, rest);
    put_text("adult.data", text);
    snprintf(text, sizeof text, "|1x3 Cross validator\n57, Private, 1, %s>50K.\n",
             rest);
    put_text("adult.test", text);
    d = load("adult", NULL);
    CU_ASSERT_EQUAL(d.train.features, 116);
    check_feature(&d.train, 1, "age>26", "1 1");
    check_feature(&d.train, 2, "age>30", "0 1");
    check_feature(&d.test, 8, "age>57", "0");
    check_feature(&d.train, 9, "workclass=Private", "1 1");
    check_labels(&d.train, 2, "0 1");
    check_labels(&d.test, 2, "1");
    lut_data_fini(&d);
    drop("adult.data");
    drop("adult.test");
    end();
}

/* ---- parts of it ---- */

static void test_lists(void)
{
    CU_ASSERT(text_list_valid("1") && text_list_valid("1,3-5,999999"));
    CU_ASSERT(!text_list_valid("") && !text_list_valid("0") && !text_list_valid("1,"));
    CU_ASSERT(!text_list_valid("3-1") && !text_list_valid("1;2"));
    CU_ASSERT(!text_list_valid("12345678901234567890"));
    CU_ASSERT(text_list_has("1,3-5", 4) && text_list_has("1,3-5", 1));
    CU_ASSERT(!text_list_has("1,3-5", 2) && !text_list_has("none", 1));
}

static void check_describe(size_t columns, const char *list, lut_status code,
                           const char *message)
{
    table t;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(table_alloc(&t, columns, &err), LUT_OK);
    CU_ASSERT_EQUAL(table_describe(&t, list, &err), code);
    CU_ASSERT_STRING_EQUAL(err.text, message);
    table_fini(&t);
}

static void test_describe(void)
{
    table t;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(table_alloc(&t, 4, &err), LUT_OK);
    t.column[3].kind = COLUMN_DROPPED; /* stays so, whatever is said of it */
    CU_ASSERT_EQUAL_FATAL(table_describe(&t, "a>3,4.5;b=x,y|z;c=*;d=u,v", &err),
                          LUT_OK);
    CU_ASSERT_EQUAL(t.column[0].kind, COLUMN_CUTS);
    CU_ASSERT_EQUAL(t.column[0].ncuts, 2);
    CU_ASSERT_EQUAL(t.column[0].cut[1], 4.5f);
    CU_ASSERT(t.column[1].kind == COLUMN_CATEGORY && t.column[1].declared);
    CU_ASSERT_EQUAL(t.column[1].value.codes, 2);
    CU_ASSERT(t.column[2].kind == COLUMN_CATEGORY && !t.column[2].declared);
    CU_ASSERT_EQUAL(t.column[3].kind, COLUMN_DROPPED);
    CU_ASSERT_STRING_EQUAL(t.column[3].name, "d");
    table_fini(&t);
    check_describe(2, "a;b;c", LUT_EFORMAT, "2 cells, want 3");
    check_describe(1, "a>", LUT_EINVAL, "column a: want 1..16 numbers after >");
    check_describe(1, "a>1,x", LUT_EINVAL, "column a: want 1..16 numbers after >");
    check_describe(1, "a>1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", LUT_EINVAL,
                   "column a: want 1..16 numbers after >");
    check_describe(1, "a=x,x", LUT_EINVAL, "column a: \"x\" stands twice");
}

/* Whatever a file holds, it is read or refused, and a message says why. */
static void test_any_bytes(void)
{
    static const char *const options[] = {
        "csv.train a csv.test a csv.categorical auto csv.classes text",
        "csv.train a csv.test_share 0.5 csv.missing drop csv.comment |",
        "csv.train a csv.test a csv.separator blank csv.header true csv.label 2",
        "csv.train a csv.train_rows 1 csv.missing zeros csv.categorical 1-2",
    };
    static const char alphabet[] = "01,,\n\n\"' \t\r?|x-e.;=>*\\\xef\xbb\xbf";
    lut_rng rng = lut_rng_make(1, LUT_RNG_TEST, 0);
    size_t good = 0, bad = 0;

    begin();
    for (int i = 0; i < 4000; i++) {
        char bytes[64];
        size_t n = lut_rng_below(&rng, sizeof bytes);
        lut_data d;
        lut_err err = { 0 };

        for (size_t b = 0; b < n; b++)
            bytes[b] = alphabet[lut_rng_below(&rng, sizeof alphabet)];
        put("a", bytes, n);
        if (lut_data_load(&d, "csv", options[i % 4], folder, &err) == LUT_OK)
            good++;
        else
            bad += err.text[0] != 0;
        lut_data_fini(&d);
    }
    CU_ASSERT_EQUAL(good + bad, 4000);
    CU_ASSERT(good > 0 && bad > 0);
    drop("a");
    end();
}

UNIT_MAIN("tables", UNIT(test_categories), UNIT(test_categories_refused),
          UNIT(test_too_many_values), UNIT(test_long_names), UNIT(test_close_names),
          UNIT(test_bins), UNIT(test_bins_of_train), UNIT(test_bins_of_drawn),
          UNIT(test_missing), UNIT(test_classes), UNIT(test_form), UNIT(test_rows),
          UNIT(test_adult), UNIT(test_lists), UNIT(test_describe), UNIT(test_any_bytes))
