import { STATES, type HopView, type Measured, type StreamView } from '../../model/live.js';
import { count } from '../../text/quantity.js';
import { fit, line, span, spread, type Line } from '../cells.js';
import { chart } from '../chart.js';
import { length, recent, sparkline } from '../meter.js';
import { facts, glyphSpan, heading, paragraph, ruled, stack, stateSpan } from '../panels.js';
import { defineScreen, type Room } from '../screen.js';
import { STATE_MARKS, THEME, UNKNOWN } from '../theme.js';
import { clean, clock, compact, moment, quantity, since } from '../words.js';

/** Every way of changes out of a store: how far it is behind, and at which hop. */
export const screen = defineScreen<StreamView>({
  id: 'cdc',
  title: 'CDC',
  rows: ({ streams }) => streams,
  key: ({ store, name }) => `${store}/${name}`,
  subjects: ({ name }) => [name],
  columns: [
    { title: '', priority: 1, min: 1, max: 1, only: 'narrow', cell: ({ state }) => [glyphSpan(state)] },
    { title: 'STREAM', priority: 2, min: 14, max: 24, sort: 'name', cell: ({ name }) => clean(name) },
    { title: 'KIND', priority: 9, min: 5, max: 12, only: 'wide', cell: ({ kind }) => (kind === 'logical slot' ? 'slot' : kind) },
    { title: 'STATE', priority: 3, min: 12, max: 24, sort: 'state', cell: ({ state, status }, { wide }) => (wide ? [stateSpan(state, status)] : [span(clean(status, 30), STATE_MARKS[state].style)]) },
    { title: 'RETAINED', priority: 5, min: 8, max: 9, align: 'right', sort: 'retained', cell: (row) => (row.diagnosis === 'lost' ? 'lost' : quantity(row.retained_bytes, 'bytes')) },
    { title: 'SAFE WAL', priority: 10, min: 8, max: 9, align: 'right', cell: safeWal },
    { title: 'CONFIRMED LSN', priority: 11, min: 13, max: 17, align: 'right', only: 'wide', cell: ({ confirmed_lsn }) => clean(confirmed_lsn ?? UNKNOWN) },
    { title: 'BEHIND', priority: 6, min: 8, max: 9, align: 'right', cell: ({ unconfirmed_bytes }) => quantity(unconfirmed_bytes, 'bytes') },
    { title: 'LAG', priority: 4, min: 7, max: 9, align: 'right', sort: 'lag', cell: ({ lag }) => measured(lag) },
    { title: 'TX/S', priority: 8, min: 5, max: 6, align: 'right', cell: ({ transactions_per_second }) => compact(transactions_per_second) },
    {
      title: '15 min', priority: 7, min: 8, max: 20, grows: true,
      cell: ({ history, limit_seconds }, { now, width }) => [span(sparkline(recent(history, now, 900, width), limit_seconds), THEME.series)],
    },
  ],
  sorts: [
    { name: 'state', value: ({ state }) => STATES.indexOf(state), descending: false },
    { name: 'lag', value: ({ lag }) => lag?.value ?? null, descending: true },
    { name: 'retained', value: ({ retained_bytes }) => retained_bytes, descending: true },
    { name: 'name', value: ({ name }) => clean(name).toLowerCase(), descending: false },
  ],
  fields: {
    name: { text: ({ name }) => name },
    state: { text: ({ state, status }) => `${state} ${status}` },
    kind: { text: ({ kind }) => kind },
    store: { text: ({ store }) => store },
    plugin: { text: ({ plugin }) => plugin },
    lag: { number: ({ lag }) => lag?.value ?? null, unit: 'seconds' },
    retained: { number: ({ retained_bytes }) => retained_bytes, unit: 'bytes' },
    behind: { number: ({ unconfirmed_bytes }) => unconfirmed_bytes, unit: 'bytes' },
  },
  isProblem: ({ state }) => state !== 'ok',
  summary: ({ streams }) => [count(streams.length, 'stream')],
  empty: () => [
    'no stream of changes leaves the operational store',
    'replication slots, standbys and subscriptions are found without being named; name what feeds a product under streams in tidemark.yaml',
    'of standbys a role without pg_monitor sees only that they are there: GRANT pg_monitor TO the role that watches',
  ],
  below,
  sentence: ({ cause }) => cause,
  copy: ({ cause }) => ({ what: 'the sentence', text: () => clean(cause, 2_000) }),
});

