import type { GroupingFacts } from '../../facts/grouping.js';
import type { Expression, SqlStatement } from '../../model/syntax-tree.js';
import type { Classification } from '../../privacy/classify.js';
import { type MaskLevel, rank } from '../../sql/flow.js';
import type { Resolution } from '../../sql/resolution.js';
import { walkStatement } from '../../sql/walk.js';

/**
 * How finely a column parts people: 3 where a value is shared by few, 1 where by very many. `generalised` is what is left after
 * a year, an area or a band was made of it. Day of birth, gender and postal code together single out 87 % of the people of the
 * United States (L. Sweeney, Simple Demographics Often Identify People Uniquely, 2000).
 */
const FINENESS: Readonly<Record<string, { whole: number; generalised: number }>> = {
  date_of_birth: { whole: 3, generalised: 1 },
  postal_code: { whole: 2, generalised: 1 },
  salary: { whole: 2, generalised: 1 },
  city: { whole: 1, generalised: 0 },
  age: { whole: 1, generalised: 0 },
  gender: { whole: 1, generalised: 1 },
  nationality: { whole: 1, generalised: 1 },
  marital_status: { whole: 1, generalised: 1 },
};

/** What a statement shows its groups by, where these columns tell of persons; null where none does or where it shows single rows. */
export function groupingOf(statement: SqlStatement, resolution: Resolution, classified: ReadonlyMap<string, Classification>, confidence_min: number): GroupingFacts | null {
  const grouped = new Set(resolution.uses.filter(({ role }) => role === 'group').map(({ column }) => column));
  if (grouped.size === 0 || !resolution.outputs.some(({ flows }) => isCount(flows))) return null;
  const shown = new Map<string, { mask: MaskLevel; classification: Classification }>();
  for (const { flows } of resolution.outputs) {
    for (const [column, { mask, transformation }] of flows) {
      const classification = classified.get(column);
      if (!grouped.has(column) || transformation === 'aggregation' || !classification || classification.confidence < confidence_min) continue;
      if (FINENESS[classification.kind] === undefined) continue;
      const left = lower(mask, classification.mask ?? 'raw');
      const known = shown.get(column);
      if (!known || rank(left) < rank(known.mask)) shown.set(column, { mask: left, classification });
    }
  }
  if (shown.size === 0) return null;
  const columns = [...shown].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = columns.map(([, { mask, classification: { kind } }]) => ({ kind, mask, whole: rank(mask) < rank('partial') }));
  const whole = new Set(parts.filter((part) => part.whole).map(({ kind }) => kind));
  const bound = smallestGroup(statement);
  return {
    columns: columns.map(([column]) => column),
    labels: parts.map(({ kind, mask }) => (mask === 'raw' ? kind : `${kind} (${mask})`)),
    fineness: parts.reduce((sum, part) => sum + finenessOf(part), 0),
    identifying: ['date_of_birth', 'gender', 'postal_code'].every((kind) => whole.has(kind)),
    has_threshold: bound !== null,
    threshold: bound ?? Number.NaN,
    confidence: Math.min(...columns.map(([, { classification }]) => classification.confidence)),
  };
}

function finenessOf({ kind, mask, whole }: { kind: string; mask: MaskLevel; whole: boolean }): number {
  const fineness = FINENESS[kind];
  if (!fineness || rank(mask) > rank('partial')) return 0;
  return whole ? fineness.whole : fineness.generalised;
}

/** An output that says how many, or how much: it aggregates columns, or none at all, as `count(*)` does. */
function isCount(flows: ReadonlyMap<string, { transformation: string }>): boolean {
  return flows.size === 0 || [...flows.values()].some(({ transformation }) => transformation === 'aggregation');
}

function lower(one: MaskLevel, other: MaskLevel): MaskLevel {
  return rank(one) > rank(other) ? one : other;
}

const COMPARISONS: ReadonlySet<string> = new Set(['>', '>=', '<', '<=', 'between', 'not_between']);

/** The number that counts of groups are compared with: the largest literal, NaN where only parameters are; null where there is none. */
function smallestGroup(statement: SqlStatement): number | null {
  const names = countNames(statement);
  const bounds: number[] = [];
  walkStatement(statement, {
    expression: (expression) => {
      if (expression.type !== 'operation' || !COMPARISONS.has(expression.operator)) return;
      if (!expression.operands.some((operand) => isCountOf(operand, names))) return;
      const literals = expression.operands.flatMap((operand) => (operand.type === 'literal' && operand.kind === 'number' ? [Number(operand.value)] : []));
      bounds.push(literals.length > 0 ? Math.max(...literals) : Number.NaN);
    },
  });
  if (bounds.length === 0) return null;
  const known = bounds.filter((bound) => !Number.isNaN(bound));
  return known.length === 0 ? Number.NaN : Math.max(...known);
}

/** Names that the statement gives to counts, by which an outer query may compare them. */
function countNames(statement: SqlStatement): Set<string> {
  const names = new Set<string>();
  walkStatement(statement, {
    query: ({ body }) => {
      if (body.type !== 'select') return;
      for (const { alias, expression } of body.projections) if (alias !== null && isCountOf(expression, names)) names.add(alias);
    },
  });
  return names;
}

function isCountOf(expression: Expression, names: ReadonlySet<string>): boolean {
  if (expression.type === 'cast') return isCountOf(expression.operand, names);
  if (expression.type === 'call') return (expression.name.at(-1) ?? '').startsWith('count');
  return expression.type === 'column' && names.has(expression.parts.at(-1) ?? '');
}
