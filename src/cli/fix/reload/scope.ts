import type { PairReport } from '../../../model/reconciliation.js';
import type { PairPlan, PlannedColumn } from '../../../reconcile/keys/types.js';
import { keepsValue, NULL_TEXT } from '../../../stores/expressions/common.js';
import type { EngineExpressions } from '../../../stores/expressions/expression.js';

/** Which rows a reload takes: by key, by business period, or all. */
export type Scope =
  | { by: 'keys'; /** To be read anew from the source. */ fill: string[][]; /** To go from the target; those of `fill` among them. */ remove: string[][]; /** Those of `fill` of which both sides have one row: what it holds in columns that are not filled stays. */ keep?: string[][] }
  | { by: 'periods'; periods: string[] }
  | { by: 'all' };

/** Above this a statement is no longer read by a person, and periods are the better unit. */
export const KEYS_MAX = 1_000;
const PERIODS_MAX = 31;

/** The smallest scope that covers every confirmed difference; null where there is none. */
export function scopeOf(report: PairReport, plan: PairPlan): Scope | null {
  const confirmed = report.counts.reduce((sum, one) => sum + (one.standing === 'confirmed' ? one.keys : 0), 0);
  const listed = report.differences.filter(({ standing }) => standing === 'confirmed');
  if (confirmed === 0 && listed.length === 0) return report.periods.some(({ equal, late }) => !equal && !late) && plan.time !== null ? periodScope(report) : null;
  const known = listed.filter(({ key }) => key !== null);
  if (confirmed <= known.length && known.length <= KEYS_MAX) {
    const fill = known.filter(({ kind }) => kind !== 'extra' && kind !== 'deleted').flatMap(({ key }) => (key === null ? [] : [key]));
    const gone = known.filter(({ kind }) => kind === 'extra' || kind === 'deleted').flatMap(({ key }) => (key === null ? [] : [key]));
    const others = known.flatMap(({ other_key }) => (other_key === null ? [] : [other_key]));
    const keep = known.filter(({ key, kind, source_rows, target_rows }) => kind !== 'duplicate' && kind !== 'rekeyed' && source_rows === 1 && target_rows === 1 && key?.includes(NULL_TEXT) === false).flatMap(({ key }) => (key === null ? [] : [key]));
    return { by: 'keys', fill, remove: [...fill, ...gone, ...others], ...(keep.length === 0 ? {} : { keep }) };
  }
  const periods = new Set(listed.map(({ period }) => period));
  const covered = report.periods.filter(({ equal, late }) => !equal && !late).length > 0 && !periods.has(null);
  return plan.time !== null && covered ? periodScope(report) : { by: 'all' };
}

function periodScope({ periods, differences }: PairReport): Scope {
  const differing = new Set([...periods.filter(({ equal, late }) => !equal && !late).map(({ period }) => period), ...differences.filter(({ standing }) => standing === 'confirmed').flatMap(({ period }) => period ?? [])]);
  return differing.size > PERIODS_MAX ? { by: 'all' } : { by: 'periods', periods: [...differing].sort() };
}

/** The condition on one side; null for all rows, `false` where a list of keys is empty. */
export function conditionOf(scope: Scope, keys: readonly string[][], which: 'source' | 'target', plan: PairPlan, expressions: EngineExpressions): string | null {
  if (scope.by === 'all') return null;
  if (scope.by === 'periods') return periodCondition(scope.periods, which, plan, expressions);
  return keyCondition(keys, which, plan.key, expressions);
}

function keyCondition(keys: readonly string[][], which: 'source' | 'target', columns: readonly PlannedColumn[], expressions: EngineExpressions): string {
  const [only] = columns;
  if (keys.length === 0) return '1 = 0';
  if (columns.length === 1 && only !== undefined && keys.every(([text]) => text !== undefined && text !== NULL_TEXT)) {
    const constants = keys.map(([text = '']) => equal(text, only, which, expressions));
    const { compared } = constants[0] ?? { compared: '' };
    return constants.length === 1 ? `${compared} = ${constants[0]?.constant ?? ''}` : `${compared} IN (${constants.map(({ constant }) => constant).join(', ')})`;
  }
  return keys
    .map((key) => {
      const parts = columns.map((column, index) => {
        const text = key[index] ?? NULL_TEXT;
        if (text === NULL_TEXT) return `${expressions.name(column[which])} IS NULL`;
        const { compared, constant } = equal(text, column, which, expressions);
        return `${compared} = ${constant}`;
      });
      return parts.length === 1 ? parts[0] : `(${parts.join(' AND ')})`;
    })
    .join('\n   OR ');
}

/** Where several values have one canonical text, the canonical texts are what is compared. */
function equal(text: string, column: PlannedColumn, which: 'source' | 'target', expressions: EngineExpressions): { compared: string; constant: string } {
  const own = which === 'source' ? column.sourceForm : column.targetForm;
  const name = expressions.name(column[which]);
  if (keepsValue(own, column.form)) return { compared: name, constant: expressions.constant(text, own, column.form) };
  return { compared: expressions.canonical(name, own, column.form), constant: expressions.text(text) };
}

function periodCondition(periods: readonly string[], which: 'source' | 'target', { time }: PairPlan, expressions: EngineExpressions): string {
  if (time === null) return '1 = 0';
  const own = which === 'source' ? time.sourceForm : time.targetForm;
  const name = expressions.name(time[which]);
  return joined(periods.map(boundsOf)).map(({ from, to }) => `(${name} >= ${expressions.moment(from, own)} AND ${name} < ${expressions.moment(to, own)})`).join('\n   OR ');
}

interface Bounds {
  from: number;
  to: number;
}

/** Seconds since 1970 of `2026-11-21 14:00`, `2026-11-21` or `2026-11`, and of the end of what it names. */
function boundsOf(period: string): Bounds {
  const [, year = '1970', month = '01', day, hour] = /^(\d{4})-(\d\d)(?:-(\d\d)(?: (\d\d):\d\d)?)?/.exec(period) ?? [];
  const [y, m, d, h] = [Number(year), Number(month) - 1, Number(day ?? '1'), Number(hour ?? '0')];
  const from = Date.UTC(y, m, d, h) / 1000;
  if (day === undefined) return { from, to: Date.UTC(y, m + 1, 1) / 1000 };
  return { from, to: from + (hour === undefined ? 86_400 : 3_600) };
}

/** Periods that follow each other are one range. */
function joined(bounds: readonly Bounds[]): Bounds[] {
  const result: Bounds[] = [];
  for (const { from, to } of bounds.toSorted((one, other) => one.from - other.from)) {
    const last = result.at(-1);
    if (last !== undefined && last.to >= from) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}
