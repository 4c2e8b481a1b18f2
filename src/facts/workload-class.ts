import type { Thresholds } from '../model/configuration.js';
import type { Expression, SqlStatement } from '../model/syntax-tree.js';
import type { WorkloadClass } from '../model/workload.js';
import { type Block, tableOf, withoutPlace } from '../sql/block.js';
import type { Resolution } from '../sql/resolution.js';
import type { TableReach } from '../sql/reach.js';
import type { SchemaIndex } from '../sql/schema-index.js';
import { type Shape, outerQuery } from '../sql/shape.js';
import { formatQuantity } from '../text/quantity.js';

export interface Classification {
  class: WorkloadClass;
  /** 0 to 1. */
  confidence: number;
  /** In words, the weightiest first. */
  reasons: string[];
}

export interface ClassificationInput {
  statement: SqlStatement;
  shape: Shape;
  resolution: Resolution;
  reach: Map<string, TableReach>;
  index: SchemaIndex;
  thresholds: Thresholds;
  /** Bytes of shared blocks that one call touches; null without statistics. */
  bytesPerCall: number | null;
}

/** One value of an indexed column that finds more rows than this is no key: a tenant, a region, a status. */
const ROWS_PER_VALUE_MAX = 1000;

/**
 * Whether a statement does operational or analytical work, from its shape against the catalogue, sharpened by what it
 * physically costs. Names decide nothing.
 */
export function classify(input: ClassificationInput): Classification {
  return sharpen(byShape(input), input);
}

function byShape(input: ClassificationInput): Classification {
  const { shape, reach } = input;
  const wide = [...reach].filter(([table, way]) => !isNarrow(table, way, input)).map(([table]) => table);
  const own = operationalShape(input, wide);
  if (own) return own;
  const evidence = analyticalEvidence(shape, wide);
  const small = wide.every((table) => isSmall(table, input));
  if (small && !shape.exports) return operational(0.6, `reads only small relations: ${wide.join(', ')}`);
  if (evidence.length > 0) return { class: 'analytical', confidence: Math.min(0.95, 0.7 + 0.08 * evidence.length), reasons: evidence };
  if (shape.limited || choosesFromPage(input.statement)) return operational(0.7, `a page of rows of ${wide.join(', ')}`);
  if (wide.every((table) => reach.get(table)?.compared)) return operational(0.6, `compares a column of ${wide.join(', ')} with a value, though no index begins with it`);
  const looked = lookedUp(wide, input);
  if (looked !== null) return { class: 'mixed', confidence: 0.5, reasons: [`compares a column of ${looked.compared.join(', ')} with a value, though no index begins with it, and joins ${looked.joined.join(', ')}`] };
  const verb = RETURNING.has(shape.kind) ? 'returns' : 'reads';
  const whole = shape.filtered ? 'every row of a range' : 'every row';
  return { class: 'analytical', confidence: 0.7, reasons: [`${verb} ${whole} of ${wide.join(', ')}, without a key and without a limit`] };
}

/** Statements that give the client the rows that they read. */
const RETURNING: ReadonlySet<Shape['kind']> = new Set(['select', 'cursor', 'copy_to']);

/** Utility statements that do any work, without saying in their text which. */
const UNTOLD: Record<string, string> = {
  truncated: 'its text is cut off',
  do: 'runs a block of code',
  call: 'runs a procedure',
  execute: 'runs a prepared statement',
};

/** Shapes that are operational whatever the sizes. Null where the shape leaves it open. */
function operationalShape(input: ClassificationInput, wide: string[]): Classification | null {
  const { shape, resolution, reach, statement } = input;
  const untold = statement.type === 'utility' ? UNTOLD[statement.verb] : undefined;
  if (untold !== undefined) return { class: 'unknown', confidence: 0, reasons: [untold] };
  if (statement.type === 'utility' && statement.verb === 'refresh_mat_view') {
    return { class: 'analytical', confidence: 0.85, reasons: ['computes a materialised view anew, over all that its query reads'] };
  }
  if (shape.kind === 'utility') return operational(0.9, 'a utility statement');
  if (shape.kind === 'copy_from') return operational(0.9, 'loads rows');
  if (shape.writesValues) return operational(0.95, 'writes the rows that the client sends');
  if (reach.size === 0) {
    if (resolution.unknownRelations.size === 0) return operational(0.9, 'reads no relation');
    return { class: 'unknown', confidence: 0, reasons: [`reads relations that the catalogue does not know: ${[...resolution.unknownRelations].join(', ')}`] };
  }
  if (wide.length === 0) return operational(0.95, `reaches ${[...reach.keys()].join(', ')} by ${[...reach.values()].every((way) => way.reach === 'unique') ? 'key' : 'key or index'}`);
  if (shape.locks) return operational(0.9, 'locks the rows that it reads');
  if (shape.probesExistence && shape.aggregates.length === 0) return operational(0.75, 'only asks whether a row exists');
  if ((shape.kind === 'update' || shape.kind === 'delete') && shape.aggregates.length === 0) return operational(0.7, 'changes rows in place');
  return null;
}

