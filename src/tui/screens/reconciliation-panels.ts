import type { KeyComparisonView, KeyPassView, ReconciliationView } from '../../model/live.js';
import type { DifferenceKind, KeyDifference, PairReport, Standing } from '../../model/reconciliation.js';
import { formatQuantity } from '../../text/quantity.js';
import { fit, line, span, wrap, type Line } from '../cells.js';
import { facts, heading, type Panel } from '../panels.js';
import type { Room } from '../screen.js';
import { THEME, UNKNOWN, type Mark } from '../theme.js';
import { clean, moment, quantity, since } from '../words.js';

const KIND_WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    missing: 'missing',
    correction: 'late correction',
    deleted: 'deleted at the source',
    extra: 'extra',
    changed: 'changed',
    duplicate: 'more than once',
    rekeyed: 'under another key',
    rounding: 'rounded differently',
  } satisfies Record<DifferenceKind, string>),
);

const STANDING_MARKS: ReadonlyMap<string, Mark> = new Map(
  Object.entries({
    confirmed: { glyph: '✖', word: 'confirmed', style: THEME.breach },
    candidate: { glyph: '▲', word: 'observed', style: THEME.warning },
    late: { glyph: '›', word: 'late', style: THEME.label },
  } satisfies Record<Standing, Mark>),
);

const PASS_MARKS: ReadonlyMap<string, Mark> = new Map(
  Object.entries({
    equal: { glyph: '●', word: 'equal', style: THEME.ok },
    differs: { glyph: '✖', word: 'differs', style: THEME.breach },
    unconfirmed: { glyph: '▲', word: 'unconfirmed', style: THEME.warning },
    undetermined: { glyph: '◌', word: 'undetermined', style: THEME.unknown },
  } satisfies Record<PairReport['state'], Mark>),
);

const NO_MARK: Mark = { glyph: '·', word: '', style: THEME.label };
const FROM_WORDS: ReadonlyMap<string, string> = new Map([['product', 'its control table'], ['column', 'its column'], ['newest-row', 'its newest row']]);

/** What comparing keys found: the first of what differs beside the list, all of it on the whole screen. */
export function keyPanels(pair: ReconciliationView, room: Room): Panel[] {
  const { keys } = pair;
  if (keys?.report == null) return [];
  const { report } = keys;
  if (!room.expanded) return [{ rank: 4, lines: differingLines(pair.name, report, room, 4) }];
  return [
    { rank: 1, lines: comparedLines(report, room) },
    { rank: 2, lines: differingLines(pair.name, report, room, report.differences.length) },
    { rank: 3, lines: columnLines(report, room.width) },
    { rank: 4, lines: passLines(keys.passes, room) },
  ];
}

/** How far comparing keys is, and what it found last; none where nothing compares them. */
export function keyLines({ keys }: ReconciliationView, { view, width }: Room): Line[] {
  return keys === undefined ? [] : [[span(' KEYS    ', THEME.label), span(headline(keys, view.at))], ...progressLines(keys, width), ...foundLines(keys)];
}

/** `every 6 h, last 14:02:11Z in 1.2 s, next in 5 h`. */
function headline({ every_seconds, report, read_at, next_at, running }: KeyComparisonView, now: number): string {
  const last = report === null ? 'not compared yet' : `last ${moment(read_at, now)} in ${quantity(report.took_ms, 'ms')}`;
  const next = running !== null ? 'a pass is under way' : next_at === null ? `next ${UNKNOWN}` : next_at <= now ? 'next now' : `next in ${quantity(next_at - now, 'seconds')}`;
  return `every ${quantity(every_seconds, 'seconds')}, ${last}, ${next}`;
}

function progressLines({ running, waits_because }: KeyComparisonView, width: number): Line[] {
  if (running === null) return waits_because === null ? [] : wrapped('  waits: ', clean(waits_because, 200), width);
  const { step, share, rows, rows_expected, left_seconds, paused_because } = running;
  const of = rows_expected === null ? '' : ` of about ${quantity(rows_expected, 'count')}`;
  const parts = [
    share === null ? '' : quantity(share, 'share'),
    rows > 0 ? `${quantity(rows, 'count')} rows${of}` : '',
    left_seconds === null ? '' : `about ${quantity(left_seconds, 'seconds')} left`,
    paused_because === null ? '' : `pauses: ${clean(paused_because, 120)}`,
  ].filter((part) => part !== '');
  return wrapped('         ', [clean(step, 60), ...parts].join(', '), width);
}

function wrapped(first: string, text: string, width: number): Line[] {
  return wrap(text, Math.max(10, width - first.length - 1)).map((part, index) => [span(index === 0 ? first : ' '.repeat(first.length), THEME.label), span(part)]);
}

/** What the newest pass found, in one line. */
function foundLines({ report }: KeyComparisonView): Line[] {
  if (report === null) return [];
  const { glyph, word, style } = PASS_MARKS.get(report.state) ?? NO_MARK;
  const rows = report.source.rows === null ? '' : ` of ${quantity(report.source.rows, 'count')} rows`;
  const sums = ['confirmed', 'candidate', 'late'].flatMap((standing) => {
    const keys = report.counts.reduce((sum, one) => sum + (one.standing === standing ? one.keys : 0), 0);
    return keys === 0 ? [] : [`${quantity(keys, 'count')} ${STANDING_MARKS.get(standing)?.word ?? ''}`];
  });
  const found = sums.length === 0 ? `${quantity(report.source.rows, 'count')} rows and ${quantity(report.target.rows, 'count')}` : `${sums.join(', ')}${rows}`;
  return [[span('         '), span(`${glyph} ${word}`, style), span(`   ${found}`)]];
}

