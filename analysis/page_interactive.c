#include "analysis/page_interactive.h"
#include "sweep/digest.h"

#include <stdlib.h>
#include <string.h>

/* ---- what the browser may run ---- */

static unsigned hex_digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Six hexadecimal digits are four of base 64 (RFC 4648); 64 are 10 times six and four more, which
 * are three and a sign that ends them. */
static void put_base64(FILE *out, const char *hex)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789+/";
    const size_t n = strlen(hex);

    for (size_t i = 0; i < n; i += 6) {
        const size_t given = n - i < 6 ? n - i : 6;
        unsigned bits = 0;

        for (size_t j = 0; j < 6; j++)
            bits = bits << 4 | (j < given ? hex_digit(hex[i + j]) : 0);
        for (size_t j = 0; j < 4; j++)
            fputc(6 * j < 4 * given ? digit[bits >> (18 - 6 * j) & 63] : '=', out);
    }
}

static void put_digest(FILE *out, const char *text, size_t n)
{
    char hex[SWEEP_SHA256];

    sweep_sha256(hex, text, n);
    fputs(" 'sha256-", out);
    put_base64(out, hex);
    fputs("'", out);
}

/* Lines as one text; owned (free), NULL without memory. */
static char *joined(const char *const *line)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    if (!out)
        return NULL;
    for (; *line; line++)
        fputs(*line, out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

lut_status page_interactive_head(FILE *out, const page_library *l, lut_err *err)
{
    const char *const sorting[] = { "\n", page_script, NULL };
    char *const text[] = { joined(sorting), joined(page_interactive_script), NULL };
    lut_status st = LUT_OK;

    if (text[0] && text[1]) {
        fputs("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
              "'none'; "
              "base-uri 'none'; form-action 'none'; img-src data:; style-src "
              "'unsafe-inline'; script-src",
              out);
        put_digest(out, l->text, strlen(l->text));
        for (size_t i = 0; text[i]; i++)
            put_digest(out, text[i], strlen(text[i]));
        fputs("\">\n<style>\n", out);
        for (size_t i = 0; page_interactive_style[i]; i++)
            fputs(page_interactive_style[i], out);
        fputs("</style>\n", out);
    } else
        st = lut_fail(err, LUT_ENOMEM, "out of memory");
    free(text[0]);
    free(text[1]);
    return st;
}

/* ---- what is seen ---- */

void page_interactive_place(FILE *out)
{
    fputs("<section id=\"explore\" hidden></section>\n", out);
}

void page_interactive_notice(FILE *out, const page_library *l)
{
    if (!l) {
        fputs(
            "<p class=\"soft\">The interactive half of this page (all trials on "
            "parallel "
            "axes, a scatter, a filter) is drawn with D3, which was not found: install "
            "the package " PAGE_LIBRARY_PACKAGE " and write the page again.</p>\n",
            out);
        return;
    }
    fputs("<p class=\"soft\">The interactive half of this page is drawn with D3 ", out);
    page_escape(out, l->version);
    fputs(", ", out);
    page_escape(out, l->holder);
    fputs(", licence ", out);
    page_escape(out, l->licence);
    fputs(", embedded from ", out);
    page_escape(out, l->path);
    fputs(".</p>\n", out);
    if (!l->notice)
        return;
    fputs("<details><summary>Licence of D3</summary><pre>", out);
    page_escape(out, l->notice);
    fputs("</pre></details>\n", out);
}

lut_status page_interactive_end(FILE *out, const page_library *l, const report_data *d,
                                const report_rows *rows, const page_query *q,
                                lut_err *err)
{
    lut_status st;

    fputs("<script type=\"application/json\" id=\"trials\">\n", out);
    st = page_trials(out, d, rows, q, err);
    fputs("</script>\n<script>", out);
    fputs(l->text, out);
    fputs("</script>\n<script>", out);
    for (size_t i = 0; page_interactive_script[i]; i++)
        fputs(page_interactive_script[i], out);
    fputs("</script>\n", out);
    return st;
}
