import { z } from 'zod';
import type { AssertedConstraint } from '../../model/asserted-constraint.js';
import { quote } from '../../template/placeholder.js';

/** What a contract promises of the rows of one relation, without the relation and who says so. */
export type Promised = Pick<AssertedConstraint, 'kind' | 'columns' | 'expression' | 'references'>;

const VALUES_MAX = 1_000;
const flag = z.boolean().optional().catch(undefined);
const text = z.string().optional().catch(undefined);
const list = z.array(z.unknown()).optional().catch(undefined);
const number = z.number().optional().catch(undefined);

/** What a column says of itself in either standard: `required`, `unique`, keys, lists of values. */
const columnShape = z.object({
  required: flag, unique: flag, isUnique: flag, isNullable: flag, primaryKey: flag, primary: flag, primaryKeyPosition: number,
  references: text, enum: list, relationships: list, quality: list,
});
const relationshipShape = z.object({ type: text, to: z.union([z.string(), z.array(z.string()).max(1).transform(([only = '']) => only)]).optional().catch(undefined) });
const qualityShape = z.object({ metric: text, rule: text, mustBe: number, arguments: z.object({ validValues: list }).optional().catch(undefined), validValues: list });

/** The promises of columns by name, in the order of the contract (ODCS 3.0 and 3.1, Data Contract Specification 1.2). */
export function promisesOf(columns: readonly { name: string; value: unknown }[]): Promised[] {
  const read = columns.flatMap(({ name, value }) => {
    const column = columnShape.safeParse(value).data;
    return column === undefined ? [] : [{ name, column }];
  });
  const key = read
    .filter(({ column }) => column.primaryKey === true || column.primary === true)
    .toSorted((one, other) => (one.column.primaryKeyPosition ?? 0) - (other.column.primaryKeyPosition ?? 0))
    .map(({ name }) => name);
  return [...(key.length === 0 ? [] : [promise('primary_key', key)]), ...read.flatMap(({ name, column }) => columnPromises(name, column))];
}

function promise(kind: Promised['kind'], columns: string[], more: Partial<Promised> = {}): Promised {
  return { kind, columns, expression: null, references: null, ...more };
}

function columnPromises(name: string, column: z.infer<typeof columnShape>): Promised[] {
  const found: Promised[] = [];
  const quality = (column.quality ?? []).slice(0, VALUES_MAX).flatMap((item) => qualityShape.safeParse(item).data ?? []);
  const isHeld = (...rules: string[]): boolean => quality.some(({ metric, rule, mustBe }) => mustBe === 0 && rules.includes(metric ?? rule ?? ''));
  if (column.required === true || column.isNullable === false || isHeld('nullValues', 'missingValues', 'nullCheck')) found.push(promise('not_null', [name]));
  if (column.unique === true || column.isUnique === true || isHeld('duplicateValues', 'duplicateCount')) found.push(promise('unique', [name]));
  const valid = quality.find(({ metric, rule, mustBe }) => mustBe === 0 && ['invalidValues', 'validValues'].includes(metric ?? rule ?? ''));
  const values = literalsOf(column.enum ?? valid?.arguments?.validValues ?? valid?.validValues);
  if (values !== null) found.push(promise('check', [name], { expression: `${quoted(name)} IN (${values.join(', ')})` }));
  const related = (column.relationships ?? []).flatMap((item) => relationshipShape.safeParse(item).data ?? []).filter(({ type }) => type === undefined || /^foreign/i.test(type));
  for (const to of [...related.flatMap((item) => item.to ?? []), ...(column.references === undefined ? [] : [column.references])]) {
    const references = referenced(to);
    if (references !== null) found.push(promise('foreign_key', [name], { references }));
  }
  return found;
}

/** `orders.id`, `shop.orders.id`. */
function referenced(to: string): Promised['references'] {
  const parts = to.split('.').map((part) => part.trim());
  if (parts.length < 2 || parts.length > 4 || parts.some((part) => part === '')) return null;
  return { schema: parts.at(-3) ?? null, relation: parts.at(-2) ?? '', columns: [parts.at(-1) ?? ''] };
}

function literalsOf(values: readonly unknown[] | undefined): string[] | null {
  if (values === undefined || values.length === 0 || values.length > VALUES_MAX) return null;
  const literals = values.flatMap((value) => (typeof value === 'string' ? [quote(value)] : typeof value === 'number' && Number.isFinite(value) ? [String(value)] : []));
  return literals.length === values.length ? literals : null;
}

function quoted(column: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(column) ? column : `"${column.replaceAll('"', '""')}"`;
}
