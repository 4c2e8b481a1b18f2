import type { Catalog, Column, Relation } from '../../model/catalog.js';
import { typeGroup } from '../../privacy/types.js';
import { quoted, quotedRelation } from '../quote.js';
import type { KeyColumn } from './key.js';

/** How production says of a row that its subject is to be gone, though the row is there. */
export interface Tombstone {
  /** `column erased_at`, `table app.erasure_request`. */
  by: string;
  /** A condition on the row of the source, which the statement calls `t`. */
  condition: string;
}

const COLUMN = /^(is_)?(deleted|erased|anonymi[sz]ed|forgotten|purged|scrubbed)(_?(at|on|date|time|flag|timestamp|ts))?$|^(deletion|erasure|anonymi[sz]ation)_?(at|on|date|time|timestamp)$/i;
const TABLE = /(^|_)(erasures?|erased|forget|forgotten|tombstones?|anonymi[sz]ations?|gdpr_deletions?|(deletion|erasure|right_to_be_forgotten|rtbf)_requests?)(_|$)/i;
/** Until then a request waits for its day. */
const DONE = /^(completed|executed|erased|processed|done|finished|fulfilled|carried_out|anonymi[sz]ed|deleted)_?(at|on|date)$/i;

/** Columns of the source that mark rows, and tables of requests that name its key. Names only tell: what is in them is not read. */
export function tombstonesOf(catalog: Catalog, source: Relation, key: readonly KeyColumn[]): Tombstone[] {
  const byColumn = source.columns.flatMap((column): Tombstone[] => {
    const condition = COLUMN.test(column.name) ? isMarked(column, 't') : null;
    return condition === null ? [] : [{ by: `column ${column.name}`, condition }];
  });
  const [only, another] = key;
  const byTable = only === undefined || another !== undefined ? [] : catalog.relations.flatMap((relation) => requestsOf(catalog, relation, source, only));
  return [...byColumn, ...byTable];
}

function isMarked(column: Column, alias: string): string | null {
  const group = typeGroup(column.baseType ?? column.type);
  if (group === 'boolean') return `${alias}.${quoted(column.name)} is true`;
  return group === 'date' || group === 'timestamp' ? `${alias}.${quoted(column.name)} is not null` : null;
}

function requestsOf(catalog: Catalog, relation: Relation, source: Relation, key: KeyColumn): Tombstone[] {
  if (relation === source || !TABLE.test(relation.name) || relation.partitionOf !== null) return [];
  const subject = subjectColumn(catalog, relation, source, key);
  if (subject === null) return [];
  const done = relation.columns.find(({ name }) => DONE.test(name));
  const when = done === undefined ? null : isMarked(done, 'e');
  const condition = `exists (select 1 from ${quotedRelation(relation)} e where e.${quoted(subject)} = t.${quoted(key.name)}${when === null ? '' : ` and ${when}`})`;
  return [{ by: `table ${relation.schema}.${relation.name}`, condition }];
}

/** A foreign key says it, or a column that is called like the key: `customer_id`, or `customer_id` for the `id` of `customer`. */
function subjectColumn({ constraints }: Catalog, relation: Relation, source: Relation, key: KeyColumn): string | null {
  const foreign = constraints.find(({ schema, relation: name, kind, columns, references }) =>
    schema === relation.schema && name === relation.name && kind === 'foreign_key' && columns.length === 1 && references?.schema === source.schema && references.relation === source.name && references.columns[0] === key.name);
  if (foreign !== undefined) return foreign.columns[0] ?? null;
  const called = /^(id|uuid|key|no|number)$/i.test(key.name) ? [`${singular(source.name)}_${key.name}`, `${source.name}_${key.name}`] : [key.name];
  const type = source.columns.find(({ name }) => name === key.name)?.type;
  return relation.columns.find((column) => called.includes(column.name) && column.type === type)?.name ?? null;
}

function singular(name: string): string {
  return name.replace(/ies$/, 'y').replace(/s$/, '');
}
