import { STATES, type PeriodState, type PeriodView, type ReconciliationView } from '../../model/live.js';
import { count } from '../../text/quantity.js';
import { fit, line, lineWidth, span, type Line } from '../cells.js';
import { strip } from '../meter.js';
import { heading, paragraph, stack, stateSpan } from '../panels.js';
import { defineScreen, type Room } from '../screen.js';
import { STATE_MARKS, THEME, UNKNOWN, type Mark } from '../theme.js';
import { clean, moment, quantity, since } from '../words.js';
import { keyLines, keyPanels } from './reconciliation-panels.js';

/** How a period stands. What is late will come; what is lost will not. */
const PERIOD_MARKS: Readonly<Record<PeriodState, Mark>> = {
  equal: { glyph: '●', word: 'equal', style: THEME.ok },
  late: { glyph: '›', word: 'late, not lost', style: THEME.label },
  candidate: { glyph: '▲', word: 'differs, unconfirmed', style: THEME.warning },
  confirmed: { glyph: '✖', word: 'differs', style: THEME.breach },
  provisional: { glyph: '○', word: 'provisional', style: THEME.label },
  unread: { glyph: '◌', word: 'not read', style: THEME.unknown },
};

/** Both sides of each pair, cut at the same moment of the source. */
export const screen = defineScreen<ReconciliationView>({
  id: 'reconciliation',
  title: 'Reconcile',
  rows: ({ reconciliations }) => reconciliations,
  key: ({ name }) => name,
  subjects: ({ source, target }) => [source, target],
  columns: [
    { title: 'PAIR', priority: 1, min: 13, max: 22, sort: 'name', cell: ({ name }) => clean(name) },
    { title: 'METHOD', priority: 10, min: 14, max: 20, only: 130, cell: ({ method }) => clean(method) },
    { title: 'AS OF', priority: 8, min: 9, max: 17, only: 'wide', cell: ({ as_of }, { now, width }) => (width < 17 ? moment(as_of, now).slice(0, width) : moment(as_of, now)) },
    { title: 'SOURCE ROWS', priority: 5, min: 11, max: 13, align: 'right', cell: ({ source_rows }) => quantity(source_rows, 'count') },
    { title: 'TARGET ROWS', priority: 6, min: 11, max: 13, align: 'right', cell: ({ target_rows }) => quantity(target_rows, 'count') },
    { title: 'MISSING', priority: 3, min: 7, max: 8, align: 'right', sort: 'missing', cell: ({ missing_rows, state }) => rows(missing_rows, state) },
    { title: 'EXTRA', priority: 4, min: 6, max: 8, align: 'right', sort: 'extra', cell: ({ extra_rows, state }) => rows(extra_rows, state) },
    { title: 'LATE', priority: 7, min: 5, max: 7, align: 'right', cell: ({ late_rows, state }) => rows(late_rows, state) },
    { title: 'TOOK', priority: 9, min: 7, max: 8, align: 'right', only: 'wide', cell: ({ took_ms }) => quantity(took_ms, 'ms') },
    { title: 'STATE', priority: 2, min: 12, max: 24, sort: 'state', cell: ({ state, detail }) => [stateSpan(state, detail)] },
  ],
  sorts: [
    { name: 'state', value: ({ state }) => STATES.indexOf(state), descending: false },
    { name: 'missing', value: ({ missing_rows }) => missing_rows, descending: true },
    { name: 'extra', value: ({ extra_rows }) => extra_rows, descending: true },
    { name: 'name', value: ({ name }) => clean(name).toLowerCase(), descending: false },
  ],
  fields: {
    name: { text: ({ name }) => name },
    state: { text: ({ state, detail }) => `${state} ${detail}` },
    source: { text: ({ source }) => source },
    target: { text: ({ target }) => target },
    missing: { number: ({ missing_rows }) => missing_rows, unit: 'count' },
    extra: { number: ({ extra_rows }) => extra_rows, unit: 'count' },
    late: { number: ({ late_rows }) => late_rows, unit: 'count' },
    keys: { text: ({ keys }) => keysText(keys) },
  },
  isProblem: ({ state }) => state !== 'ok',
  summary: ({ reconciliations }) => [count(reconciliations.length, 'pair'), 'read-only'],
  empty: () => [
    'no pair of relations is compared',
    'name both sides in tidemark.yaml:  reconcile: [{ name, source: { store, relation, time_column }, target: { store, relation, time_column }, sums: [column], every: 6h }]',
  ],
  below,
  sentence: ({ cause }) => cause,
  copy: ({ cause }) => ({ what: 'the sentence', text: () => clean(cause, 2_000) }),
});

