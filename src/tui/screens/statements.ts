import type { StatementView } from '../../model/live.js';
import { count } from '../../text/quantity.js';
import { fit, line, span, wrap, type Line } from '../cells.js';
import { recent, sparkline } from '../meter.js';
import { facts, heading, ruled, stack } from '../panels.js';
import { defineScreen, type Room } from '../screen.js';
import { LEVEL_MARKS, NEW, THEME, UNKNOWN } from '../theme.js';
import { clean, cleanLines, COPY_MAX, clock, compact, moment, quantity, work } from '../words.js';

const LEVELS: readonly (keyof typeof LEVEL_MARKS)[] = ['error', 'warning', 'note'];

/** What production runs, costliest first, and who sends it. */
export const screen = defineScreen<StatementView>({
  id: 'statements',
  title: 'Statements',
  rows: ({ statements }) => statements,
  key: ({ store, role, query_id }) => `${store}/${role}/${query_id ?? 'hidden'}`,
  subjects: ({ query_id, origin }) => [...(query_id === null ? [] : [query_id]), origin],
  columns: [
    { title: 'ORIGIN', priority: 1, min: 22, max: 40, sort: 'origin', cell: ({ origin, role }) => clean(origin === '' ? `role ${role}` : origin) },
    { title: 'STORE', priority: 8, min: 10, max: 20, only: 140, cell: ({ store }) => clean(store) },
    { title: 'CLASS', priority: 7, min: 11, max: 11, only: 'wide', cell: (row) => (row.class === 'unknown' ? [span(`${UNKNOWN} unknown`, THEME.unknown)] : row.class) },
    { title: 'CALLS/S', priority: 4, min: 7, max: 7, align: 'right', sort: 'calls', cell: ({ calls_per_second }) => compact(calls_per_second) },
    { title: 'MEAN', priority: 5, min: 7, max: 8, align: 'right', sort: 'mean', cell: ({ mean_ms }) => quantity(mean_ms, 'ms') },
    { title: 'COST', priority: 2, min: 9, max: 9, align: 'right', sort: 'cost', cell: ({ cost_ms_per_second }) => work(cost_ms_per_second) },
    { title: '1 h', priority: 6, min: 8, max: 12, grows: true, only: 'wide', cell: ({ history }, { now, width }) => [span(sparkline(recent(history, now, 3600, width), null), THEME.series)] },
    { title: 'FINDING', priority: 3, min: 20, max: 36, sort: 'finding', cell: findingCell },
    { title: 'QUERY ID', priority: 9, min: 20, max: 20, only: 160, cell: ({ query_id }) => clean(query_id ?? UNKNOWN) },
    { title: 'STATEMENT', priority: 10, min: 30, max: 200, grows: true, only: 'wide', cell: ({ text }) => (text === null ? UNKNOWN : clean(text, 200)) },
  ],
  sorts: [
    { name: 'cost', value: ({ cost_ms_per_second }) => cost_ms_per_second, descending: true },
    { name: 'finding', value: ({ finding, is_new }) => (finding === null ? null : LEVELS.indexOf(finding.level) * 2 + Number(!is_new)), descending: false },
    { name: 'calls', value: ({ calls_per_second }) => calls_per_second, descending: true },
    { name: 'mean', value: ({ mean_ms }) => mean_ms, descending: true },
    { name: 'origin', value: ({ origin }) => clean(origin).toLowerCase(), descending: false },
  ],
  fields: {
    origin: { text: ({ origin }) => origin },
    role: { text: ({ role }) => role },
    store: { text: ({ store }) => store },
    owner: { text: ({ owner }) => owner ?? '' },
    class: { text: (row) => row.class },
    finding: { text: ({ finding }) => finding?.rule ?? '' },
    new: { text: ({ is_new }) => (is_new ? 'yes' : 'no') },
    sql: { text: ({ text }) => text ?? '' },
    id: { text: ({ query_id }) => query_id ?? '' },
    calls: { number: ({ calls_per_second }) => calls_per_second, unit: 'count' },
    mean: { number: ({ mean_ms }) => mean_ms, unit: 'ms' },
    cost: { number: ({ cost_ms_per_second }) => cost_ms_per_second, unit: 'ms' },
    share: { number: ({ share }) => share, unit: 'share' },
  },
  tableShare: 0.5,
  isProblem: ({ finding, is_new }) => is_new || (finding !== null && finding.level !== 'note'),
  summary: ({ statements, workload }) =>
    [
      count(statements.length, 'statement'),
      ...(workload.new_statements > 0 ? [`${NEW} ${workload.new_statements} new`] : []),
      ...(workload.analytical_share === null ? [] : [`${quantity(workload.analytical_share, 'share')} analytical`]),
    ],
  empty: () => [
    'no statement of production has been seen yet',
    'statements are read from pg_stat_statements; it must be in shared_preload_libraries, and the extension created in the database',
    'a role without pg_read_all_stats sees its own statements only: GRANT pg_monitor TO the role that watches',
  ],
  below,
  sentence,
  copy: ({ text, query_id }) => {
    if (text !== null) return { what: 'the statement', text: () => cleanLines(text, COPY_MAX).join('\n') };
    return query_id === null ? null : { what: 'the query id', text: () => clean(query_id) };
  },
});

