/* analysis/emit: JSON is UTF-8, whatever bytes the text has. */
#include "analysis/emit.h"
#include "lib/base/field.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE "\xef\xbf\xbd" /* U+FFFD */

static void test_texts(void)
{
    static const struct {
        const char *text, *json;
    } table[] = {
        { "plain \"a\\b\"\n", "\"plain \\\"a\\\\b\\\"\\u000a\"" },
        { "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
          "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"" },
        { "cut \xc3", "\"cut " NONE "\"" },
        { "cut \xe2\x82", "\"cut " NONE NONE "\"" },
        { "\x80z", "\"" NONE "z\"" },
        { "\xc0\xaf", "\"" NONE NONE "\"" },          /* longer than need be */
        { "\xed\xa0\x80", "\"" NONE NONE NONE "\"" }, /* half of a pair */
        { "\xf4\x90\x80\x80", "\"" NONE NONE NONE NONE "\"" },
        { "\xff\xc3\xa4", "\"" NONE "\xc3\xa4\"" },
    };

    for (size_t i = 0; i < LUT_COUNT(table); i++) {
        char *text = NULL;
        size_t n = 0;
        emit_json j = { .out = open_memstream(&text, &n) };

        CU_ASSERT_PTR_NOT_NULL_FATAL(j.out);
        emit_text(&j, NULL, table[i].text);
        fclose(j.out);
        CU_ASSERT_STRING_EQUAL(text, table[i].json);
        free(text);
    }
}

UNIT_MAIN("emit", UNIT(test_texts))
