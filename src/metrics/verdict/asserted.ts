import type { Constraint } from '../../model/catalog.js';
import type { RestsOn } from '../../model/metric-verdict.js';
import type { Parse } from '../../sql/parse/front-end.js';
import type { Definition, MetricSchema } from '../definition.js';
import { prove } from '../prove/index.js';

/** The schema as it would be if somebody enforced what is only asserted; null where nothing is. */
export function asIfEnforced(schema: MetricSchema): MetricSchema | null {
  const { catalog } = schema;
  if (catalog.constraints.every(({ enforced }) => enforced)) return null;
  const constraints = catalog.constraints.map((one): Constraint => (one.enforced ? one : { ...one, enforced: true, validated: true }));
  const never = new Set(catalog.constraints.filter(({ enforced, kind }) => !enforced && (kind === 'not_null' || kind === 'primary_key')).flatMap(columnsOf));
  const relations = catalog.relations.map((relation) => ({
    ...relation,
    columns: relation.columns.map((column) => (never.has(columnKey(relation.schema, relation.name, column.name)) ? { ...column, nullable: false } : column)),
  }));
  return { ...schema, catalog: { ...catalog, constraints, relations } };
}

/** The asserted constraints under which two definitions would be equal; empty where they would not. */
export async function equalUnderAsserted(a: Definition, b: Definition, schema: MetricSchema, supposed: MetricSchema, parse: Parse): Promise<RestsOn[]> {
  const proof = await prove(a, b, supposed, parse);
  if (!proof.equal) return [];
  const asserted = schema.catalog.constraints.filter(({ enforced }) => !enforced);
  return proof.restsOn.filter((rest) => asserted.some((one) => isThat(rest, one))).map((rest) => ({ ...rest, enforced: false }));
}

function isThat(rest: RestsOn, constraint: Constraint): boolean {
  if (rest.schema !== constraint.schema || rest.relation !== constraint.relation) return false;
  if (rest.name !== null && rest.name === constraint.name) return true;
  const columns = rest.columns.every((column) => constraint.columns.includes(column));
  return columns && (rest.kind === constraint.kind || (rest.kind === 'not_null' && constraint.kind === 'primary_key'));
}

function columnsOf({ schema, relation, columns }: Constraint): string[] {
  return columns.map((column) => columnKey(schema, relation, column));
}

function columnKey(schema: string, relation: string, column: string): string {
  return JSON.stringify([schema, relation, column]);
}