function analyticalEvidence(shape: Shape, wide: string[]): string[] {
  const tables = wide.join(', ');
  const evidence: string[] = [];
  if (shape.aggregates.length > 0) evidence.push(`aggregates ${tables} without a key (${shape.aggregates.join(', ')})`);
  if (shape.grouped) evidence.push(`groups the rows of ${tables}`);
  if (shape.windowed) evidence.push(`computes windows over ${tables}`);
  if (shape.distinct) evidence.push(`sorts out distinct rows of ${tables}`);
  if (shape.exports) evidence.push(`takes the rows of ${tables} out of the database`);
  return evidence;
}

/** Cost has the last word where it speaks clearly: a bounded statement is not analytical, a huge one is not operational. */
function sharpen(verdict: Classification, input: ClassificationInput): Classification {
  const { shape, bytesPerCall, thresholds } = input;
  if (bytesPerCall === null || verdict.class === 'unknown') return verdict;
  const cost = `touches ${formatQuantity(bytesPerCall, 'bytes') ?? 'unknown'} of blocks a call`;
  if (verdict.class === 'analytical') {
    if (bytesPerCall >= thresholds.bounded_bytes_per_call || shape.exports) {
      return { ...verdict, confidence: Math.min(0.99, verdict.confidence + 0.04), reasons: [...verdict.reasons, cost] };
    }
    return { class: 'mixed', confidence: 0.6, reasons: [...verdict.reasons, `but ${cost}`] };
  }
  const open = openAggregates(input);
  if (open.length > 0 && bytesPerCall >= thresholds.bounded_bytes_per_call && bytesPerCall < thresholds.analytical_bytes_per_call) {
    return { class: 'mixed', confidence: 0.5, reasons: [`aggregates the rows behind one value of ${open.join(', ')}, and nothing tells how many those are`, cost] };
  }
  const reads = shape.kind === 'select' || shape.kind === 'create';
  if (reads && !shape.locks && bytesPerCall >= thresholds.analytical_bytes_per_call) {
    return { class: 'analytical', confidence: 0.7, reasons: [cost, ...verdict.reasons] };
  }
  return verdict;
}

/** The indexed columns by which an aggregate reaches its rows where no key and no foreign key tells how many one value has. */
function openAggregates({ shape, reach, index }: ClassificationInput): string[] {
  if (shape.kind !== 'select' || shape.aggregates.length === 0 || shape.locks) return [];
  return [...reach].flatMap(([table, { column }]) => (column !== null && index.rowsPerValue(table, column) === null ? [`${table}.${column}`] : []));
}

/** `WHERE id IN (SELECT … LIMIT n)`, as queues and batches choose their rows: the page is in the sub-query. */
function choosesFromPage(statement: SqlStatement): boolean {
  const body = outerQuery(statement)?.body;
  return body?.type === 'select' && body.where !== null && conjunctsOf(body.where).some(isInPage);
}

function conjunctsOf(condition: Expression): Expression[] {
  return condition.type === 'operation' && condition.operator === 'and' ? condition.operands.flatMap(conjunctsOf) : [condition];
}

function isInPage(condition: Expression): boolean {
  return condition.type === 'subquery' && condition.kind === 'in' && condition.query.limit !== null;
}

/** Wide tables of which some are compared with a value and all others joined to these by equality. Null where that is not so. */
function lookedUp(wide: readonly string[], { reach, resolution }: ClassificationInput): { compared: string[]; joined: string[] } | null {
  const compared = wide.filter((table) => reach.get(table)?.compared);
  const equalities = equalitiesOf(resolution.block, new Set()).map(([left, right]) => [withoutPlace(tableOf(left)), withoutPlace(tableOf(right))] as const);
  const connected = new Set([...reach.keys()].filter((table) => !wide.includes(table)).concat(compared));
  for (let size = -1; size !== connected.size; ) {
    size = connected.size;
    for (const [left, right] of equalities) if (connected.has(left) || connected.has(right)) connected.add(left).add(right);
  }
  const joined = wide.filter((table) => !compared.includes(table));
  return compared.length > 0 && joined.every((table) => connected.has(table)) ? { compared, joined } : null;
}

function equalitiesOf(block: Block, seen: Set<Block>): [string, string][] {
  // A recursive common table is below itself.
  if (seen.has(block)) return [];
  seen.add(block);
  return [...block.equalities, ...block.children.flatMap((child) => equalitiesOf(child, seen))];
}

/** Reached by equality on a unique key, or on an indexed column of which one value has few rows. */
function isNarrow(table: string, way: TableReach, { index, shape }: ClassificationInput): boolean {
  if (way.reach !== 'indexed' || way.column === null) return way.reach === 'unique';
  const rows = index.rowsPerValue(table, way.column);
  // Where no foreign key tells, an aggregate over an indexed column stays open; a plain list is as operational as a page.
  return rows === null ? !shape.grouped && !shape.windowed : rows <= ROWS_PER_VALUE_MAX;
}

function isSmall(table: string, { index, thresholds }: ClassificationInput): boolean {
  const size_bytes = index.get(table)?.size_bytes ?? null;
  return size_bytes !== null && size_bytes <= thresholds.bounded_bytes_per_call;
}

function operational(confidence: number, reason: string): Classification {
  return { class: 'operational', confidence, reasons: [reason] };
}
