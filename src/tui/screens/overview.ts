import { STATES, type FindingView, type LiveView, type ObjectiveView, type PathNode } from '../../model/live.js';
import { fit, fitLine, line, span, widthOf, type Line, type Span } from '../cells.js';
import { worstOverTime } from '../history.js';
import { bar, recent, sparkline, strip, window } from '../meter.js';
import { glyphSpan, heading, ruled, stack, type Panel } from '../panels.js';
import { defineScreen, type Room } from '../screen.js';
import type { CellContext } from '../table.js';
import { count } from '../../text/quantity.js';
import { LEVEL_MARKS, NEW, STATE_MARKS, THEME, UNKNOWN } from '../theme.js';
import { clean, shortClock, since } from '../words.js';

/** How every objective stands, worst first, between the way of the data and what has changed lately. */
export const screen = defineScreen<ObjectiveView>({
  id: 'overview',
  title: 'Overview',
  rows: ({ objectives }) => objectives,
  key: ({ id }) => id,
  subjects: ({ subject }) => [subject],
  columns: [
    { title: '', priority: 1, min: 1, max: 1, only: 'narrow', cell: ({ state }) => [glyphSpan(state)] },
    { title: 'OBJECTIVE', priority: 2, min: 17, max: 32, sort: 'name', cell: ({ name }) => clean(name) },
    { title: 'TARGET', priority: 5, min: 9, max: 14, align: 'right', cell: ({ target }) => clean(target) },
    { title: 'NOW', priority: 4, min: 9, max: 12, align: 'right', cell: ({ now }) => (now === null ? UNKNOWN : clean(now)) },
    {
      title: '1 h', priority: 6, min: 8, max: 24, grows: true,
      cell: ({ history, limit }, { now, width }) => [span(history === null ? '' : sparkline(recent(history, now, 3600, width), limit), THEME.series)],
    },
    { title: 'BUDGET', priority: 7, min: 10, max: 10, only: 'wide', cell: ({ budget }, { width }) => (budget === null ? '' : bar(budget.left, width)) },
    { title: 'STATE', priority: 3, min: 16, max: 34, sort: 'state', cell: (row, context) => stateText(row, context) },
  ],
  sorts: [
    { name: 'state', value: ({ state }) => STATES.indexOf(state), descending: false },
    { name: 'since', value: ({ since: from }) => from, descending: true },
    { name: 'name', value: ({ name }) => clean(name).toLowerCase(), descending: false },
  ],
  fields: {
    name: { text: ({ name }) => name },
    state: { text: ({ state }) => state },
    kind: { text: ({ kind }) => kind },
    detail: { text: ({ detail }) => detail },
  },
  isProblem: ({ state }) => state !== 'ok',
  tableShare: 0.6,
  summary: ({ objectives }) => [count(objectives.length, 'objective')],
  empty,
  above: path,
  below: (_row, room) => lately(room),
  sentence: ({ sentence }) => sentence,
  copy: ({ sentence }) => ({ what: 'the sentence', text: () => clean(sentence, 2_000) }),
  leadsTo: ({ screen, subject }) => ({ screen, subject }),
});

/** Glyph, what is the matter, and since when; a narrow table has the glyph in front, and the time where there is room. */
function stateText({ state, detail, since: from }: ObjectiveView, { now, width, wide }: CellContext): Line {
  const { glyph, word, style } = STATE_MARKS[state];
  const said = `${wide ? `${glyph} ` : ''}${detail === '' ? word : clean(detail, 40)}`;
  const lasts = state === 'ok' || from === null ? '' : `  ${since(from, now)}`;
  return [span(widthOf(said + lasts) <= width ? said + lasts : said, style)];
}

function empty(view: LiveView): string[] {
  const failing = view.probes.flatMap(({ store, failure }) => (failure === null ? [] : [`${store}: ${failure.message}; ${failure.next_step}`]));
  if (failing.length > 0) return ['nothing could be looked at yet', ...new Set(failing.map((text) => clean(text)))];
  return [
    'nothing to watch has been found yet',
    'replication slots, standbys, control tables with watermarks and dbt projects are found without being named, within a minute',
    'name the rest in tidemark.yaml: data_products with their freshness, streams with their lag, pairs under reconcile',
    'what may not be looked at is listed under 7 Probes, with the grant that mends it',
  ];
}

const NODE_LEAST = 16;

