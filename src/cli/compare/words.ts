import type { AreaChange, BeforeAfter, Comparison, ComparedSide, Direction, FindingChange, FindingChangeKind, MetricChange, StoreChange } from '../../compare/comparison.js';
import type { Area } from '../../model/finding.js';
import type { Coverage } from '../../model/report.js';
import type { Shares } from '../../model/workload.js';
import { nameMarkers } from '../../text/marker.js';
import { plainText } from '../../text/plain-text.js';
import { count, formatQuantity } from '../../text/quantity.js';

export const AREA_WORDS: Record<Area, string> = { workload: 'Workload', drift: 'Drift', coupling: 'Coupling', privacy: 'Privacy', guardrail: 'Guardrails', correctness: 'Correctness', movement: 'Movement', ownership: 'Ownership' };

/** What stands above each list of findings. */
export const CHANGE_WORDS: Record<FindingChangeKind, string> = {
  new: 'New',
  risen: 'At a higher level than before',
  unseen: 'Gone, and not known to be fixed',
  fallen: 'At a lower level than before',
  fixed: 'Fixed',
  'first-seen': 'Seen for the first time, so not new',
};

/** A number with its unit, in words of text and Markdown alike. */
export function number(value: number | null): string {
  return value === null ? '–' : (formatQuantity(value, 'count') ?? '–');
}

function share(value: number | null): string {
  return value === null ? '–' : (formatQuantity(value, 'share') ?? '–');
}

/** Text from anywhere on one line. */
export function clean(text: string, limit = 200): string {
  return plainText(nameMarkers(text), limit);
}

/** `before.tidemark (bundle, 2026-03-02 08:15 UTC)`. */
export function sideInWords({ file, kind, takenAt }: ComparedSide): string {
  return `${clean(file)} (${kind}, ${takenAt.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC')})`;
}

const DIRECTION_WORDS: Record<Direction, string> = { better: 'Better', worse: 'Worse', mixed: 'Better in part, worse in part', same: 'Nothing changed', unknown: 'Not known' };

/** The answer in one sentence. */
export function headline({ direction, counts, after, before, unseen }: Comparison): string {
  const limits = unseen.length > 0 ? ` ${clean(after.file)} did not see all that ${clean(before.file)} saw.` : '';
  const parts = [
    ...(counts.new > 0 ? [`${number(counts.new)} new`] : []),
    ...(counts.risen > 0 ? [`${number(counts.risen)} at a higher level`] : []),
    ...(counts.fixed > 0 ? [`${number(counts.fixed)} fixed`] : []),
    ...(counts.fallen > 0 ? [`${number(counts.fallen)} at a lower level`] : []),
    ...(counts.unseen > 0 ? [`${number(counts.unseen)} gone and not known to be fixed`] : []),
    ...(counts['first-seen'] > 0 ? [`${number(counts['first-seen'])} seen for the first time`] : []),
    ...(counts.unchanged > 0 ? [`${number(counts.unchanged)} as before`] : []),
  ];
  return `${DIRECTION_WORDS[direction]}. ${parts.length === 0 ? 'No findings' : `Findings: ${parts.join(', ')}`}.${limits}`;
}

/** What a board asks for, a line each: cards that read the operational stores, and the part of their work that is analytical. */
export function measuresOf({ stores }: Comparison): string[] {
  return stores.flatMap((store) => (store.change === 'same' ? [...cardLines(store), ...workLines(store)] : []));
}

function cardLines({ store, cards }: StoreChange): string[] {
  if (cards === null || (!cards.readers.before && !cards.readers.after)) return [];
  const { by, readers, ofInternal } = cards;
  const arrow = (value: BeforeAfter): string => [value.before, value.after].map((one) => (one === null ? 'not known' : number(one))).join(' → ');
  if (by === 'findings') return [`cards that break a rule on ${clean(store)}: ${arrow(readers)}`];
  return [`cards that read ${clean(store)}: ${arrow(readers)}; what is internal there: ${arrow(ofInternal)}`];
}

