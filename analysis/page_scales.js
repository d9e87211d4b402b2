/* Where values are on an axis, its ticks, and the condition that a stretch of it stands for.  Needs
 * D3 and page_conditions.js. */
const pageScales = (function () {
    'use strict';

    const LEVELS = 12, LOG_RANGE = 20;

    /* For people: '-' for what is missing. */
    function shown(v, unit) {
        if (v === '' || v !== v)
            return '-';
        if (typeof v !== 'number')
            return v;
        return (unit || '').startsWith('percent') ? v.toFixed(2) : String(+v.toPrecision(6));
    }

    /* Deterministic, so that a dot stays where it was. */
    function jitter(row, salt) {
        const x = Math.sin((row + 1) * 12.9898 + salt * 78.233) * 43758.5453;
        return x - Math.floor(x) - 0.5;
    }

    /* Counts, sizes, times and knobs that span more than a decade; never percentages. */
    function wantsLog(c, numbers) {
        const low = d3.min(numbers), high = d3.max(numbers);
        return low > 0 && high / low >= LOG_RANGE && !c.unit.startsWith('percent');
    }

    /* The shortest number of (after, upto]: the same rows are above it as above upto. */
    function shortest(after, upto) {
        for (let digits = 1; digits < 17; digits++) {
            const step = Math.pow(10, Math.floor(Math.log10(Math.abs(upto) || 1)) + 1 - digits);
            const v = Number((Math.floor(upto / step) * step).toPrecision(digits + 1));
            if (v > after && v <= upto)
                return v;
        }
        return upto;
    }

    /* The same for [from, before). */
    function shortestUp(from, before) {
        return -shortest(-before, -from);
    }

    /* Few values stand side by side, each as wide as the others; many on a line. */
    function make(c, rows, salt, from, to) {
        const present = Array.from(new Set(rows.map(i => c.value[i]))).filter(v => v === v);
        const gaps = present.length < new Set(rows.map(i => String(c.value[i]))).size;
        const byLevels = c.text || (c.role === 'knob' && present.length <= LEVELS) || present.length < 2;
        const none = gaps ? to : null; /* where rows without a value are */
        const end = gaps ? to + (from > to ? 22 : -22) : to;
        present.sort(c.text ? undefined : (a, b) => a - b);
        return byLevels ? levelScale(c, present, salt, from, end, none)
                        : numberScale(c, rows, present, from, end, none);
    }

    const within = (at, a, b) => at !== null && at >= a && at <= b;

    /* Every comparison with what is missing is false; so a `not` before it holds. */
    function noneOf(c, sorted) {
        return sorted.length ? 'not ' + c.name + ' <= ' + sorted[sorted.length - 1] : '';
    }

    function levelScale(c, levels, salt, from, to, none) {
        const scale = d3.scalePoint().domain(levels).range([from, to]).padding(0.5);
        const room = Math.min(28, scale.step() * 0.55);

        /* A stretch between two levels means the nearer one. */
        function condition(a, b) {
            const far = v => Math.abs(scale(v) - (a + b) / 2);
            let inside = levels.filter(v => scale(v) >= a && scale(v) <= b);
            if (!inside.length && (!levels.length || within(none, a, b)))
                return noneOf(c, levels);
            if (!inside.length)
                inside = [levels.reduce((x, y) => (far(x) <= far(y) ? x : y))];
            if (within(none, a, b)) /* at the end of the axis: so the highest are inside */
                return inside.length < levels.length ? 'not ' + c.name + ' < ' + d3.min(inside) : '';
            if (c.text)
                return inside.map(v => c.name + ' = ' + pageConditions.quoted(v)).join(' or ');
            if (inside.length < 2)
                return c.name + ' = ' + inside[0];
            return c.name + ' >= ' + d3.min(inside) + ' and ' + c.name + ' <= ' + d3.max(inside);
        }
        return {
            column: c, scale: scale, none: none, condition: condition,
            at: i => (c.value[i] !== c.value[i] ? none : scale(c.value[i]) + room * jitter(i, salt)),
            ticks: axis => axis.tickValues(levels.length > 24 ? [] : levels).tickFormat(levelText)
        };
    }

    /* A few diverged trials must not press all others into one corner: percentages three times as
     * far below the middle half as that is wide share the lowest eighth. */
    function linear(c, rows, low, high, from, to) {
        const all = rows.map(i => c.value[i]).filter(v => v === v).sort((a, b) => a - b);
        const quarter = d3.quantile(all, 0.25), fence = quarter - 3 * (d3.quantile(all, 0.75) - quarter);
        const usual = all.find(v => v >= fence);
        if (!c.unit.startsWith('percent') || usual === low || usual === high)
            return d3.scaleLinear().domain([low, high]).range([from, to]);
        return d3.scaleLinear().domain([low, usual, high]).range([from, from + (to - from) / 8, to]);
    }

    function numberScale(c, rows, sorted, from, to, none) {
        const log = wantsLog(c, sorted), low = sorted[0], high = sorted[sorted.length - 1];
        const scale = log ? d3.scaleLog().domain([low, high]).range([from, to]) : linear(c, rows, low, high, from, to);
        const length = Math.abs(to - from);

        function emptyStretch(at) {
            const before = sorted.filter(v => (scale(v) - at) * (to - from) < 0), after = sorted[before.length];
            return [before.length ? c.name + ' > ' + before[before.length - 1] : '',
                    after === undefined ? '' : c.name + ' < ' + after].filter(x => x).join(' and ');
        }
        function condition(a, b) {
            const inside = sorted.filter(v => scale(v) >= a && scale(v) <= b);
            if (!inside.length)
                return within(none, a, b) ? noneOf(c, sorted) : emptyStretch((a + b) / 2);
            const low = sorted.indexOf(inside[0]), high = sorted.indexOf(inside[inside.length - 1]);
            const text = [], from = shortest(low ? sorted[low - 1] : -Infinity, sorted[low]);
            if (within(none, a, b)) /* at the end of the axis: so the highest are inside */
                return low ? 'not ' + c.name + ' < ' + from : '';
            if (low > 0 || none !== null)
                text.push(c.name + ' >= ' + from);
            if (high < sorted.length - 1)
                text.push(c.name + ' <= ' + shortestUp(sorted[high], sorted[high + 1]));
            return text.join(' and ');
        }
        return {
            column: c, scale: scale, none: none, condition: condition, log: log,
            at: i => (c.value[i] !== c.value[i] ? none : scale(c.value[i])),
            ticks: axis => (log ? axis.ticks(Math.max(2, length / 45)).tickFormat(logTick(scale))
                                : plainTicks(axis, scale, Math.max(2, length / 55)))
        };
    }

    function plainTicks(axis, scale, count) {
        const d = scale.domain(), usual = d3.scaleLinear().domain(d.slice(-2)), whole = Math.abs(d[d.length - 1]);
        const format = whole >= 1e5 ? d3.format('.3~s') : usual.tickFormat(count);
        return axis.tickValues((d.length > 2 ? [d[0]] : []).concat(usual.ticks(count)))
            .tickFormat(v => (v < d[d.length - 2] ? shown(v, 'percent') : format(v)));
    }

    /* Decades, and where there are few of them 2 and 5 between. */
    function logTick(scale) {
        const d = scale.domain(), decades = Math.log10(d[1] / d[0]);
        return v => {
            const lead = Math.round(v / Math.pow(10, Math.floor(Math.log10(v) + 1e-9)));
            if (!(lead === 1 || (decades < 3.5 && (lead === 2 || lead === 5))))
                return '';
            return v >= 1e4 ? d3.format('.1~s')(v) : v < 1e-3 ? d3.format('.0e')(v) : String(+v.toPrecision(3));
        };
    }

    function levelText(v) {
        const text = typeof v === 'number' && !Number.isInteger(v) ? String(+v.toPrecision(3)) : shown(v);
        return text.length > 14 ? text.slice(0, 13) + '\u2026' : text;
    }

    return { make: make, shown: shown };
})();