function comparedLines(report: PairReport, { view, width }: Room): Line[] {
  const { watermark, buckets, as_of, source, target } = report;
  const reached = watermark.from === 'none' ? 'nothing tells how far the target is: a difference is seen again, not confirmed' : `${moment(watermark.at, view.at)}${watermark.position === null ? '' : ` (${clean(watermark.position, 40)})`}, by ${FROM_WORDS.get(watermark.from) ?? 'its own word'}`;
  const cost = (side: PairReport['source']): string => `${clean(side.read_from ?? side.store, 40)} ${quantity(side.cost.elapsed_ms, 'ms')} in ${quantity(side.cost.queries, 'count')} statements${side.scanned_bytes === null ? '' : `, ${quantity(side.scanned_bytes, 'bytes')} scanned`}`;
  return [
    ...facts([
      ['key', report.key.map((name) => clean(name, 63)).join(', ')],
      ['watermark', reached],
      ['as of', as_of === null ? null : moment(as_of, view.at)],
      ['groups', buckets === null ? null : `${quantity(buckets.compared, 'count')} compared by digest, ${quantity(buckets.differing, 'count')} looked into`],
      ['cost', cost(source)],
      ['', cost(target)],
    ]),
    ...report.notes.flatMap((note) => wrapped(' note       ', clean(note, 400), width)),
    ...(report.next_step === null ? [] : wrapped(' next step  ', clean(report.next_step, 400), width)),
  ];
}

/** Keys that differ, confirmed first, with the columns that do. */
function differingLines(pair: string, { differences, unlisted }: PairReport, room: Room, most: number): Line[] {
  if (differences.length === 0) return [];
  const { view, wide, expanded } = room;
  const shown = differences.slice(0, most);
  const keyWidth = wide ? 34 : 20;
  const hidden = differences.length - shown.length;
  const more = hidden + unlisted;
  const head = ` ${fit(room.keyText === null ? 'KEY (DIGEST)' : 'KEY', keyWidth)} ${fit('KIND', 22)}${fit('STANDING', 13)}${wide ? fit('PERIOD', 12) : ''}${fit('SINCE', 10)}COLUMNS`;
  return [
    line(head, THEME.label),
    ...shown.map((difference) => differenceLine(pair, difference, { room, keyWidth, now: view.at, wide })),
    ...(more > 0 ? [line(` and ${quantity(more, 'count')} more${hidden > 0 && !expanded ? ': e shows those that are listed' : ', which are counted and not listed'}`, THEME.label)] : []),
  ];
}

function differenceLine(pair: string, difference: KeyDifference, { room, keyWidth, now, wide }: { room: Room; keyWidth: number; now: number; wide: boolean }): Line {
  const { kind, standing, key_digest, columns, source_rows, target_rows, period } = difference;
  const mark = STANDING_MARKS.get(standing) ?? NO_MARK;
  const text = room.keyText?.(pair, key_digest)?.join(', ') ?? key_digest;
  const what = kind === 'duplicate' ? `${quantity(source_rows, 'count')} and ${quantity(target_rows, 'count')} rows` : columns.map((column) => clean(column, 40)).join(', ');
  return [
    span(` ${fit(clean(text, 200), keyWidth)} ${fit(KIND_WORDS.get(kind) ?? clean(kind, 20), 22)}`),
    span(fit(`${mark.glyph} ${mark.word}`, 13), mark.style),
    span(`${wide ? fit(period === null ? '' : clean(period, 11), 12) : ''}${fit(since(difference.since, now), 10)}${what}`),
  ];
}

/** Forms in which columns were compared, and those that were not, with the reason. */
function columnLines({ columns, left_out }: PairReport, width: number): Line[] {
  const names = [...columns.map(({ source }) => source), ...left_out.map(({ column }) => column)].map((name) => clean(name, 40).length);
  const nameWidth = Math.min(40, Math.max(6, ...names)) + 2;
  return [
    heading('COLUMNS', `${formatQuantity(columns.length, 'count') ?? ''} compared, ${formatQuantity(left_out.length, 'count') ?? ''} left out`),
    ...columns.map(({ source, target, form }) => line(` ${fit(clean(source, 40), nameWidth)}${clean(form, 60)}${source === target ? '' : `, ${clean(target, 40)} in the target`}`)),
    ...left_out.flatMap(({ column, because }) => wrapped(` ${fit(clean(column, 40), nameWidth)}`, `left out: ${clean(because, 200)}`, width)),
  ];
}

function passLines(passes: readonly KeyPassView[], { view, wide, width }: Room): Line[] {
  const head = ` ${fit('PASS', 17)}${fit('STATE', 16)}${fit('ROWS', 11, 'right')}${fit('CONFIRMED', 11, 'right')}${fit('OBSERVED', 10, 'right')}${fit('LATE', 6, 'right')}${fit('TOOK', 9, 'right')}${wide ? '   NOTE' : ''}`;
  return [
    line(head, THEME.label),
    ...passes.map(({ at, state, rows, confirmed, candidates, late, took_ms, note }): Line => {
      const mark = PASS_MARKS.get(state) ?? NO_MARK;
      const numbers = `${fit(quantity(rows, 'count'), 11, 'right')}${fit(quantity(confirmed, 'count'), 11, 'right')}${fit(quantity(candidates, 'count'), 10, 'right')}${fit(quantity(late, 'count'), 6, 'right')}${fit(quantity(took_ms, 'ms'), 9, 'right')}`;
      return [
        span(` ${fit(moment(at, view.at), 17)}`),
        span(fit(`${mark.glyph} ${mark.word}`, 16), mark.style),
        span(`${numbers}${wide && note !== null ? `   ${clean(note, Math.max(10, width - 84))}` : ''}`),
      ];
    }),
  ];
}