/** For filters: how the newest pass over keys ended, its kinds and columns. */
function keysText(keys: ReconciliationView['keys']): string {
  if (keys?.report == null) return keys === undefined ? '' : 'none';
  const { state, counts, differences } = keys.report;
  return [state, ...counts.map(({ kind, standing }) => `${kind} ${standing}`), ...differences.flatMap(({ columns }) => columns)].join(' ');
}

/** A difference of a pair that was not looked at is not nought. */
function rows(number: number, state: ReconciliationView['state']): string {
  return state === 'unknown' && number === 0 ? UNKNOWN : quantity(number, 'count');
}

function below(pair: ReconciliationView | null, room: Room): Line[] {
  if (pair === null) return [];
  const { view, width } = room;
  const names = span(` ${clean(pair.source, 50)} → ${clean(pair.target, 50)}`);
  const how = span(`   ${clean(pair.method, 40)}, as of ${moment(pair.as_of, view.at)}`, THEME.label);
  const sides: Line[] = lineWidth([names, how]) <= width ? [[names, how]] : [[names], [how]];
  const passes = pair.passes.slice(-(width - 16)).map((state) => ({ glyph: STATE_MARKS[state].glyph, style: STATE_MARKS[state].style }));
  return stack(
    [
      { rank: 1, lines: [...sides, ...periodStrip(pair, width), ...keyLines(pair, room)] },
      { rank: 2, lines: differing(pair, room) },
      ...keyPanels(pair, room),
      { rank: 5, lines: room.expanded ? [heading('WHY'), ...paragraph(pair.cause, width)] : [] },
      { rank: 3, lines: passes.length === 0 ? [] : [[span(' PASSES   ', THEME.label), ...strip(passes), span(' now', THEME.label)]] },
    ],
    room,
  );
}

function periodStrip({ periods, keys }: ReconciliationView, width: number): Line[] {
  // A pair that is compared by key alone has none.
  if (periods.length === 0 && keys !== undefined) return [];
  if (periods.length === 0) return [line('   no period has been read yet', THEME.label)];
  // Oldest first, as time runs; the newest must be seen.
  const shown = periods.slice(0, width - 30).reverse();
  const present = new Set(shown.map(({ state }) => state));
  const legend = Object.entries(PERIOD_MARKS).filter(([state]) => [...present].some((known) => known === state)).map(([, { glyph, word }]) => `${glyph} ${word}`).join('   ');
  const cells = shown.map(({ state }) => PERIOD_MARKS[state]);
  return [
    [span(` ${clean(shown[0]?.period ?? '', 16)} `, THEME.label), ...strip(cells), span(` ${clean(shown.at(-1)?.period ?? '', 16)}`, THEME.label)],
    line(`   ${legend}`, THEME.label),
  ];
}

/** Periods that are not equal, newest first, as a small table. */
function differing({ periods }: ReconciliationView, { view, wide, expanded, height }: Room): Line[] {
  const different = periods.filter(({ state }) => state !== 'equal');
  if (different.length === 0) return [];
  const shown = different.slice(0, expanded ? different.length : Math.max(3, height - 10));
  const head = ` ${fit('PERIOD', 17)}${fit('SOURCE', 11, 'right')}${fit('TARGET', 11, 'right')}${fit('DIFFERENCE', 12, 'right')}  ${wide ? fit('SUMS', 34) : ''}${fit('STATE', 24)}${wide ? 'SINCE' : ''}`;
  return [
    line(head, THEME.label),
    ...shown.map((period) => periodLine(period, view.at, wide)),
    ...(different.length > shown.length ? [line(` and ${different.length - shown.length} more: e shows all`, THEME.label)] : []),
  ];
}

function periodLine(period: PeriodView, now: number, wide: boolean): Line {
  const { source_rows, target_rows, state } = period;
  const mark = PERIOD_MARKS[state];
  const gap = source_rows === null || target_rows === null ? null : target_rows - source_rows;
  const difference = gap === null ? UNKNOWN : gap > 0 ? `+${quantity(gap, 'count')}` : quantity(gap, 'count');
  return [
    span(` ${fit(clean(period.period), 17)}${fit(quantity(source_rows, 'count'), 11, 'right')}${fit(quantity(target_rows, 'count'), 11, 'right')}${fit(difference, 12, 'right')}  `),
    ...(wide ? [span(fit(sumsText(period), 34))] : []),
    span(fit(`${mark.glyph} ${mark.word}`, 24), mark.style),
    ...(wide ? [span(period.since === null ? '' : since(period.since, now), THEME.label)] : []),
  ];
}

function sumsText({ sums }: PeriodView): string {
  if (sums.length === 0) return '';
  const wrong = sums.filter(({ equal }) => !equal);
  if (wrong.length === 0) return 'sums agree';
  return wrong.map(({ column, gap_ratio }) => `${clean(column, 16)} ${gap_ratio === null ? 'differs' : `off by ${quantity(Math.abs(gap_ratio), 'share')}`}`).join(', ');
}