/** A lag with what is sure of it: `≥ 40 s` where only the lower bound is known. */
function measured(lag: Measured | null): string {
  if (lag === null) return UNKNOWN;
  return lag.at_least ? `≥ ${quantity(lag.low, 'seconds')}` : quantity(lag.value, 'seconds');
}

/** Without a limit on what slots may hold there is no number, and that is known. */
function safeWal({ safe_wal_bytes, retained_bytes }: StreamView): string {
  return safe_wal_bytes === null && retained_bytes !== null ? 'no limit' : quantity(safe_wal_bytes, 'bytes');
}

function below(stream: StreamView | null, room: Room): Line[] {
  if (stream === null) return [];
  const chartHeight = room.expanded ? 8 : 5;
  return stack(
    [
      { rank: 1, lines: hops(stream, room) },
      { rank: 3, lines: room.wide || room.expanded ? lagChart(stream, room, chartHeight) : [lagLine(stream, room)] },
      { rank: 2, lines: room.wide ? ruled(slotFacts(stream, room), tables(stream, room), room) : room.expanded ? [...slotFacts(stream, room), ...tables(stream, room)] : shortFacts(stream, room) },
      { rank: 4, lines: room.expanded ? [heading('CAUSE'), ...paragraph(stream.cause, room.width)] : [] },
    ],
    room,
  );
}

/** Each hop with what it adds; the bar compares them. */
function hops({ name, lag, hops: all, state }: StreamView, { width, wide }: Room): Line[] {
  if (lag === null) return [heading(`${clean(name, 40)}: HOW FAR IT IS BEHIND IS NOT KNOWN`)];
  const [low, high] = [quantity(lag.low, 'seconds'), quantity(lag.high, 'seconds')];
  const bounds = lag.at_least || low === high ? '' : `between ${low} and ${high}`;
  // Hops behind the stream are not part of its lag.
  const whole = all.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0);
  const beyond = all.length > 0 && whole > lag.high ? `${quantity(whole, 'seconds')} up to ${clean(all.at(-1)?.to ?? '', 20)}` : '';
  if (all.length === 0) return [heading(`${clean(name, 40)}: ${measured(lag)} BEHIND`, bounds), line('   at which hop cannot be told', THEME.label)];
  const title = `${clean(name, 40)}: ${measured(lag)} BEHIND, BY HOP`;
  const longest = Math.max(...all.map(({ seconds }) => seconds ?? 0), 1e-9);
  const nameWidth = Math.min(wide ? 34 : 26, Math.max(...all.map(({ from, to }) => from.length + to.length + 3)));
  const note = [bounds, beyond].filter((part) => part !== '').join('; ');
  return [heading(title, note), ...all.map((hop) => hopLine(hop, { longest, nameWidth, width, wide, state }))];
}

interface HopPlace {
  longest: number;
  nameWidth: number;
  width: number;
  wide: boolean;
  state: StreamView['state'];
}

const SLOWEST = ' ‹ slowest';

function hopLine(hop: HopView, { longest, nameWidth, width, wide, state }: HopPlace): Line {
  // One hop always takes longest; that is a fault only where the stream is late.
  const style = hop.slowest && state !== 'ok' ? STATE_MARKS[state].style : THEME.series;
  const left: Line = [
    span(`   ${fit(`${clean(hop.from)} → ${clean(hop.to)}`, nameWidth)}`),
    ...(wide ? [span(`  ${fit(clock(hop.reached_at), 9)}`, THEME.label)] : []),
    span(` ${fit(quantity(hop.seconds, 'seconds'), 8, 'right')} `, hop.seconds === null ? THEME.unknown : undefined),
  ];
  const evidence = wide ? `  ${clean(hop.evidence, 34)} ` : '';
  const room = width - nameWidth - (wide ? 11 : 0) - 13 - (wide ? 37 : 0) - SLOWEST.length - 1;
  const bar = hop.seconds === null ? '' : length(hop.seconds / longest, Math.max(0, room));
  return spread([...left, span(bar, style), span(hop.slowest ? SLOWEST : '', style)], [span(evidence, THEME.label)], width);
}

