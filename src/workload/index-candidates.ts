import type { Access, StoreBoundary } from '../graph/boundary.js';
import type { ReadPart } from '../graph/statement-reader.js';
import type { Relation } from '../model/catalog.js';
import type { Expression, SqlStatement } from '../model/syntax-tree.js';
import { tableOf, withoutPlace } from '../sql/block.js';
import { conjuncts } from '../sql/walk.js';
import { plainText } from '../text/plain-text.js';
import { count, formatQuantity } from '../text/quantity.js';
import { sqlIdentifier, sqlQualified } from '../text/sql-name.js';
import type { Candidate } from './changes.js';
import type { StatementWork } from './statements.js';

/** What an index leaves of a scan that finds few rows. */
const FREED_BY_INDEX = 0.95;
const CONFIDENCE = 0.6;
/** Few enough rows of a table to reach them by an index. */
const FOUND_SHARE_MAX = 0.01;
/** A call that touches so much of a table has read it from one end to the other. */
const TOUCHED_SHARE_MIN = 0.5;
const KINDS: ReadonlySet<string> = new Set(['select', 'update', 'delete']);

/** Of `in` and `= any` each member is looked up by itself. */
const EQUALITIES: ReadonlySet<string> = new Set(['=', 'in', '= any']);

/**
 * An index for a statement that reads a whole table for a few rows of it, whatever class its cost has given it. Only where the
 * statistics show both: a call touches most of the table's blocks and gives few of its rows; and where the compared columns alone
 * tell which: an index on one of them would find as many rows as that one leaves, which no statistics tell.
 */
export function indexCandidates(sent: readonly (StatementWork & { access: Access })[], { store, reader, totals }: StoreBoundary): Candidate[] {
  if (store.engine !== 'postgres') return [];
  return sent.flatMap((one): Candidate[] => {
    const { access, work } = one;
    const { part, statement, consumer } = access;
    if (part === null || work === null || work.calls === 0 || !KINDS.has(part.shape.kind)) return [];
    if (statement.exports) return [];
    // Rows that are counted together or cut off tell nothing of how many were found.
    if (part.shape.aggregates.length > 0 || part.shape.grouped || part.shape.distinct || part.shape.limited) return [];
    const scans = [...part.reach].filter(([, way]) => way.reach === 'scan');
    const [scan, another] = scans;
    if (!scan || another || scan[1].column === null || !scan[1].compared) return [];
    const [key, { column }] = scan;
    const relation = reader.index.get(key);
    if (!relation || (relation.kind !== 'table' && relation.kind !== 'partition') || relation.rows === null || relation.rows <= 0) return [];
    const columns = comparedColumns(part, key) ?? (isSelective(reader.index.rowsPerValue(key, column), relation.rows) ? [column] : []);
    const scanned_bytes = heapBytes(relation, store);
    if (columns.length === 0 || scanned_bytes === null) return [];
    const rows = work.rows / work.calls;
    const touched = (work.blocks / work.calls) * totals.block_bytes;
    if (rows > FOUND_SHARE_MAX * relation.rows || touched < TOUCHED_SHARE_MIN * scanned_bytes) return [];
    const where = store.inRecovery ? ' on its primary' : '';
    return [{
      change: `Add an index on ${plainText(key, 100)} (${columns.map((name) => plainText(name, 80)).join(', ')})${where}: ${plainText(consumer.name, 100)} reads ${formatQuantity(touched, 'bytes') ?? ''} for ${count(rows, 'row')} a call`,
      sql: `CREATE INDEX CONCURRENTLY ON ${sqlQualified(relation)} (${columns.map(sqlIdentifier).join(', ')});`,
      consumer: consumer.name, owner: consumer.owner === '' ? null : consumer.owner,
      takes: [{ statement: one, part: FREED_BY_INDEX }], confidence: CONFIDENCE, whole: false,
    }];
  });
}

/** Columns that together tell which rows are meant, as the statement names them; null where another condition has a part in it. */
function comparedColumns({ statement, resolution: { block } }: ReadPart, key: string): string[] | null {
  const conditions = conjuncts(conditionOf(statement)).filter((part) => !(part.type === 'operation' && part.operator === '=' && part.operands.every(({ type }) => type === 'column')));
  if (!conditions.every((part) => part.type === 'operation' && EQUALITIES.has(part.operator))) return null;
  const places = block.tables.filter((table) => withoutPlace(table) === key);
  const [place, another] = places;
  if (place === undefined || another !== undefined) return null;
  const columns = [...block.bindings].filter((column) => tableOf(column) === place).map((column) => withoutPlace(column).slice(key.length + 1));
  // Fewer columns than conditions: something was done to one of them, or it is another table's.
  return columns.length === 0 || columns.length < conditions.length ? null : columns;
}

function conditionOf(statement: SqlStatement): Expression | null {
  if (statement.type === 'update' || statement.type === 'delete') return statement.where;
  return statement.type === 'query_statement' && statement.query.body.type === 'select' ? statement.query.body.where : null;
}

function isSelective(found: number | null, rows: number): boolean {
  return found !== null && found <= FOUND_SHARE_MAX * rows;
}

/** What a scan reads: without indexes and TOAST where the server tells it. */
function heapBytes({ schema, name, size_bytes }: Relation, { relationStatistics }: StoreBoundary['store']): number | null {
  return relationStatistics?.find((one) => one.schema === schema && one.name === name)?.heap_bytes ?? size_bytes;
}
