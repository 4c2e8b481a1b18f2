import type { Thresholds } from '../../model/thresholds.js';
import type { SchemaIndex } from '../../sql/schema-index.js';
import type { Shape } from '../../sql/shape.js';
import { count, formatQuantity } from '../../text/quantity.js';
import type { CostFacts } from '../cost.js';
import type { Extent } from './extent.js';
import { PAGE_ROWS_MAX } from './limit.js';
import { columnsOf, namesOf, openOf, wideOf } from './reach-words.js';
import { type Verdict, analytical, mixed, operational } from './verdict.js';

export interface CostInput {
  shape: Shape;
  extent: Extent;
  index: SchemaIndex;
  thresholds: Thresholds;
  /** Known. */
  cost: CostFacts;
  heap_bytes?: ReadonlyMap<string, number> | undefined;
}

/** So much is the way down an index and its rows: three or four levels and the heap, for two or three lookups, in blocks of 8 KiB. */
const BYTES_OF_KEY_MAX = 12 * 8192;
const MOVE = 0.04;

/**
 * Cost has the last word where it speaks clearly: a bounded statement is not analytical, a huge one is not operational. An absent
 * counter says nothing.
 */
export function sharpenByCost(verdict: Verdict, input: CostInput): Verdict {
  const { cost, thresholds } = input;
  const words = [blockWords(input), ...spillWords(cost)];
  if (verdict.class === 'unknown') return settleUnknown(verdict, input, words);
  if (verdict.class === 'analytical') return sharpenAnalytical(verdict, input, words);
  const { bytes_per_call } = cost;
  const huge = bytes_per_call >= thresholds.analytical_bytes_per_call || cost.temp_bytes_per_call >= thresholds.analytical_bytes_per_call;
  if (openComputations(input) && bytes_per_call >= thresholds.bounded_bytes_per_call && !huge) {
    return mixed(0.5, `aggregates the rows behind one value of ${columnsOf(openOf(input.extent))}, and nothing tells how many those are`, ...words);
  }
  const { shape } = input;
  const reads = (shape.kind === 'select' || shape.kind === 'create' || shape.kind === 'cursor' || shape.kind === 'copy_to') && !shape.locks;
  if (reads && huge && isKeyed(input.extent)) {
    return mixed(0.6, ...words, ...verdict.reasons, 'a key does not cost as much: its plan does not use it, or it carries dead rows');
  }
  if (reads && huge) return analytical(bytes_per_call >= thresholds.analytical_bytes_per_call ? 0.7 : 0.6, ...words, ...verdict.reasons);
  const isList = input.extent.amount !== 'few' && input.extent.computations.length === 0;
  if (reads && isList && cost.rows_per_call > PAGE_ROWS_MAX) return analytical(0.7, `gives ${count(Math.round(cost.rows_per_call), 'row')} a call`, ...verdict.reasons, ...words);
  return { ...verdict, confidence: confirmed(verdict, cost) };
}

/** All that it reads is found by whole keys, and nothing is computed. */
function isKeyed({ places, computations }: Extent): boolean {
  return computations.length === 0 && places.length > 0 && places.every(({ reach, known }) => known && reach.reach === 'unique');
}

/** A few blocks for what a key reaches is what such a statement costs. */
function confirmed({ class: workload, confidence }: Verdict, { bytes_per_call }: CostFacts): number {
  return workload === 'operational' && bytes_per_call <= BYTES_OF_KEY_MAX ? Math.min(0.99, confidence + MOVE) : confidence;
}