function workLines({ store, analytical }: StoreChange): string[] {
  if (analytical === null) return [];
  const { before, after, between } = analytical;
  const kinds: [keyof Shares, string][] = [['blocks', 'block reads'], ['time', 'time'], ['temp', 'temp files']];
  const known = kinds.filter(([kind]) => before[kind] !== null && after[kind] !== null);
  if (known.length === 0) return [];
  const shares = known.map(([kind, of]) => `${share(before[kind])} → ${share(after[kind])} of ${of}`);
  const since = between === null ? '' : `; of what ran in between ${[...(between.blocks === null ? [] : [`${share(between.blocks)} of block reads`]), ...(between.time === null ? [] : [`${share(between.time)} of time`])].join(', ')}`;
  return [`analytical work on ${clean(store)}: ${shares.join(', ')}${since}`];
}

/** `violated → holds · errors 3 → 0 · 4 fixed`. */
export function areaInWords({ before, after, fixed, new: fresh }: AreaChange): string {
  const levels = (['errors', 'warnings', 'notes'] as const).flatMap((level) => {
    const [first, second] = [before?.[level] ?? 0, after?.[level] ?? 0];
    return first === 0 && second === 0 ? [] : [first === second ? `${level} ${number(first)}` : `${level} ${number(first)} → ${number(second)}`];
  });
  const [from, to] = [before?.outcome ?? 'not judged', after?.outcome ?? 'not judged'];
  return [from === to ? from : `${from} → ${to}`, ...levels, ...(fixed > 0 ? [`${number(fixed)} fixed`] : []), ...(fresh > 0 ? [`${number(fresh)} new`] : [])].join(' · ');
}

/** Who breaks a rule where, for lists of names. */
export function whoInWords({ finding: { consumer, relation, store, owner } }: FindingChange): string {
  const what = [consumer, relation].filter((part) => part !== '').map((part) => clean(part, 120)).join(' on ') || clean(store, 120);
  return owner === null ? what : `${what} (${clean(owner, 60)})`;
}

export function metricInWords({ name, relation, before, after }: MetricChange): string {
  const side = (known: MetricChange['before']): string => (known === null ? 'not there' : `${known.verdict}, ${count(known.definitions, 'definition')}`);
  return `${clean(name, 120)}${relation === '' ? '' : ` (${clean(relation, 120)})`}: ${side(before)} → ${side(after)}`;
}

/** What each side looked at; only what differs, unless nothing does. */
export function coverageInWords({ coverage: { before, after } }: Comparison): string {
  const parts = COVERED.map(([of, value]) => ({ of, first: value(before), second: value(after) })).filter(({ first, second }) => first !== '0' || second !== '0');
  const changed = parts.filter(({ first, second }) => first !== second);
  if (changed.length === 0) return `the same on both sides: ${parts.map(({ of, first }) => `${first} ${of}`).join(', ')}`;
  return changed.map(({ of, first, second }) => `${of} ${first} → ${second}`).join(' · ');
}

const COVERED: readonly [string, (coverage: Coverage) => string][] = [
  ['statements', ({ statements }) => number(statements.total)],
  ['statements not read in full', ({ statements }) => number(statements.partial + statements.unparsed)],
  ['dashboard queries', ({ queries }) => number(queries.total)],
  ['dashboard queries not read in full', ({ queries }) => number(queries.partial + queries.unparsed)],
  ['relations', ({ relations }) => number(relations)],
  ['of column references resolved', ({ columns }) => (columns.total === 0 ? '0' : share(columns.resolved / columns.total))],
  ['of blocks read attributed', ({ attributedBlockShare }) => (attributedBlockShare === null ? '0' : share(attributedBlockShare))],
];

export function gapInWords({ subject, missing, cause }: { subject: string; missing: string; cause: string }): string {
  return `${clean(subject)}: ${clean(missing)}: ${clean(cause, 300)}`;
}
