/* A sheet as a table of LaTeX with the rules of the package booktabs. */
#include "analysis/sheet_impl.h"

#include <string.h>

/* What TeX takes for its own, and what few fonts have. */
static const struct {
    const char *text, *tex;
} escape[] = {
    { "\\", "\\textbackslash{}" },
    { "~", "\\textasciitilde{}" },
    { "^", "\\textasciicircum{}" },
    { "<", "\\textless{}" },
    { ">", "\\textgreater{}" },
    { "|", "\\textbar{}" },
    { "{", "\\{" },
    { "}", "\\}" },
    { "$", "\\$" },
    { "&", "\\&" },
    { "#", "\\#" },
    { "_", "\\_" },
    { "%", "\\%" },
    { "\"", "\\textquotedbl{}" },
    { "\xc2\xb1", "$\\pm$" },
    { "\xc3\x97", "$\\times$" },
    { "\xe2\x89\xa4", "$\\leq$" },
    { "\xe2\x89\xa5", "$\\geq$" },
    { "\xe2\x88\x92", "$-$" },
};

void sheet_put_tex(FILE *out, const char *text)
{
    while (*text) {
        size_t i = 0;

        while (i < LUT_COUNT(escape) &&
               strncmp(text, escape[i].text, strlen(escape[i].text)) != 0)
            i++;
        if (i < LUT_COUNT(escape)) {
            fputs(escape[i].tex, out);
            text += strlen(escape[i].text);
        } else
            fputc(*text++, out);
    }
}

/* A number below zero has a minus, not a hyphen; what is missing has a dash. */
static void put_cell(FILE *out, const char *text, bool is_text)
{
    if (!strcmp(text, "-"))
        fputs("--", out);
    else if (!is_text && text[0] == '-')
        fprintf(out, "$%s$", text);
    else
        sheet_put_tex(out, text);
}

static void put_tabular(FILE *out, const sheet *s, const size_t *col, size_t n)
{
    char buf[SHEET_NUMBER];

    fputs("\\begin{tabular}{", out);
    for (size_t i = 0; i < n; i++)
        fputc(s->column[col[i]].kind == SHEET_TEXT ? 'l' : 'r', out);
    fputs("}\n\\toprule\n", out);
    for (size_t i = 0; i < n; i++) {
        fputs(i ? " & " : "", out);
        sheet_put_tex(out, sheet_head(&s->column[col[i]]));
    }
    fputs(" \\\\\n\\midrule\n", out);
    for (size_t row = 0; row < s->nrows; row++) {
        for (size_t i = 0; i < n; i++) {
            fputs(i ? " & " : "", out);
            put_cell(out, sheet_cell_text(buf, s, row, col[i], false, "-"),
                     s->column[col[i]].kind == SHEET_TEXT);
        }
        fputs(" \\\\\n", out);
    }
    fputs("\\bottomrule\n\\end{tabular}\n", out);
}

/* Under the table, where they stay with it in the print. */
static void put_notes(FILE *out, const sheet *s)
{
    if (!s->nnotes)
        return;
    fputs("\\par\\footnotesize\n", out);
    for (size_t i = 0; i < s->nnotes; i++) {
        sheet_put_tex(out, s->note[i]);
        fputs(i + 1 < s->nnotes ? " \\\\\n" : "\n", out);
    }
}

static void put_sheet(FILE *out, const sheet *s)
{
    size_t col[SHEET_COLUMNS], n = sheet_shown(col, s, false);

    for (size_t i = 0; i < s->nabout; i++)
        sheet_put_lines(out, s->about[i], "% ");
    sheet_put_meanings(out, s, "% ");
    fputs("\\begin{table}\n\\centering\n\\caption{", out);
    sheet_put_tex(out, s->title);
    fprintf(out, "}\n\\label{tab:%s}\n", s->name);
    put_tabular(out, s, col, n);
    put_notes(out, s);
    fputs("\\end{table}\n", out);
}

void sheet_write_latex(FILE *out, const sheet *s, size_t n, const char *origin)
{
    sheet_put_lines(out, origin, "% ");
    fputs("% needs \\usepackage{booktabs} and \\usepackage[T1]{fontenc}\n", out);
    for (size_t i = 0; i < n; i++) {
        fputs(i ? "\n" : "", out);
        put_sheet(out, &s[i]);
    }
}
