/* The interactive half of a page: parallel axes, a scatter and a filter over all its trials.
 * Needs D3 4 to 7, page_conditions.js, page_scales.js and the JSON that page_trials wrote; where
 * D3 or the trials lack, nothing is shown.
 *
 * What is selected is always what one condition says: brushes write conditions, and the text
 * that is shown for `lutreport --where` is what rows are chosen by.  Columns of the test split
 * are shown and never selected or coloured by. */
(function () {
    'use strict';

    const parse = pageConditions.parse, quoted = pageConditions.quoted, together = pageConditions.together;
    const shown = pageScales.shown;
    const root = document.getElementById('explore');
    const block = document.getElementById('trials');
    if (!root || !block || typeof d3 === 'undefined' || !d3.brushY || !d3.scalePoint)
        return;

    const BEST_SHARE = 0.1, MOST_AXES = 10, LISTED = 10;
    const NEAR = 14, EDGE = 8; /* pixels from the pointer to a dot, from a dot to the axes */

    /* ---- trials ---- */

    const data = JSON.parse(block.textContent);

    function unpack(c) {
        const value = new Array(data.rows);
        for (let i = 0; i < data.rows; i++) {
            const v = c.values[c.code ? c.code[i] : i];
            value[i] = v === null ? NaN : v;
        }
        return { name: c.name, unit: c.unit, doc: c.doc, role: c.role, text: c.text, value: value };
    }

    const columns = data.columns.map(unpack);
    const named = new Map(columns.map(c => [c.name, c]));
    const valid = named.get('valid_accuracy');
    const status = named.get('status');
    const sets = named.get('dataset');

    const range = n => Array.from({ length: n }, (_, i) => i);
    const missing = v => v === '' || v !== v;
    const isOk = i => !status || status.value[i] === 'ok';

    /* ---- what is shown ---- */

    const state = {
        set: sets ? sets.value[0] : null, /* one data set at a time: others do not compare */
        filter: '',
        brush: new Map(), /* column's name -> { extent, text: a condition; or wrong: why there is none } */
        wrong: '', unsaid: '', /* with the filter; with the selection */
        axes: [], x: null, y: null,
        rows: [], best: new Map(),        /* of the set; row -> 0 (the best) to 1 */
        selected: []
    };

    /* By rank, so that diverged trials do not move the colours; equal accuracies are equally good. */
    function rankRows() {
        const list = state.rows.filter(i => valid && isOk(i) && !missing(valid.value[i]));
        list.sort((a, b) => valid.value[b] - valid.value[a] || a - b);
        const last = list[Math.ceil(list.length * BEST_SHARE) - 1];
        const best = list.filter(i => valid.value[i] >= valid.value[last]);
        const steps = Math.max(1, new Set(best.map(i => valid.value[i])).size - 1);
        let step = 0;
        state.best = new Map(best.map((row, i) => {
            step += i && valid.value[row] !== valid.value[best[i - 1]] ? 1 : 0;
            return [row, step / steps];
        }));
    }

    function own() {
        return together([state.set !== null ? 'dataset = ' + quoted(state.set) : '', state.filter]
            .concat(Array.from(state.brush.values(), b => b.text)));
    }

    function held() {
        const text = own();
        return text ? parse(text, columns) : () => true;
    }

    /* Nothing is selected that no condition can say. */
    function select() {
        const holds = attempt(held);
        state.unsaid = holds.wrong || '';
        state.selected = holds.wrong ? [] : state.rows.filter(holds.got);
    }

    function attempt(act) {
        try {
            return { got: act() };
        } catch (e) {
            return { wrong: e.message };
        }
    }

    /* ---- elements ---- */

    function make(parent, name, attributes, text) {
        const e = document.createElement(name);
        Object.keys(attributes || {}).forEach(k => e.setAttribute(k, attributes[k]));
        if (text !== undefined)
            e.textContent = text;
        parent.appendChild(e);
        return e;
    }

    function clear(e) {
        while (e.firstChild)
            e.removeChild(e.firstChild);
    }

    function button(parent, text, act) {
        make(parent, 'button', { type: 'button' }, text).addEventListener('click', act);
    }

    function chooser(parent, label, options, value, act) {
        const l = make(parent, 'label', {}, label);
        const s = make(l, 'select', {});
        options.forEach(o => make(s, 'option', { value: o }, o));
        s.value = value;
        s.addEventListener('change', () => act(s.value));
        return s;
    }

    /* A canvas under axes, drawn in the pixels of the screen. */
    function layers(parent, label) {
        const box = make(parent, 'div', { class: 'layers' });
        const canvas = make(box, 'canvas', { role: 'img', 'aria-label': label });
        const svg = d3.select(box).append('svg').attr('aria-hidden', 'true');

        function resize(width, height) {
            const sharp = window.devicePixelRatio || 1;
            box.style.width = width + 'px';
            box.style.height = height + 'px';
            canvas.width = Math.round(width * sharp);
            canvas.height = Math.round(height * sharp);
            canvas.style.width = width + 'px';
            canvas.style.height = height + 'px';
            svg.attr('width', width).attr('height', height);
            pen().setTransform(sharp, 0, 0, sharp, 0, 0);
        }
        function pen() {
            return canvas.getContext('2d');
        }
        return { box: box, canvas: canvas, svg: svg, resize: resize, pen: pen };
    }

    function colours() {
        const style = getComputedStyle(root), of = name => style.getPropertyValue(name).trim();
        return { rest: of('--rest'), faint: of('--faint'), ink: of('--ink'),
                 of: d3.interpolateRgb(of('--best'), of('--good')) };
    }

    /* The best last, so that they lie on top. */
    function byWorth(list) {
        const best = list.filter(i => state.best.has(i)).sort((a, b) => state.best.get(b) - state.best.get(a));
        return { rest: list.filter(i => !state.best.has(i)), best: best };
    }

    /* ---- parallel axes ---- */

    const parallel = { height: 330, top: 44, bottom: 14, left: 64, right: 40, axes: [], back: null };

    function place(parent) {
        parallel.plot = layers(make(parent, 'div', { class: 'wide-plot' }),
                               'every trial as a line over the axes; the filter above selects as brushes do');
    }

    function layParallel() {
        const p = parallel, n = state.axes.length;
        const width = Math.max(p.plot.box.parentNode.clientWidth, p.left + p.right + (n - 1) * 84);
        p.plot.resize(width, p.height);
        p.axes = state.axes.map((name, i) =>
            pageScales.make(named.get(name), state.rows, i, p.height - p.bottom, p.top));
        p.axes.forEach((a, i) => {
            a.x = p.left + (n > 1 ? i * (width - p.left - p.right) / (n - 1) : 0);
        });
        drawAxes();
    }

    function drawAxes() {
        const p = parallel, svg = p.plot.svg;
        svg.selectAll('*').remove();
        p.axes.forEach((a, i) => {
            const g = svg.append('g').attr('transform', 'translate(' + a.x + ',0)');
            const axis = g.append('g').attr('class', 'halo').call(a.ticks(d3.axisLeft(a.scale)));
            if (a.none !== null)
                axis.append('text').attr('x', -9).attr('y', a.none + 4).attr('text-anchor', 'end').text('none');
            const last = i > 0 && i === p.axes.length - 1;
            g.append('text').attr('class', 'name').attr('text-anchor', last ? 'end' : i ? 'middle' : 'start')
                .attr('x', last ? p.right - 2 : i ? 0 : -p.left + 4).attr('y', i % 2 ? 14 : 30).text(label(a.column))
                .append('title').text(a.column.doc + (a.column.unit ? ' (' + a.column.unit + ')' : ''));
            addBrush(g.append('g'), a);
        });
    }

    /* Axes that were there before keep their brushes: all are equally high. */
    function addBrush(g, axis) {
        const before = state.brush.get(axis.column.name), brush = makeBrush(axis);
        g.call(brush).selectAll('.handle').style('fill', 'none');
        if (before)
            g.call(brush.move, before.extent);
    }

    function label(c) {
        return c.name.length > 20 ? c.name.slice(0, 19) + '\u2026' : c.name;
    }

    function makeBrush(axis) {
        return d3.brushY().extent([[-14, parallel.top - 8], [14, parallel.height - parallel.bottom + 8]])
            .on('brush end', function () {
                const extent = d3.brushSelection(this);
                const said = attempt(() => extent && axis.condition(extent[0], extent[1]));
                if (said.got || said.wrong)
                    state.brush.set(axis.column.name, { extent: extent, text: said.got, wrong: said.wrong });
                else
                    state.brush.delete(axis.column.name);
                changed();
            });
    }

    function line(pen, row) {
        parallel.axes.forEach((a, i) => {
            if (i)
                pen.lineTo(a.x, a.at(row));
            else
                pen.moveTo(a.x - (parallel.axes.length > 1 ? 0 : 8), a.at(row));
        });
        if (parallel.axes.length === 1)
            pen.lineTo(parallel.axes[0].x + 8, parallel.axes[0].at(row));
    }

    function lines(pen, list, colour, alpha) {
        pen.strokeStyle = colour;
        pen.globalAlpha = alpha;
        list.forEach(row => {
            pen.beginPath();
            line(pen, row);
            pen.stroke();
        });
        pen.globalAlpha = 1;
    }

    function drawParallel(colour) {
        const p = parallel, pen = p.plot.pen(), worth = byWorth(state.selected);
        const all = state.selected.length === state.rows.length;
        pen.clearRect(0, 0, p.plot.canvas.width, p.plot.canvas.height);
        pen.lineWidth = 1;
        if (!all)
            drawBack(colour);
        lines(pen, worth.rest, colour.rest, thin(worth.rest.length));
        pen.lineWidth = worth.best.length > 300 ? 1 : 1.6;
        worth.best.forEach(row => lines(pen, [row], colour.of(state.best.get(row)), Math.min(0.9, 2 * thin(worth.best.length))));
    }

    /* Rows that are not selected change with the axes alone: drawn once and kept. */
    function drawBack(colour) {
        const p = parallel, shape = [p.plot.canvas.width, colour.faint, state.set, state.axes.join()].join(' ');
        if (!p.back || p.shape !== shape) {
            p.shape = shape;
            p.back = document.createElement('canvas');
            p.back.width = p.plot.canvas.width;
            p.back.height = p.plot.canvas.height;
            const pen = p.back.getContext('2d'), sharp = window.devicePixelRatio || 1;
            pen.setTransform(sharp, 0, 0, sharp, 0, 0);
            lines(pen, state.rows, colour.faint, Math.max(0.1, thin(state.rows.length)));
        }
        p.plot.pen().drawImage(p.back, 0, 0, p.plot.canvas.width / (window.devicePixelRatio || 1), p.height);
    }

    function thin(n) {
        return Math.max(0.08, Math.min(0.8, 5 / Math.sqrt(n || 1)));
    }

    /* ---- scatter ---- */

    const scatter = { height: 340, top: 12, bottom: 36, left: 64, right: 14, dots: [], at: -1 };

    function layScatter() {
        const s = scatter, width = Math.max(220, s.plot.box.parentNode.clientWidth);
        s.plot.resize(width, s.height);
        s.x = pageScales.make(named.get(state.x), state.rows, 31, s.left + EDGE, width - s.right - EDGE);
        s.y = pageScales.make(named.get(state.y), state.rows, 37, s.height - s.bottom - EDGE, s.top + EDGE);
        s.plot.svg.selectAll('*').remove();
        side('translate(0,' + (s.height - s.bottom + 4) + ')', d3.axisBottom(s.x.scale), s.x);
        side('translate(' + (s.left - 4) + ',0)', d3.axisLeft(s.y.scale), s.y);
        hideTip();
    }

    function side(where, axis, scale) {
        const g = scatter.plot.svg.append('g').attr('transform', where).call(scale.ticks(axis));
        if (scale.none !== null)
            g.append('text').attr(scale === scatter.x ? 'x' : 'y', scale.none)
                .attr(scale === scatter.x ? 'y' : 'x', scale === scatter.x ? 18 : -9)
                .attr('text-anchor', scale === scatter.x ? 'middle' : 'end').text('none');
    }

    function dot(pen, row, radius) {
        pen.beginPath();
        pen.arc(scatter.x.at(row), scatter.y.at(row), radius, 0, 2 * Math.PI);
        pen.fill();
    }

    function drawScatter(colour) {
        const s = scatter, pen = s.plot.pen(), worth = byWorth(state.selected);
        const radius = state.rows.length > 2000 ? 2 : 3;
        pen.clearRect(0, 0, s.plot.canvas.width, s.plot.canvas.height);
        pen.fillStyle = colour.faint;
        if (state.selected.length < state.rows.length)
            state.rows.forEach(row => dot(pen, row, radius));
        pen.fillStyle = colour.rest;
        pen.globalAlpha = Math.max(0.25, Math.min(0.8, 20 / Math.sqrt(worth.rest.length || 1)));
        worth.rest.forEach(row => dot(pen, row, radius));
        pen.globalAlpha = 1;
        worth.best.forEach(row => {
            pen.fillStyle = colour.of(state.best.get(row));
            dot(pen, row, radius + 0.5);
        });
        if (s.of !== state.selected || s.by !== s.x) {
            s.of = state.selected;
            s.by = s.x;
            s.dots = s.of.slice().sort((a, b) => s.x.at(a) - s.x.at(b) || s.y.at(a) - s.y.at(b));
        }
        if (s.at >= 0 && s.dots.includes(s.at))
            ring(pen, colour, s.at);
    }

    function ring(pen, colour, row) {
        pen.strokeStyle = colour.ink;
        pen.lineWidth = 2;
        pen.beginPath();
        pen.arc(scatter.x.at(row), scatter.y.at(row), 7, 0, 2 * Math.PI);
        pen.stroke();
    }

    function nearest(x, y) {
        let found = -1, least = NEAR * NEAR;
        scatter.dots.forEach(row => {
            const dx = scatter.x.at(row) - x, dy = scatter.y.at(row) - y, far = dx * dx + dy * dy;
            if (far < least) {
                least = far;
                found = row;
            }
        });
        return found;
    }

    function hideTip() {
        scatter.at = -1;
        if (scatter.tip)
            scatter.tip.hidden = true;
    }

    function showTip(row) {
        const s = scatter, tip = s.tip, x = s.x.at(row), y = s.y.at(row), wide = s.plot.box.clientWidth;
        s.at = row;
        clear(tip);
        columns.filter(c => !missing(c.value[row])).forEach(c => {
            const d = make(tip, 'div', {});
            make(d, c.name === 'key' || c.name === state.x || c.name === state.y ? 'b' : 'span', {},
                 c.name + ' ' + shown(c.value[row], c.unit));
        });
        tip.hidden = false;
        tip.style.left = Math.max(0, x > wide / 2 ? x - tip.offsetWidth - 12 : x + 12) + 'px';
        tip.style.top = Math.max(0, Math.min(y - 20, s.height - 60)) + 'px';
    }

    function point(row) {
        if (row === scatter.at)
            return;
        if (row < 0)
            hideTip();
        else
            showTip(row);
        drawScatter(colours());
    }

    /* Arrow keys go through the selected dots from left to right. */
    function step(event) {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key], n = scatter.dots.length;
        if (event.key === 'Escape')
            point(-1);
        if (!by || !n)
            return;
        event.preventDefault();
        const now = scatter.dots.indexOf(scatter.at);
        point(scatter.dots[now < 0 ? (by > 0 ? 0 : n - 1) : Math.max(0, Math.min(n - 1, now + by))]);
    }

    function placeScatter(parent) {
        const bar = make(parent, 'div', { class: 'bar' });
        const names = columns.filter(c => !c.text && c.name !== 'key').map(c => c.name);
        ['x', 'y'].forEach(which => chooser(bar, which === 'x' ? 'Across' : 'Up', names, state[which], name => {
            state[which] = name;
            layScatter();
            drawScatter(colours());
        }));
        const s = scatter;
        s.plot = layers(make(parent, 'div', {}), 'trials by two columns; arrow keys go through the selected ones');
        s.plot.canvas.tabIndex = 0;
        s.plot.svg.style('pointer-events', 'none');
        s.tip = make(s.plot.box, 'div', { class: 'tip', role: 'status' });
        s.tip.hidden = true;
        s.plot.canvas.addEventListener('mousemove', e => point(nearest(e.offsetX, e.offsetY)));
        s.plot.canvas.addEventListener('click', e => point(nearest(e.offsetX, e.offsetY)));
        s.plot.canvas.addEventListener('mouseleave', () => point(-1));
        s.plot.canvas.addEventListener('keydown', step);
    }

    /* ---- what is selected, in words ---- */

    const words = {};

    function mean(list) {
        const v = list.filter(i => isOk(i) && !missing(valid.value[i])).map(i => valid.value[i]);
        return v.length ? { n: v.length, mean: d3.sum(v) / v.length } : { n: 0 };
    }

    function sayWrong() {
        const left = Array.from(state.brush).filter(b => b[1].wrong)
            .map(b => 'the brush on ' + b[0] + ' is left out: ' + b[1].wrong);
        words.wrong.textContent = [state.wrong].concat(left, state.unsaid).filter(x => x).join('; ');
    }

    function sayCount() {
        const m = valid ? mean(state.selected) : { n: 0 };
        words.count.textContent = state.selected.length + ' of ' + state.rows.length + ' trials selected; ' +
            (m.n ? 'mean validation accuracy ' + m.mean.toFixed(2) + ' % over the ' + m.n + ' that are ok'
                 : 'no validation accuracy among them');
    }

    function sayCommand() {
        const where = state.unsaid ? '' : together([data.where, own()]);
        words.command.textContent = state.unsaid ? '' : 'lutreport ' + data.files + (where ? ' --where ' + pageConditions.shellWord(where) : '');
    }

    function listed(list) {
        if (!list.length)
            return 'No trial is selected';
        return valid && mean(list).n ? 'The best of the selection by validation accuracy'
                                     : 'The first of the selection: none that is ok has a validation accuracy';
    }

    function sayBest() {
        const list = state.selected.slice(), first = ['key', 'valid_accuracy', 'test_accuracy', size()];
        const show = first.map(name => named.get(name)).concat(columns.filter(c => c.role === 'knob' && c !== sets)).filter(c => c);
        if (valid)
            list.sort((a, b) => isOk(b) - isOk(a) || (missing(valid.value[a]) - missing(valid.value[b])) ||
                                valid.value[b] - valid.value[a] || a - b);
        clear(words.table);
        make(words.table, 'caption', {}, listed(list) + (list.length > LISTED ? ', ' + LISTED + ' of ' + list.length : ''));
        const head = make(make(words.table, 'thead', {}), 'tr', {});
        show.forEach(c => make(head, 'th', { title: c.doc, class: c.text ? 't' : 'n' }, c.name));
        const body = make(words.table, 'tbody', {});
        list.slice(0, LISTED).forEach(row => {
            const tr = make(body, 'tr', {});
            show.forEach(c => make(tr, 'td', { class: c.text ? 't' : 'n' }, shown(c.value[row], c.unit)));
        });
    }

    function csv() {
        const cell = v => (missing(v) ? '' : /[",\r\n#]/.test(v) ? '"' + String(v).replace(/"/g, '""') + '"' : v);
        return [columns.map(c => cell(c.name)).join(',')]
            .concat(state.selected.map(i => columns.map(c => cell(c.value[i])).join(',')))
            .join('\n') + '\n';
    }

    function save() {
        const url = URL.createObjectURL(new Blob([csv()], { type: 'text/csv' }));
        const a = make(root, 'a', { href: url, download: 'selection.csv' });
        a.click();
        a.remove();
        setTimeout(() => URL.revokeObjectURL(url), 1000);
    }

    /* Pages from disk may have no clipboard: then the text is marked, ready for the keys. */
    function copy() {
        const marks = window.getSelection();
        marks.selectAllChildren(words.command);
        if (navigator.clipboard)
            navigator.clipboard.writeText(words.command.textContent).catch(() => {});
        else
            document.execCommand('copy');
    }

    /* ---- controls ---- */

    let waiting = 0;

    function draw() {
        waiting = 0;
        const colour = colours();
        drawParallel(colour);
        drawScatter(colour);
        sayBest();
    }

    function changed() {
        select();
        sayWrong();
        sayCount();
        sayCommand();
        if (!waiting)
            waiting = requestAnimationFrame(draw);
    }

    function lay() {
        layParallel();
        layScatter();
    }

    /* Brushes go with their axes. */
    function again() {
        Array.from(state.brush.keys()).filter(name => !state.axes.includes(name))
            .forEach(name => state.brush.delete(name));
        lay();
        changed();
    }

    function selectAll() {
        words.filter.value = '';
        state.wrong = state.filter = '';
        state.brush.clear();
        again();
    }

    function setFilter(text) {
        state.wrong = attempt(() => text.trim() && parse(text, columns)).wrong || '';
        if (!state.wrong)
            state.filter = text.trim();
        changed();
    }

    function setSet(name) {
        state.set = name;
        state.rows = range(data.rows).filter(i => name === null || sets.value[i] === name);
        rankRows();
        state.axes = defaultAxes();
        state.brush.clear();
        legend();
        ticks();
        again();
    }

    function varies(c) {
        const first = c.value[state.rows[0]];
        return state.rows.some(i => String(c.value[i]) !== String(first));
    }

    /* Where inputs are real there is no lut6. */
    function size() {
        return ['lut6', 'lut6_core', 'luts'].find(name => named.has(name));
    }

    function defaultAxes() {
        const knobs = columns.filter(c => c.role === 'knob' && c !== sets && varies(c)).slice(0, MOST_AXES - 3);
        const ends = ['train_seconds', size(), 'valid_accuracy'];
        return knobs.map(c => c.name).concat(ends.filter(name => named.has(name)));
    }

    /* Test columns are no axes: axes are brushed. */
    function ticks() {
        const box = words.axes;
        clear(box);
        columns.filter(c => c.role !== 'key' && c.role !== 'test' && c !== sets).forEach(c => {
            const l = make(box, 'label', { title: c.doc });
            const tick = make(l, 'input', { type: 'checkbox' });
            l.appendChild(document.createTextNode(' ' + c.name));
            tick.checked = state.axes.includes(c.name);
            tick.addEventListener('change', () => {
                const on = new Set(state.axes);
                if (tick.checked)
                    on.add(c.name);
                else
                    on.delete(c.name);
                state.axes = columns.map(x => x.name).filter(name => on.has(name) && name !== 'valid_accuracy')
                    .concat(on.has('valid_accuracy') ? ['valid_accuracy'] : []);
                again();
            });
        });
    }

    function legend() {
        const p = words.legend;
        clear(p);
        if (!state.best.size) {
            p.textContent = 'No trial has a validation accuracy: none is coloured.';
            return;
        }
        [['linear-gradient(90deg,var(--best),var(--good))', 'the best tenth by validation accuracy, the best first'],
         ['var(--rest)', 'the others'], ['var(--faint)', 'not selected']].forEach(entry => {
            make(p, 'span', { class: 'key', style: 'background:' + entry[0] });
            p.appendChild(document.createTextNode(entry[1] + ' '));
        });
    }

    function placeFilter() {
        const bar = make(root, 'div', { class: 'bar' });
        if (sets)
            chooser(bar, 'Data set', Array.from(new Set(sets.value)).sort(), state.set, setSet);
        const l = make(bar, 'label', { class: 'wide' }, 'Filter, as --where has it');
        words.filter = make(l, 'input', { type: 'text', spellcheck: 'false', autocomplete: 'off',
                                          'aria-describedby': 'explore-wrong', placeholder: 'lut_rank = 6 and luts < 2000' });
        words.filter.addEventListener('input', () => setFilter(words.filter.value));
        button(bar, 'Select all', selectAll);
        words.wrong = make(root, 'div', { class: 'wrong', id: 'explore-wrong', role: 'alert' });
    }

    function placeWords() {
        words.count = make(root, 'p', { 'aria-live': 'polite', id: 'explore-count' });
        words.command = make(root, 'pre', { class: 'command', id: 'explore-command' });
        const bar = make(root, 'div', { class: 'bar' });
        button(bar, 'Copy the command', copy);
        button(bar, 'Save the selection as CSV', save);
    }

    function placeNotes() {
        const left = data.left_out.length ? 'Left out for the size of the page: ' + data.left_out.join(', ') + '. ' : '';
        const more = data.more ? 'The first ' + data.rows + ' trials; ' + data.more + ' more are left out: --where chooses.' : '';
        if (left + more)
            make(root, 'p', { class: 'soft' }, left + more);
    }

    function build() {
        make(root, 'h2', {}, 'Explore the trials');
        make(root, 'p', { class: 'soft' }, 'Drag along an axis to select by it, click beside the mark to let go; ' +
            'the filter selects by words. Test accuracy is shown and not selected by.');
        placeFilter();
        const card = make(root, 'div', { class: 'card' });
        words.legend = make(card, 'p', { class: 'soft' });
        place(card);
        const details = make(card, 'details', {});
        make(details, 'summary', {}, 'Axes');
        words.axes = make(details, 'fieldset', { 'aria-label': 'Axes' });
        placeWords();
        placeScatter(make(root, 'div', { class: 'card' }));
        words.table = make(make(root, 'div', { class: 'scroll' }), 'table', {});
        placeNotes();
    }

    function link() {
        const before = document.querySelector('nav a[href="#run"]');
        if (!before)
            return;
        const a = document.createElement('a');
        a.href = '#explore';
        a.textContent = 'explore';
        before.parentNode.insertBefore(a, before);
    }

    /* page.html#where=CONDITION opens with a filter. */
    function fromAddress() {
        const given = /^#where=(.*)/.exec(location.hash);
        if (!given)
            return;
        const text = attempt(() => decodeURIComponent(given[1]));
        words.filter.value = text.wrong ? '' : text.got;
        setFilter(words.filter.value);
        if (text.wrong)
            state.wrong = 'what is behind #where= in the address is no text: % itself is written %25';
        sayWrong();
        root.scrollIntoView();
    }

    function start() {
        const numbers = columns.filter(c => !c.text);
        if (!data.rows || !numbers.length)
            return;
        state.x = size() || numbers[0].name;
        state.y = ['valid_accuracy', 'test_accuracy'].find(name => named.has(name)) || numbers[numbers.length - 1].name;
        root.hidden = false;
        build();
        link();
        setSet(state.set);
        fromAddress();
        cancelAnimationFrame(waiting);
        draw();
        root.dataset.drawn = Math.round(performance.now()); /* ms since the page was asked for */
        window.addEventListener('hashchange', fromAddress);
        let width = root.clientWidth;
        window.addEventListener('resize', () => {
            if (root.clientWidth !== width) {
                width = root.clientWidth;
                again();
            }
        });
        window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
            parallel.back = null;
            draw();
        });
    }

    start();
})();
