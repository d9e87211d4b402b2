"""What the interactive half of a page has in it, beside what lutreport says.

explore_check.py rows PAGE LUTREPORT FILE...   every row and column of the page's JSON is that of CSV
explore_check.py scripts PAGE COUNT            so many scripts, each of them signed, and no more
explore_check.py harness PAGE OUT CONDITION... a page that tries conditions and brushes on itself
explore_check.py answers DUMP LUTREPORT        what it then shows, beside what its commands print
"""
import base64
import csv
import hashlib
import html.parser
import io
import json
import math
import re
import shlex
import subprocess
import sys


class Scripts(html.parser.HTMLParser):
    """Scripts of a page as a browser finds them."""

    def __init__(self, text):
        super().__init__()
        self.found, self.policy, self.tags, self.inside = [], "", [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs.get("id")))
        if tag == "script":
            self.found.append([attrs, ""])
            self.inside = True
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy":
            self.policy = attrs["content"]

    def handle_endtag(self, tag):
        if tag == "script":
            self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.found[-1][1] += data


def page(path):
    with open(path, encoding="utf-8", newline="") as f:
        return f.read()


def digest(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def trials(path):
    for attrs, text in Scripts(page(path)).found:
        if attrs.get("id") == "trials":
            return json.loads(text)
    sys.exit(path + ": no trials")


def value(column, i):
    return column["values"][column["code"][i] if "code" in column else i]


def table(lutreport, files, *options):
    out = subprocess.run([lutreport, *files, *options, "--format", "csv"], check=True,
                         capture_output=True, text=True).stdout
    return {row["key"]: row for row in csv.DictReader(io.StringIO(out))}


def same(mine, cell, text):
    if text:
        return mine == cell
    return mine is None if cell == "" else mine is not None and mine == float(cell)


def rows(path, lutreport, *files):
    data = trials(path)
    columns = {c["name"]: c for c in data["columns"]}
    told = [n for n, c in columns.items() if c["role"] not in ("result", "test")]
    metrics = [n for n in columns if n not in told]
    where = ["--where", data["where"]] if data["where"] else []
    compared = 0
    for part in [told[i:i + 25] for i in range(0, len(told), 25)]:
        by = ["key", "status"] + [n for n in part if n not in ("key", "status")]
        expected = table(lutreport, files, *where, "--by", ",".join(by),
                         *(["--metric", ",".join(metrics)] if metrics else []))
        if len(expected) != data["rows"]:
            sys.exit("%d rows, not %d" % (data["rows"], len(expected)))
        for i in range(data["rows"]):
            row = expected[value(columns["key"], i)]
            for name in part + metrics:
                cell = row[name if name in part else name + "_mean"]
                if not same(value(columns[name], i), cell, columns[name]["text"]):
                    sys.exit("%s of %s: %r, not %r" % (name, row["key"], value(columns[name], i), cell))
                compared += 1
    print("%d rows, %d columns, %d cells equal" % (data["rows"], len(columns), compared))


def scripts(path, count):
    got = Scripts(page(path))
    if len(got.found) != int(count) or ("b", "evil") in got.tags:
        sys.exit("%s: %d scripts, not %s" % (path, len(got.found), count))
    for attrs, text in got.found:
        if "type" not in attrs and digest(text) not in got.policy:
            sys.exit("%s: a script that is not signed: %.60s" % (path, text))
    if re.search(r"unsafe-(inline|eval)", got.policy.split("script-src")[1]):
        sys.exit(path + ": any script may run: " + got.policy)


HARNESS = r"""
(async function () {
    const answers = [], input = document.querySelector('#explore input[type=text]');
    let saved = '', refused = 0;
    /* What would be saved; nothing here waits for other processes, so that --dump-dom waits for all. */
    window.Blob = function (parts) { saved = parts.join(''); };
    /* Without a screen no frame comes. */
    window.requestAnimationFrame = act => setTimeout(act, 0);
    URL.createObjectURL = () => 'about:blank';
    HTMLAnchorElement.prototype.click = () => {};
    document.addEventListener('securitypolicyviolation', () => refused++);
    const press = name => Array.from(document.querySelectorAll('#explore button')).find(b => b.textContent.startsWith(name)).click();
    async function note(what) {
        await rest();
        press('Save');
        answers.push({ what: what, count: document.getElementById('explore-count').textContent,
                       command: document.getElementById('explore-command').textContent,
                       caption: document.querySelector('#explore caption').textContent,
                       wrong: document.querySelector('#explore .wrong').textContent, csv: saved });
    }
    function type(text) {
        input.value = text;
        input.dispatchEvent(new Event('input'));
    }
    /* After a drag D3 swallows clicks until the page has rested. */
    const rest = () => new Promise(done => setTimeout(done, 100));
    async function drag(axis, from, to) {
        const names = Array.from(document.querySelectorAll('#explore svg text.name'));
        const overlay = names.find(n => n.textContent.startsWith(axis)).parentNode.querySelector('.overlay');
        const r = overlay.getBoundingClientRect(), x = r.left + r.width / 2;
        const send = (target, kind, share) => target.dispatchEvent(new MouseEvent(kind, {
            bubbles: true, cancelable: true, view: window, clientX: x, clientY: r.top + share * r.height }));
        send(overlay, 'mousedown', from);
        send(window, 'mousemove', (from + to) / 2);
        send(window, 'mousemove', to);
        send(window, 'mouseup', to);
        await rest();
    }
    /* A stretch of an axis and its condition hold the same rows; so with values that nearly meet. */
    function law() {
        const rows = Array.from({ length: 200 }, (_, i) => i);
        const seen = { few: 0, 'few and some': 0, 'few and all': 0, many: 0, 'many and some': 0, 'many and all': 0 };
        for (let k = 0; k < 300; k++) {
            const spread = Math.pow(10, k % 9 - 6), middle = [0, 1, -3, 1234.5, 0.001][k % 5];
            const few = k % 7 > 4, gaps = k % 3 === 0;
            const value = rows.map(i => (gaps && i % 9 === 0 ? NaN : few ? middle + spread * ((i + k) % 6)
                                         : middle + spread * Math.sin(i * i * 0.37 + k)));
            const column = { name: 'x', unit: 's', role: few ? 'knob' : 'result', text: false, value: value };
            const scale = pageScales.make(column, rows, 0, 300, 0);
            /* The end of the axis is where rows without a value are. */
            const a = k % 2 ? k * 37 % 300 : 0, b = k % 8 === 6 ? 300 : a + (k % 4 ? 40 + k % 220 : 0.5);
            const text = scale.condition(a, b), holds = text ? pageConditions.parse(text, [column]) : () => true;
            const place = i => (value[i] === value[i] ? scale.scale(value[i]) : scale.none);
            const inside = i => place(i) >= a && place(i) <= b;
            const odd = rows.filter(i => holds(i) !== inside(i));
            /* Between levels the nearer one is meant. */
            if (odd.length && !(few && !rows.some(inside)))
                return k + ': ' + (text || 'all') + ' is not ' + odd.map(i => value[i]).join(' ');
            const both = gaps && !a && rows.some(i => inside(i) && value[i] === value[i]);
            seen[(few ? 'few' : 'many') + (both ? text ? ' and some' : ' and all' : '')]++;
        }
        return Object.keys(seen).filter(x => !seen[x]).map(x => 'never tried: ' + x).join(', ');
    }
    await note('all');
    for (const text of CONDITIONS) {
        type(text);
        await note(text);
    }
    type('');
    press('Select all');
    const tick = name => Array.from(document.querySelectorAll('#explore fieldset label'))
        .find(l => l.textContent.trim() === name).querySelector('input').click();
    tick('file');
    await drag('file', 0.6, 0.98);
    await note('unsaid');
    await drag('file', 0.02, 0.4);
    await note('said');
    tick('file');
    for (const text of ['%', '%e2%82', 'tau=5', 'lut_rank%20%3D%204']) {
        location.hash = '#where=' + text;
        await note(/^%/.test(text) ? 'address ' + text : decodeURIComponent(text));
    }
    type('');
    press('Select all');
    await drag('valid_accuracy', 0.02, 0.5);
    await note('brush');
    await drag('parametrization', 0.02, 0.7);
    await note('brush');
    press('Select all');
    await note('brush');
    await drag('train_seconds', 0.3, 0.8);
    await note('between');
    await fetch('https://example.invalid/').catch(() => {});
    await rest();
    answers.push({ what: 'network', refused: refused, law: law() });
    const out = document.createElement('pre');
    out.id = 'answers';
    out.textContent = JSON.stringify(answers);
    document.body.appendChild(out);
})().catch(e => document.body.insertAdjacentText('beforeend', 'harness: ' + e.stack));
"""


def harness(path, out, *conditions):
    script = HARNESS.replace("CONDITIONS", json.dumps(conditions))
    text = page(path).replace("script-src ", "script-src " + digest(script) + " ", 1)
    with open(out, "w", encoding="utf-8", newline="") as f:
        f.write(text.replace("</body>", "<script>" + script + "</script></body>"))


class Answers(html.parser.HTMLParser):
    text, inside = "", False

    def handle_starttag(self, tag, attrs):
        self.inside = ("id", "answers") in attrs

    def handle_data(self, data):
        self.text += data if self.inside else ""


def answer(a, lutreport):
    shown = {row["key"] for row in csv.DictReader(io.StringIO(a["csv"]))}
    command = shlex.split(a["command"])
    printed = subprocess.run([lutreport, *command[1:], "--by", "key,status", "--format", "csv"],
                             check=True, capture_output=True, text=True).stdout
    expected = {row["key"]: row for row in csv.DictReader(io.StringIO(printed))}
    if shown != set(expected):
        sys.exit("%s: %d trials selected, %d by %s" % (a["what"], len(shown), len(expected), a["command"]))
    if not a["count"].startswith("%d of " % len(shown)):
        sys.exit("%s: %s" % (a["what"], a["count"]))
    good = [float(r["valid_accuracy_mean"]) for r in expected.values() if r["status"] == "ok" and r["valid_accuracy_mean"]]
    said = re.search(r"accuracy (\S+) % over the (\d+) ", a["count"])
    if good and (int(said[2]) != len(good) or not math.isclose(float(said[1]), sum(good) / len(good), abs_tol=0.0051)):
        sys.exit("%s: %s, not %g over %d" % (a["what"], a["count"], sum(good) / len(good), len(good)))
    if not a["caption"].startswith("The best" if good else "The first" if shown else "No trial is selected"):
        sys.exit("%s: the table says %s" % (a["what"], a["caption"]))
    return len(shown)


def is_refused(a, lutreport, files):
    """Whether a condition, or what is no text in an address, is refused, as by lutreport, which alone reads all numbers of C and chooses by test."""
    if a["what"].startswith("address %"):
        if "%25" not in a["wrong"]:
            sys.exit(a["what"] + ": nothing is said of it: " + a["wrong"])
        return True
    there = subprocess.run([lutreport, *files, "--where", a["what"]], capture_output=True).returncode
    if not a["wrong"] and there != 0:
        sys.exit(a["what"] + ": accepted")
    if a["wrong"] and there == 0 and not re.search(r"test_accuracy|\b(0x|nan|inf)", a["what"]):
        sys.exit(a["what"] + ": " + a["wrong"])
    return bool(a["wrong"])


def answers(path, lutreport):
    got = Answers()
    got.feed(page(path))
    if not got.text:
        sys.exit("the page said nothing: " + "".join(re.findall(r"harness: .*", page(path))[-1:]))
    list_ = json.loads(got.text)
    last = list_.pop()
    if last["law"]:
        sys.exit("a condition that is not what was brushed: " + last["law"])
    if last["refused"] < 1:
        sys.exit("the browser may load from the network")
    files = shlex.split(list_[0]["command"].split(" --where ")[0])[1:]
    sizes, refused = [], 0
    for a in list_:
        if a["what"] == "unsaid":
            if not re.search("brush on file is left out: .*both kinds of quotes", a["wrong"]):
                sys.exit("a file that no condition names: " + a["wrong"])
        elif re.search("[=<>%]", a["what"]) and is_refused(a, lutreport, files):
            refused += 1
            continue
        elif a["wrong"]:
            sys.exit(a["what"] + ": " + a["wrong"])
        sizes.append(answer(a, lutreport))
    if refused < 8:
        sys.exit("only %d conditions were refused" % refused)
    if not re.search(" >= .* <= ", list_[-1]["command"]) or not 0 < sizes[-1] < sizes[0]:
        sys.exit("the middle of an axis: " + list_[-1]["command"])
    brushes = sizes[-4:-1]
    if not 0 < brushes[1] < brushes[0] < brushes[2] == sizes[0]:
        sys.exit("brushes select %r of %d" % (brushes, sizes[0]))
    print("%d selections are what their commands print: %r" % (len(sizes), sizes))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