/** The way of the data: each node with its state, and what is known of it below. */
function path({ view, width }: Room): Line[] {
  const count = view.path.length;
  if (count === 0) return [];
  const cells = Math.floor((width - 3) / count);
  if (cells < NODE_LEAST) return [];
  const names: Span[] = [span('   ')];
  view.path.forEach((node, index) => {
    const name = clean(node.name, cells - 5);
    const last = index === count - 1;
    const room = cells - 2 - (last ? 0 : 2);
    names.push(glyphSpan(node.state), span(' '), span(fit(name, Math.min(name.length, room)), THEME.title));
    if (!last) names.push(span(` ${'─'.repeat(Math.max(0, room - name.length))} `, THEME.label));
  });
  const depth = Math.min(3, Math.max(...view.path.map(({ lines }) => lines.length)));
  const below = Array.from({ length: depth }, (_, row) => pathLine(view.path, row, cells));
  return [heading('PATH'), names, ...below];
}

function pathLine(nodes: readonly PathNode[], row: number, cells: number): Line {
  return [span('   '), ...nodes.map(({ lines }) => span(fit(`  ${clean(lines[row] ?? '', cells - 3)}`, cells), row === 0 ? undefined : THEME.label))];
}

/** Findings, changes of state and the day: what one looks at after the objectives. */
function lately(room: Room): Line[] {
  const { view, wide } = room;
  const panels: Panel[] = wide
    ? [{ rank: 1, lines: findingsAndEvents(room) }]
    : [
        { rank: 2, lines: view.findings.slice(0, room.expanded ? 200 : 3).map((finding) => findingLine(finding, room.width)) },
        { rank: 1, lines: view.events.slice(0, room.expanded ? 200 : 3).map((event) => eventLine(event, room.width)) },
      ];
  return stack([...panels, { rank: 3, lines: day(room) }], room);
}

function findingsAndEvents(room: Room): Line[] {
  const { view, width, height, expanded } = room;
  const fresh = view.findings.filter(({ is_new }) => is_new).length;
  const shown = expanded ? 200 : Math.max(3, Math.min(8, height - 5));
  const leftWidth = Math.floor(width * 0.52);
  const left: Line[] = [
    [span(' FINDINGS', THEME.label), span(view.findings.length === 0 ? '' : `   ${view.findings.length}`, THEME.label), ...(fresh > 0 ? [span('   '), span(`${NEW} ${fresh} new`, THEME.new)] : [])],
    ...view.findings.slice(0, shown).map((finding) => findingLine(finding, leftWidth)),
  ];
  const right: Line[] = [line('EVENTS', THEME.label), ...view.events.slice(0, shown).map((event) => eventLine(event, width).slice(1))];
  if (view.findings.length === 0) left.push(line(' none, or no audit has been run', THEME.label));
  if (view.events.length === 0) right.push(line('no change of state yet', THEME.label));
  return ruled(left, right, room, leftWidth);
}

function findingLine({ rule, level, subject, cost, is_new }: FindingView, width: number): Line {
  const { glyph, style } = LEVEL_MARKS[level];
  const costs = clean(cost, 12);
  const ruleWidth = Math.min(30, Math.floor(width * 0.42));
  const subjectWidth = width - ruleWidth - 17;
  return fitLine(
    [
      span(` ${glyph} `, style),
      span(fit(clean(rule), ruleWidth)),
      span(` ${fit(clean(subject), subjectWidth)}`),
      span(` ${fit(costs, 9, 'right')} `, THEME.label),
      ...(is_new ? [span(NEW, THEME.new)] : []),
    ],
    width,
  );
}

function eventLine({ at, to, text }: LiveView['events'][number], width: number): Line {
  return fitLine([span(' '), span(`${shortClock(at)}Z `, THEME.label), glyphSpan(to), span(` ${clean(text, 300)}`)], width);
}

const DAY_SECONDS = 86_400;

/** The worst state of each part of the last day. */
function day({ view, width }: Room): Line[] {
  if (view.objectives.length === 0) return [];
  const cells = width - 13;
  const { from, to } = window(view.at, DAY_SECONDS, cells);
  const states = worstOverTime(view, from, to, cells);
  const marks = states.map((state) => (state === null ? { glyph: '·', style: THEME.unknown } : { glyph: STATE_MARKS[state].glyph, style: STATE_MARKS[state].style }));
  const step = Math.floor(cells / 6);
  const times = Array.from({ length: 6 }, (_, index) => fit(`${shortClock(from + (index * step * DAY_SECONDS) / cells)}Z`, step)).join('');
  return [
    [span(' 24 h   ', THEME.label), ...strip(marks), span(' now', THEME.label)],
    [span(`        ${fit(times, cells)}`, THEME.label)],
  ];
}
