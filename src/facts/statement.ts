import type { CostFacts } from './cost.js';
import type { Thresholds } from '../model/thresholds.js';
import type { SqlStatement } from '../model/syntax-tree.js';
import type { TableReach } from '../sql/reach.js';
import type { Resolution } from '../sql/resolution.js';
import type { SchemaIndex } from '../sql/schema-index.js';
import type { Shape } from '../sql/shape.js';
import { markedKinds, nameMarkers } from '../text/marker.js';
import { type FactsOf, type GroupSchema, unknownFacts } from './schema.js';
import { timeRangeOf } from './time-range.js';
import { verdictOfUnparsed } from './workload/truncated.js';
import { type ClassificationInput, classify } from './workload/classify.js';

export const schema = {
  kind: { type: 'string', doc: 'select, insert, update, delete, merge, copy_to, copy_from, cursor, create, utility, unparsed' },
  class: { type: 'string', doc: 'operational, analytical, mixed or unknown' },
  confidence: { type: 'number', doc: 'how sure the class is, 0 to 1' },
  reasons: { type: 'list', doc: 'why the class was given, in words, weightiest first' },
  status: { type: 'string', doc: 'parsed, partial or unparsed' },
  relations: { type: 'list', doc: 'every base relation read, through views too' },
  direct_relations: { type: 'list', doc: 'the relations that the text itself names' },
  internal_relations: { type: 'list', doc: 'those directly named that lie in an internal zone' },
  writes: { type: 'list', doc: 'the relations that it writes to' },
  internal_writes: { type: 'list', doc: 'those of them that lie in an internal zone of an operational store' },
  personal_literals: { type: 'list', doc: 'kinds of personal data or secrets that stand as literals in its text' },
  aggregates: { type: 'list', doc: 'the aggregate functions it calls, in any sub-query' },
  grouped: { type: 'bool', doc: 'has GROUP BY' },
  windowed: { type: 'bool', doc: 'has window functions' },
  distinct: { type: 'bool', doc: 'has SELECT DISTINCT' },
  limited: { type: 'bool', doc: 'the outermost query has LIMIT or FETCH FIRST' },
  limit: { type: 'number', doc: 'the literal row limit; unknown for a parameter' },
  keyed: { type: 'bool', doc: 'every relation it reads is reached by equality on a primary or unique key' },
  selective: { type: 'bool', doc: 'every relation it reads is reached by equality on the leading column of some index' },
  filtered: { type: 'bool', doc: 'has any condition' },
  selects_star: { type: 'bool', doc: 'an outermost * over a relation' },
  joins: { type: 'number', doc: 'how many relations are joined to another' },
  exports: { type: 'bool', doc: 'COPY … TO or a cursor: the rows leave the database' },
  time_column: { type: 'string', doc: 'the column that bounds it in time' },
  time_range_days: { type: 'number', unit: 'days', doc: 'the width of the time range, where literals tell it' },
  head: { type: 'string', doc: 'the first 120 characters, literals masked' },
} as const satisfies GroupSchema;

export type StatementFacts = FactsOf<typeof schema>;

/** What is needed to judge one statement of a text. */
export interface StatementInput {
  text: string;
  status: 'parsed' | 'partial' | 'unparsed';
  statement: SqlStatement;
  shape: Shape;
  resolution: Resolution;
  reach: Map<string, TableReach>;
  index: SchemaIndex;
  thresholds: Thresholds;
  /** What it cost; null without statistics. */
  cost: CostFacts | null;
  heap_bytes?: ClassificationInput['heap_bytes'];
  /** How it comes back and who sends it; null where nothing tells. */
  rhythm: ClassificationInput['rhythm'];
  sender: ClassificationInput['sender'];
  isInternal: (relation: string) => boolean;
}

const HEAD_LENGTH = 120;

export function extract(input: StatementInput): StatementFacts {
  const { shape, resolution, reach } = input;
  const { class: workload, confidence, reasons } = classify(input);
  const direct = [...resolution.direct.keys()].sort();
  const writes = [...resolution.writes.keys()].sort();
  const range = timeRangeOf(input.statement);
  return {
    kind: shape.kind,
    class: workload,
    confidence,
    reasons,
    status: input.status,
    relations: [...resolution.base].sort(),
    direct_relations: direct,
    internal_relations: direct.filter(input.isInternal),
    writes,
    internal_writes: writes.filter(input.isInternal),
    personal_literals: markedKinds(input.text),
    aggregates: shape.aggregates,
    grouped: shape.grouped,
    windowed: shape.windowed,
    distinct: shape.distinct,
    limited: shape.limited,
    limit: shape.limit ?? Number.NaN,
    keyed: reach.size > 0 && [...reach.values()].every((way) => way.reach === 'unique'),
    selective: reach.size > 0 && [...reach.values()].every((way) => way.reach !== 'scan'),
    filtered: shape.filtered,
    selects_star: shape.selectsStar,
    joins: shape.joins,
    exports: shape.exports,
    time_column: range?.column ?? '',
    time_range_days: range?.days ?? Number.NaN,
    head: headOf(input.text),
  };
}

/** Facts of a text that no parser could read: it is counted, and judged by its beginning alone. */
export function extractUnparsed(text: string): StatementFacts {
  const { class: workload, confidence, reasons } = verdictOfUnparsed(text);
  return { ...unknownFacts(schema), kind: 'unparsed', class: workload, confidence, reasons, status: 'unparsed', personal_literals: markedKinds(text), head: headOf(text) };
}

function headOf(text: string): string {
  const line = nameMarkers(text.slice(0, HEAD_LENGTH * 4)).replace(/\s+/g, ' ').trim();
  return line.length > HEAD_LENGTH ? `${line.slice(0, HEAD_LENGTH - 1)}…` : line;
}