function lagChart({ history, limit_seconds }: StreamView, { view, width }: Room, height: number): Line[] {
  return chart(history, { title: 'LAG', width, height, now: view.at, seconds: 1800, limit: limit_seconds, format: (value) => quantity(value, 'seconds') });
}

function lagLine({ history, lag, limit_seconds }: StreamView, { view, width }: Room): Line {
  const said = `  ${measured(lag)}   objective ${quantity(limit_seconds, 'seconds')} `;
  return [span(' lag  ', THEME.label), span(sparkline(recent(history, view.at, 1800, width - 6 - said.length), limit_seconds), THEME.series), span(said)];
}

function slotFacts(stream: StreamView, { view }: Room): Line[] {
  return [
    heading(`${stream.kind.toUpperCase()} ${clean(stream.name, 40)}`),
    ...facts([
      ['plugin', stream.plugin === '' ? null : stream.plugin],
      ['connected', stream.active ? 'yes' : `no${stream.inactive_since === null ? '' : `, since ${since(stream.inactive_since, view.at)}`}`],
      ['restart LSN', stream.restart_lsn],
      ['confirmed LSN', stream.confirmed_lsn],
      ['WAL status', stream.wal_status],
      ['invalidated', stream.invalidation_reason, THEME.breach],
      ['safe WAL', safeWal(stream)],
      ['WAL rate', stream.wal_bytes_per_second === null ? null : `${quantity(stream.wal_bytes_per_second, 'bytes')}/s`],
      ['lost at', lostAt(stream, view.at), THEME.breach],
      ['spilled', stream.spill_bytes_per_second === null || stream.spill_bytes_per_second === 0 ? null : `${quantity(stream.spill_bytes_per_second, 'bytes')}/s`],
      ['xmin age', stream.xmin_age === null ? null : quantity(stream.xmin_age, 'count')],
      ['catalog xmin age', stream.catalog_xmin_age === null ? null : quantity(stream.catalog_xmin_age, 'count')],
    ]),
  ];
}

function lostAt({ lost_at }: StreamView, now: number): string | null {
  return lost_at === null ? null : `${moment(lost_at, now)}, in ${quantity(Math.max(0, lost_at - now), 'seconds')}`;
}

function shortFacts(stream: StreamView, { view }: Room): Line[] {
  const lost = lostAt(stream, view.at);
  return [
    [
      span(` ${stream.kind}`, THEME.label),
      span(`  restart LSN ${clean(stream.restart_lsn ?? UNKNOWN)}  WAL status ${clean(stream.wal_status ?? UNKNOWN)}  safe WAL ${safeWal(stream)}`),
    ],
    ...(lost === null ? [] : [line(` lost at ${lost} at the present rate`, THEME.breach)]),
  ];
}

function tables({ tables: all, kind }: StreamView, { expanded }: Room): Line[] {
  if (all.length === 0) return kind === 'logical slot' ? [line(' TABLES', THEME.label), line(' the publication is not known', THEME.label)] : [];
  const shown = expanded ? all : all.slice(0, 8);
  return [
    line(` TABLES   ${all.length}`, THEME.label),
    ...shown.map(({ relation, changes_per_second, has_identity }): Line => [
      span(` ${fit(clean(relation), 28)} ${fit(compact(changes_per_second), 6, 'right')} changes/s`),
      span(has_identity ? '' : '  ▲ no replica identity', THEME.warning),
    ]),
    ...(all.length > shown.length ? [line(` and ${all.length - shown.length} more: e shows all`, THEME.label)] : []),
  ];
}