function findingCell({ finding, is_new }: StatementView, { width }: { width: number }): Line {
  if (finding === null) return is_new ? [span(`${NEW} new`, THEME.new)] : [];
  const { glyph, style } = LEVEL_MARKS[finding.level];
  return is_new ? [span(fit(`${glyph} ${clean(finding.rule)}`, width - 2), style), span(' '), span(NEW, THEME.new)] : [span(`${glyph} ${clean(finding.rule)}`, style)];
}

function sentence({ origin, role, store, is_new, finding, share, cost_ms_per_second, first_seen_at }: StatementView): string {
  const who = origin === '' ? `role ${role}` : origin;
  const cost = `${who} takes ${work(cost_ms_per_second)} of database time on ${store}, ${quantity(share, 'share')} of all that was seen`;
  const news = is_new ? `; it was not there when the baseline was taken${first_seen_at === null ? '' : `, first seen ${clock(first_seen_at)}`}` : '';
  return `${cost}${news}${finding === null ? '' : `; finding ${finding.rule}`}`;
}

function below(statement: StatementView | null, room: Room): Line[] {
  const notes = workloadLines(room);
  if (statement === null) return stack([{ rank: 1, lines: notes }], room);
  const evidence = evidenceLines(statement, room);
  return stack(
    [
      { rank: 1, lines: sqlLines(statement, room) },
      { rank: 2, lines: room.wide ? ruled(evidence, notes, room) : room.expanded ? evidence : shortEvidence(statement) },
      { rank: 3, lines: room.wide ? [] : notes },
    ],
    room,
  );
}

/** The statement with numbered lines, long ones wrapped. */
function sqlLines({ origin, role, text, owner }: StatementView, { width, height, expanded, wide }: Room): Line[] {
  const title: Line = [span(` ${clean(origin === '' ? `role ${role}` : origin, 60)}`, THEME.title), span(owner === null ? '' : `   owner ${clean(owner, 40)}`, THEME.label)];
  if (text === null) return [title, line('   its text is not known: the server hides it, or it has not been read yet', THEME.label)];
  const room = expanded ? height : Math.max(3, Math.min(12, height - (wide ? 11 : 5)));
  const numbered: Line[] = [];
  for (const [index, content] of cleanLines(text).entries()) {
    // A statement can be longer than anybody scrolls, and frames come often.
    if (numbered.length > room) break;
    const indent = /^ */.exec(content)?.[0] ?? '';
    const wrapped = wrap(content.trim(), width - 9 - indent.length).map((part, piece): Line => [
      span(` ${piece === 0 ? fit(String(index + 1), 3, 'right') : '   '} │ `, THEME.label),
      span(indent + part),
    ]);
    numbered.push(...wrapped);
  }
  if (numbered.length <= room) return [title, ...numbered];
  return [title, ...numbered.slice(0, room - 1), line(`     │ … ${expanded ? 'y copies all' : 'e shows all'}`, THEME.label)];
}

function evidenceLines(statement: StatementView, { view }: Room): Line[] {
  return [
    heading('EVIDENCE'),
    ...facts([
      ['store', statement.store],
      ['role', statement.role],
      ['class', statement.class],
      ['calls', `${compact(statement.calls_per_second)}/s, ${quantity(statement.mean_ms, 'ms')} each`],
      ['cost', `${work(statement.cost_ms_per_second)}, ${quantity(statement.share, 'share')} of all that was seen`],
      ['first seen', statement.first_seen_at === null ? null : moment(statement.first_seen_at, view.at)],
      ['new', statement.is_new ? `${NEW} not there when the baseline was taken` : null],
      ['query id', statement.query_id ?? 'hidden by the server'],
      ['finding', statement.finding === null ? null : `${LEVEL_MARKS[statement.finding.level].glyph} ${clean(statement.finding.rule)}`],
    ]),
  ];
}

function shortEvidence({ role, store, share, query_id }: StatementView): Line[] {
  return [line(` role ${clean(role, 24)} on ${clean(store, 20)}   ${quantity(share, 'share')} of the load   id ${clean(query_id ?? UNKNOWN)}`, THEME.label)];
}

/** What concerns production as a whole: transactions that stay open, and why numbers are too low. */
function workloadLines({ view, expanded }: Room): Line[] {
  const { long_transactions, notes, database_ms_per_second, analytical_share, history } = view.workload;
  const shown = long_transactions.slice(0, expanded ? 50 : 4);
  const transactions = shown.map(({ pid, role, application, age_seconds, session_state, holds_back_vacuum }): Line => [
    span(` ▲ ${quantity(age_seconds, 'seconds')}  `, THEME.warning),
    span(`${clean(role, 20)} ${clean(application, 20)}  ${clean(session_state, 20)}  pid ${pid}`),
    span(holds_back_vacuum ? '  holds back vacuum' : '', THEME.warning),
  ]);
  return [
    [span(' WORKLOAD   ', THEME.label), span(`${work(database_ms_per_second)} of database time   analytical ${quantity(analytical_share, 'share')} `), span(sparkline(recent(history, view.at, 3600, 12), null), THEME.series)],
    ...(transactions.length === 0 ? [] : [line(' LONG TRANSACTIONS', THEME.label), ...transactions]),
    ...notes.slice(0, 4).map((note): Line => line(` ${UNKNOWN} ${clean(note)}`, THEME.unknown)),
  ];
}