function sharpenAnalytical(verdict: Verdict, input: CostInput, words: readonly string[]): Verdict {
  const { cost, shape, thresholds, extent } = input;
  const heavy = cost.bytes_per_call >= thresholds.bounded_bytes_per_call || cost.temp_bytes_per_call >= thresholds.bounded_bytes_per_call;
  // What a cursor gives is counted by its FETCH.
  const exported = shape.exports && (shape.kind === 'cursor' || cost.rows_per_call > PAGE_ROWS_MAX);
  if (heavy || exported) return { ...verdict, confidence: Math.min(0.99, verdict.confidence + MOVE), reasons: [...verdict.reasons, ...words] };
  const reasons = [...verdict.reasons, `but ${words[0] ?? ''}`];
  if (cost.bytes_per_call <= BYTES_OF_KEY_MAX && isLarge(input)) return operational(0.6, ...reasons);
  // A list of a whole table that gives much more than a page is an export, however well its rows are packed.
  if (extent.computations.length === 0 && cost.rows_per_call > PAGE_ROWS_MAX) return { ...verdict, reasons: [...verdict.reasons, ...words] };
  return mixed(0.6, ...reasons);
}

/** The tables that it seems to read in full are known to be much larger than what it touches: something narrows it. */
function isLarge({ extent, index, cost }: CostInput): boolean {
  const sizes = [...new Set([...wideOf(extent), ...openOf(extent)].map(({ table }) => table))].map((table) => index.get(table)?.size_bytes ?? Number.NaN);
  return sizes.length > 0 && sizes.every((size_bytes) => size_bytes > 4 * cost.bytes_per_call);
}

function settleUnknown(verdict: Verdict, { cost, thresholds }: CostInput, words: readonly string[]): Verdict {
  if (cost.bytes_per_call >= thresholds.analytical_bytes_per_call) return analytical(0.55, ...verdict.reasons, ...words);
  if (cost.blocks_per_call > 0 && cost.bytes_per_call <= BYTES_OF_KEY_MAX && cost.rows_per_call <= 1) return operational(0.5, ...verdict.reasons, ...words);
  return verdict;
}

/** An aggregate over an indexed column of which neither a key nor a foreign key tells how many rows one value has. */
function openComputations({ extent, shape, index }: CostInput): boolean {
  if (shape.kind !== 'select' || shape.locks) return false;
  return openOf(extent).some(({ table, reach }) => reach.column !== null && index.rowsPerValue(table, reach.column) === null) && extent.computations.some(({ aggregates, amount }) => amount === 'open' && aggregates.length > 0);
}

/** `17,101 blocks a call (134 MiB), all of app.case_file`. */
function blockWords({ cost, extent, index, heap_bytes }: CostInput): string {
  const bytes = formatQuantity(cost.bytes_per_call, 'bytes') ?? 'unknown';
  // An engine that keeps a history counts bytes.
  const blocks = Number.isNaN(cost.scanned_bytes) ? `${count(Math.round(cost.blocks_per_call), 'block')} a call (${bytes})` : `${bytes} read a call`;
  const tables = [...new Set(wideOf(extent).map(({ table }) => table))];
  const size_bytes = tables.reduce((total, table) => total + (heap_bytes?.get(table) ?? index.get(table)?.size_bytes ?? Number.NaN), 0);
  if (tables.length === 0 || !(size_bytes > 0)) return blocks;
  const part = cost.bytes_per_call / size_bytes;
  const words = part >= 0.8 ? 'all' : part >= 0.4 ? 'about half' : part >= 0.1 ? `${formatQuantity(part, 'share') ?? ''}` : null;
  return words === null ? blocks : `${blocks}, ${words} of ${namesOf(tables.sort())}`;
}

const SPILL_BYTES_MIN = 2 ** 20;

function spillWords({ temp_bytes_per_call, parallel_workers_per_call, wal_bytes_per_call }: CostFacts): string[] {
  const words: string[] = [];
  if (temp_bytes_per_call >= SPILL_BYTES_MIN) words.push(`${formatQuantity(temp_bytes_per_call, 'bytes') ?? ''} of temporary files a call`);
  if (parallel_workers_per_call >= 0.5) words.push(`${count(Math.max(1, Math.round(parallel_workers_per_call)), 'parallel worker')} a call`);
  if (wal_bytes_per_call >= SPILL_BYTES_MIN) words.push(`${formatQuantity(wal_bytes_per_call, 'bytes') ?? ''} of WAL a call`);
  return words;
}
