#include "analysis/page.h"
#include "analysis/sheet_impl.h"

#include <math.h>

/* Colours are named once, so that dark and paper change names only. */
const char page_style[] =
    ":root{--paper:#fff;--ink:#1c1f24;--soft:#5b6470;--line:#d9dee5;--card:#f6f8fa;"
    "--link:#0063b1;--mark:#fff3c4}\n"
    "@media(prefers-color-scheme:dark){:root{--paper:#14171c;--ink:#e4e7eb;--soft:#"
    "9aa5b1;"
    "--line:#343b45;--card:#1c2128;--link:#6cb6ff;--mark:#4a3d10}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:1.5rem 1rem "
    "4rem;max-width:62rem;background:var(--paper);"
    "color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif}\n"
    "h1{font-size:1.7rem;line-height:1.25;margin:0 0 .3rem}\n"
    "h2{font-size:1.3rem;margin:3rem 0 .5rem;padding-top:.6rem;border-top:2px solid "
    "var(--line)}\n"
    "h3{font-size:1.05rem;margin:0 0 .4rem}\n"
    "a{color:var(--link)}p{margin:.4rem 0}.soft,figcaption,caption{color:var(--soft)}\n"
    "nav{margin:1rem 0;display:flex;flex-wrap:wrap;gap:.2rem 1rem}\n"
    ".facts{display:flex;flex-wrap:wrap;gap:.6rem;margin:1rem 0}\n"
    ".facts div{background:var(--card);border:1px solid "
    "var(--line);border-radius:.5rem;"
    "padding:.5rem .8rem;min-width:8rem}\n"
    ".facts b{display:block;font-size:1.25rem}.facts span{font-size:.85rem;"
    "color:var(--soft)}\n"
    "figure{margin:1.6rem 0;padding:1rem;background:var(--card);border:1px solid "
    "var(--line);"
    "border-radius:.6rem}\n"
    "figure "
    "svg{display:block;width:100%;height:auto;color:var(--ink);font-family:inherit}\n"
    "@media(max-width:40rem){.plot{overflow-x:auto}.plot "
    "svg{width:40rem;max-width:none}}\n"
    "figcaption{font-size:.9rem;margin-top:.5rem}\n"
    "code,pre{font:.82rem/1.45 ui-monospace,Menlo,Consolas,monospace}\n"
    "pre{overflow-x:auto;background:var(--card);border:1px solid var(--line);"
    "border-radius:.4rem;padding:.5rem .7rem;margin:.5rem 0}\n"
    "details{margin:.5rem 0}summary{cursor:pointer;color:var(--link)}\n"
    ".scroll{overflow-x:auto;margin:.8rem 0}\n"
    "table{border-collapse:collapse;font-size:.86rem;font-variant-numeric:tabular-nums}"
    "\n"
    "caption{text-align:left;padding:.2rem 0 .4rem}\n"
    "th,td{padding:.22rem .6rem;border-bottom:1px solid "
    "var(--line);white-space:nowrap}\n"
    "th{text-align:right;vertical-align:bottom;border-bottom:2px solid var(--ink)}\n"
    "td{text-align:right}th.t,td.t{text-align:left}\n"
    "th[aria-sort]{cursor:pointer}th[aria-sort=ascending]::after{content:' \\2191'}"
    "th[aria-sort=descending]::after{content:' \\2193'}\n"
    "tbody tr:hover{background:var(--mark)}\n"
    ".not{padding:.5rem 1rem}.not h3{display:inline;font-weight:600}\n"
    "@media print{body{max-width:none;font-size:11px}figure{break-inside:avoid}nav{"
    "display:none}details{display:none}}\n";

/* Click on a heading: rows by that column; numbers as numbers, what is missing last. */
const char page_script[] =
    "document.querySelectorAll('table.sort').forEach(function(t){\n"
    "var heads=t.tHead.rows[0].cells;\n"
    "Array.prototype.forEach.call(heads,function(h,i){\n"
    "h.setAttribute('aria-sort','none');h.tabIndex=0;\n"
    "function sort(){\n"
    "var up=h.getAttribute('aria-sort')!=='ascending';\n"
    "Array.prototype.forEach.call(heads,function(x){x.setAttribute('aria-sort','none')}"
    ");\n"
    "h.setAttribute('aria-sort',up?'ascending':'descending');\n"
    "var body=t.tBodies[0];\n"
    "function value(r){var c=r.cells[i];return c.dataset.v!==undefined?+c.dataset.v:"
    "c.textContent}\n"
    "function missing(v){return v==='-'||v!==v}\n"
    "Array.prototype.slice.call(body.rows).sort(function(a,b){\n"
    "var x=value(a),y=value(b);\n"
    "if(missing(x)||missing(y))return missing(x)-missing(y);\n"
    "return(x<y?-1:x>y?1:0)*(up?1:-1)}).forEach(function(r){body.appendChild(r)})}\n"
    "h.addEventListener('click',sort);\n"
    "h.addEventListener('keydown',function(e){if(e.key==='Enter')sort()})})});\n";

void page_escape(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
}

static void put_heads(FILE *out, const sheet *s, const size_t *col, size_t n)
{
    fputs("<thead><tr>", out);
    for (size_t i = 0; i < n; i++) {
        const sheet_column *c = &s->column[col[i]];

        fprintf(out, "<th%s", c->kind == SHEET_TEXT ? " class=\"t\"" : "");
        if (c->doc[0] || c->unit[0]) {
            fputs(" title=\"", out);
            page_escape(out, c->unit);
            fputs(c->unit[0] && c->doc[0] ? ": " : "", out);
            page_escape(out, c->doc);
            fputc('"', out);
        }
        fputc('>', out);
        page_escape(out, sheet_head(c));
        fputs("</th>", out);
    }
    fputs("</tr></thead>\n", out);
}

static void put_cell(FILE *out, const sheet *s, size_t row, size_t col)
{
    char buf[SHEET_NUMBER];
    const double number = s->cell[row * s->ncolumns + col].number;
    const bool text = s->column[col].kind == SHEET_TEXT;

    if (text)
        fputs("<td class=\"t\">", out);
    else if (isfinite(number))
        fprintf(out, "<td data-v=\"%.10g\">", number);
    else
        fputs("<td>", out);
    page_escape(out, sheet_cell_text(buf, s, row, col, false, "-"));
    fputs("</td>", out);
}

static void put_notes(FILE *out, const sheet *s)
{
    for (size_t i = 0; i < s->nnotes; i++) {
        fputs("<p class=\"soft\">", out);
        page_escape(out, s->note[i]);
        fputs("</p>\n", out);
    }
}

void page_table(FILE *out, const sheet *s)
{
    size_t col[SHEET_COLUMNS];
    const size_t n = sheet_shown(col, s, false);

    if (!s->nrows) {
        put_notes(out, s);
        return;
    }
    fputs("<div class=\"scroll\"><table class=\"sort\"><caption>", out);
    page_escape(out, s->title);
    fputs("</caption>", out);
    put_heads(out, s, col, n);
    fputs("<tbody>\n", out);
    for (size_t row = 0; row < s->nrows; row++) {
        fputs("<tr>", out);
        for (size_t i = 0; i < n; i++)
            put_cell(out, s, row, col[i]);
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
    put_notes(out, s);
}
