import type { Problem } from '../../model/query.js';
import { isObject, parsedJson } from '../common/json.js';
import { idKey } from './field-catalog.js';
import { plainColumn, type ResultColumn } from './field-key.js';
import { MbqlError, readQuery, type Stage } from './mbql.js';
import { fieldShape, type MetabaseCard, type MetabaseDefinition } from './shapes.js';

/** A query in SQL, its tags and where it stands within its card. */
export interface Native {
  sql: unknown;
  tags: unknown;
  pointer: string;
}

/** A definition is a whole query in MBQL 5; in MBQL 4 only its inner part, which may leave its table to the object. */
export function definitionStage({ definition, table_id }: MetabaseDefinition): Stage | null {
  if (!definition) return null;
  if (Array.isArray(definition['stages']) || isObject(definition['query'])) return readQuery(definition);
  return readQuery({ query: { 'source-table': table_id, ...definition } });
}

/** The query of a card, in newer releases also kept as text in the old language. */
export function datasetQuery(card: MetabaseCard): Record<string, unknown> | null {
  if (card.dataset_query && Object.keys(card.dataset_query).length > 0) return card.dataset_query;
  if (!card.legacy_query) return null;
  const query = parsedJson(card.legacy_query);
  return isObject(query) ? query : null;
}

export function isMbql5(query: Record<string, unknown>): boolean {
  return Array.isArray(query['stages']);
}

export function nativeOf(query: Record<string, unknown>): Native | null {
  const native = query['native'];
  if (isObject(native)) return { sql: native['query'], tags: native['template-tags'], pointer: '/dataset_query/native/query' };
  const stages: unknown = query['stages'];
  const only: unknown = Array.isArray(stages) && stages.length === 1 ? stages[0] : undefined;
  if (!isObject(only) || only['native'] === undefined) return null;
  return { sql: only['native'], tags: only['template-tags'], pointer: '/dataset_query/stages/0/native' };
}

/** Native queries of MongoDB, Druid and Google Analytics are JSON, as an object or as its text. */
export function isSql(value: unknown): value is string {
  return typeof value === 'string' && !/^\s*(\[(?!\[)|\{(?!\{))/.test(value);
}

export function resultColumns(card: MetabaseCard): ResultColumn[] | null {
  const columns = (card.result_metadata ?? []).filter(isObject).flatMap((column) => {
    const { name, id, base_type } = fieldShape.parse(column);
    return name ? [{ ...plainColumn(name), fieldId: idKey(id), baseType: base_type ?? null }] : [];
  });
  return columns.length > 0 ? columns : null;
}

/** What a person gets to read of an error. A defect of ours costs this card only, and says so. */
export function problemOf(error: unknown): Problem {
  if (error instanceof MbqlError) return { code: 'unreadable', message: `its query cannot be read: ${error.message}` };
  if (error instanceof RangeError) return { code: 'unsupported', message: 'its query nests deeper than can be followed' };
  return { code: 'unreadable', message: `tidemark failed to read it: ${error instanceof Error ? error.message.slice(0, 120) : 'unknown error'}` };
}
