/* Conditions over trials: the language of --where, as sweep/expr.h has it.  What parses here parses
 * there and chooses the same trials, so that what is selected can be pasted behind
 * `lutreport FILE --where`.  Not the other way round: of the numbers that C reads only decimal ones are
 * read here, no nan, inf or 0x1p3. */
const pageConditions = (function () {
    'use strict';

    const WORD = /^[A-Za-z0-9_.:+-]+/;
    const NUMBER = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/;
    const MOST_DEEP = 100, MOST_PARTS = 10000, LONGEST_NUMBER = 63; /* of sweep/expr.c */
    const SIGNS = ['==', '!=', '<=', '>=', '=', '<', '>'];
    const TEST = {
        '=': (a, b) => a === b, '==': (a, b) => a === b, '!=': (a, b) => a !== b,
        '<': (a, b) => a < b, '<=': (a, b) => a <= b, '>': (a, b) => a > b, '>=': (a, b) => a >= b
    };

    function parse(text, columns) {
        const named = new Map(columns.map(c => [c.name, c]));
        let at = 0, depth = 0, parts = 0;

        function rest() {
            while (at < text.length && ' \t\r\n'.includes(text[at]))
                at++;
            return text.slice(at);
        }
        function expected(what) {
            const found = rest();
            throw new Error(found ? '"' + found.slice(0, 40) + '" found in column ' + (at + 1) + ', want ' + what
                                  : 'it ends where ' + what + ' is expected');
        }
        function word() {
            const found = WORD.exec(rest());
            return found ? found[0] : '';
        }
        function take(what) {
            if (word() !== what)
                return false;
            at += what.length;
            return true;
        }
        function column() {
            const name = word(), c = named.get(name);
            if (!name)
                expected('the name of a column');
            if (!c)
                throw new Error(name + ': no such column on this page; it has ' +
                                columns.filter(x => x.role !== 'test').map(x => x.name).join(', '));
            if (c.role === 'test')
                throw new Error(name + ' is of the test split, and what is chosen by it is no longer measured ' +
                                'by it: want valid_accuracy, the test figure stands beside');
            at += name.length;
            return c;
        }
        function sign() {
            const found = SIGNS.find(s => rest().startsWith(s));
            if (!found)
                expected('= != < <= > or >=');
            at += found.length;
            return found;
        }
        function value() {
            const quote = rest()[0];
            if (quote !== '"' && quote !== "'") {
                const found = word() || expected('a value');
                at += found.length;
                return found;
            }
            const end = text.indexOf(quote, at + 1);
            if (end < 0)
                expected('a text with both its quotes');
            const inside = text.slice(at + 1, end);
            at = end + 1;
            return inside;
        }
        function number(c, v) {
            if (v === 'true' || v === 'false')
                return v === 'true' ? 1 : 0;
            if (v.length > LONGEST_NUMBER || !NUMBER.test(v))
                throw new Error(c.name + ' is a number and cannot be compared with "' + v + '": want a decimal number');
            return Number(v);
        }
        function part(holds) {
            if (++parts > MOST_PARTS)
                throw new Error('the condition has more than ' + MOST_PARTS + ' parts');
            return holds;
        }
        function comparison() {
            const c = column(), s = sign(), test = TEST[s];
            if (c.text && !'!=='.includes(s))
                throw new Error(c.name + ' is text and compares with = and != only');
            const v = value(), want = c.text ? v : number(c, v);
            return part(i => (c.text || c.value[i] === c.value[i]) && test(c.value[i], want));
        }
        function negated() {
            const inner = unit();
            return part(i => !inner(i));
        }
        function enclosed() {
            at++;
            const inner = any();
            if (rest()[0] !== ')')
                expected('and, or or a closing parenthesis');
            at++;
            return inner;
        }
        function unit() {
            if (++depth > MOST_DEEP)
                throw new Error('the condition is nested deeper than ' + MOST_DEEP);
            const inner = take('not') ? negated() : rest()[0] === '(' ? enclosed() : comparison();
            depth--;
            return inner;
        }
        function chain(link, next, join) {
            let left = next();
            while (take(link)) {
                const a = left, b = next();
                left = part(join(a, b));
            }
            return left;
        }
        function all() {
            return chain('and', unit, (a, b) => i => a(i) && b(i));
        }
        function any() {
            return chain('or', all, (a, b) => i => a(i) || b(i));
        }

        const condition = any();
        if (rest())
            expected('and, or or the end');
        return condition;
    }

    /* Throws where the language has no way to write it. */
    function quoted(v) {
        const found = WORD.exec(v);
        if (found && found[0] === v)
            return v;
        if (v.includes('"') && v.includes("'"))
            throw new Error(v + ' has both kinds of quotes, so that no condition can name it');
        return v.includes('"') ? "'" + v + "'" : '"' + v + '"';
    }

    /* Conditions that hold together; one that may contain `or` is kept in one piece. */
    function together(list) {
        const some = list.filter(x => x);
        return some.length < 2 ? some.join('') : some.map(x => (/\bor\b/.test(x) ? '(' + x + ')' : x)).join(' and ');
    }

    /* A word of a shell's command. */
    function shellWord(text) {
        return "'" + text.replace(/'/g, "'\\''") + "'";
    }

    return { parse: parse, quoted: quoted, together: together, shellWord: shellWord };
})();
