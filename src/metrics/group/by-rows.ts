import type { Catalog } from '../../model/catalog.js';
import type { MetricComparison } from '../../model/metric-verdict.js';
import { extractClaims, type Claim } from '../claim/claim.js';
import { measureText } from '../claim/measure.js';
import { Reduction } from '../claim/reduce.js';
import type { Definition, MetricSchema } from '../definition.js';
import { compareDefinitions } from '../rows/compare.js';
import { rowConstraints, type Parse } from '../rows/constraints.js';
import { witnessText } from '../rows/witness.js';

type Simple = Claim & { rows: Extract<Claim['rows'], { kind: 'simple' }> };

/**
 * What parts two definitions that measure rows of one relation, each by conditions on its own row, told without an engine. Null
 * where it cannot be told that they part; it is never said that they are equal.
 */
export async function differenceByRows(first: Definition, second: Definition, names: readonly [string, string], schema: MetricSchema, parse: Parse): Promise<MetricComparison | null> {
  const reduction = new Reduction(schema.catalog);
  const [a, b] = [simpleClaim(first, reduction), simpleClaim(second, reduction)];
  if (a === null || b === null || a.rows.relation !== b.rows.relation) return null;
  if (measureText(a.measure) !== measureText(b.measure)) return measuresPart(a, b, schema.catalog) ? byMeasure(a, b, names) : null;
  const constraints = await rowConstraints(a.rows.relation, schema.catalog, parse);
  const { verdict, witnesses, reason } = compareDefinitions([a.rows.conditions, b.rows.conditions], constraints).pair(0, 1);
  if (verdict !== 'stricter' && verdict !== 'looser' && verdict !== 'overlapping' && verdict !== 'different') return null;
  const table = a.rows.relation.name;
  const words = witnesses.map(({ counted, values }) => {
    const [yes, no] = counted === 'first' ? names : names.toReversed();
    return `a ${table} row ${witnessText(values)} is counted by ${yes ?? ''} and not by ${no ?? ''}`;
  });
  const open = reason === null ? [] : [`what else the two differ in stays open: ${reason}`];
  return { ...PARTED, verdict, kind: 'population', why: [...words, ...open].join('; ') };
}

const PARTED: MetricComparison = { verdict: 'different', kind: null, cosmetic: false, restsOn: [], underAsserted: [], witness: null, region: null, bound: null, by: 'proof', why: '' };

function simpleClaim({ text, statement, dialect }: Definition, reduction: Reduction): Simple | null {
  const input = { consumer: '', owner: null, title: '', container: null, outputAliases: [], text, statement, dialect, store: '' };
  const [claim, another] = extractClaims(input, reduction);
  if (claim === undefined || another !== undefined || claim.scope.length > 0) return null;
  const { rows } = claim;
  return rows.kind === 'simple' ? { ...claim, rows } : null;
}

/** Two measures of plain columns part on some rows, unless a constraint ties the columns to each other or makes values distinct. */
function measuresPart(a: Simple, b: Simple, { constraints, indexes }: Catalog): boolean {
  if (!a.measure.plain || !b.measure.plain || a.measure.kind === 'other' || b.measure.kind === 'other') return false;
  const columns = [a.measure.argument, b.measure.argument].filter((column) => column !== null);
  const { schema, name } = a.rows.relation;
  const tied = [...constraints.filter(({ kind }) => kind !== 'foreign_key' && kind !== 'not_null'), ...indexes.filter(({ unique }) => unique)].some((entry) => entry.schema === schema && entry.relation === name && columns.some((column) => entry.columns.includes(column)));
  const checked = constraints.some(({ expression, ...entry }) => entry.schema === schema && entry.relation === name && expression !== null && columns.some((column) => expression.includes(column)));
  return !tied && !checked;
}

function byMeasure(a: Simple, b: Simple, names: readonly [string, string]): MetricComparison {
  const onlyDistinct = a.measure.kind === b.measure.kind && a.measure.distinct !== b.measure.distinct;
  return { ...PARTED, kind: onlyDistinct ? 'distinctness' : 'measure', why: `${names[0]} shows the ${measureText(a.measure)}, ${names[1]} the ${measureText(b.measure)}` };
}
