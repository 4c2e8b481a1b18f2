import type { Column, Relation } from '../../model/catalog.js';
import { matchColumns, missingParts, type FoundColumn, type Part } from '../../stores/control/columns.js';
import type { LiveSession } from '../../stores/live.js';
import { hasTexts } from '../engines.js';
import { ProbeUnsupported, type ProbeTarget } from '../probe.js';
import { plainText } from '../../text/plain-text.js';
import { findRelation, type FoundRelation } from './columns.js';
import { expressedPresence, expressedValue } from './expressed.js';
import { keyOf, quoted, writtenRelation, type RelationName } from './name.js';
import { sqlOf } from './sql.js';
import { isAnalytical, isReadable, relationIn } from './target.js';
import { timeOf, type ColumnKind } from './time.js';
import { zoneOfSchema } from './zone.js';

export type { FoundColumn } from '../../stores/control/columns.js';

/** A kind of control table and how it is recognised. */
export interface Convention<Id extends string> {
  /** As messages name it: `data_product_watermark`. */
  name: string;
  /** The setting that names it: `control.watermarks`. */
  setting: string;
  likeName: RegExp;
  parts: Readonly<Record<Id, Part>>;
  /** Without a telling name: whether the columns alone are enough. */
  byColumns(columns: Readonly<Partial<Record<Id, FoundColumn>>>): boolean;
}

export interface ControlTable<Id extends string> extends RelationName {
  columns: Partial<Record<Id, FoundColumn>>;
}

/** A control table grows with products and runs; what is larger is business data that looks alike. */
const ROWS_MAX = 5_000_000;

/**
 * The control table of this store, or null: the one that the catalogue shows under the conventional name, else the one that
 * is most like it. In a store that is not for analytics only the conventional name counts.
 */
export function findControlTable<Id extends string>(target: ProbeTarget, convention: Convention<Id>): ControlTable<Id> | null {
  const candidates = (target.catalog?.relations ?? []).flatMap((relation) => {
    if (!isReadable(relation) || (relation.rows ?? 0) > ROWS_MAX) return [];
    const score = scoreOf(relation, target, convention);
    return score === 0 ? [] : [{ relation, score }];
  });
  const [best] = candidates.sort((a, b) => b.score - a.score || (keyOf(a.relation) < keyOf(b.relation) ? -1 : 1));
  if (!best) return null;
  return { schema: best.relation.schema, name: best.relation.name, columns: columnsOf(best.relation.columns, convention, target) };
}

function scoreOf<Id extends string>(relation: Relation, target: ProbeTarget, convention: Convention<Id>): number {
  const columns = columnsOf(relation.columns, convention, target);
  if (missingParts(columns, convention.parts).length > 0) return 0;
  const name = relation.name.toLowerCase();
  const matched = Object.keys(columns).length + (zoneOfSchema(relation.schema) === 'control' ? 20 : 0);
  if (name === convention.name) return 1_000 + matched;
  if (!isAnalytical(target)) return 0;
  if (convention.likeName.test(name)) return 100 + matched;
  return convention.byColumns(columns) ? matched : 0;
}

function columnsOf<Id extends string>(columns: readonly Pick<Column, 'name' | 'type'>[], { parts }: Convention<Id>, { engine, settings }: ProbeTarget): Partial<Record<Id, FoundColumn>> {
  return matchColumns(columns, parts, engine, settings.control.columns);
}

/** True where a probe of this control table has something to look at. A configured table is looked for in every warehouse. */
export function hasControlTable<Id extends string>(target: ProbeTarget, convention: Convention<Id>, configured: string | null): boolean {
  if (configured === null) return findControlTable(target, convention) !== null;
  return target.role === 'warehouse' || relationIn(target.catalog, configured) !== undefined;
}

/**
 * The table that the configuration names, or the one that was found.
 * @throws ProbeUnsupported where it is not there or lacks a column without which it says nothing.
 */
async function resolveControlTable<Id extends string>(
  session: LiveSession,
  target: ProbeTarget,
  convention: Convention<Id>,
  configured: string | null,
): Promise<ControlTable<Id>> {
  if (configured === null) {
    const found = findControlTable(target, convention);
    if (found) return found;
    throw new ProbeUnsupported(`${target.store}: there is no table like ${convention.name}`, `Name it under ${convention.setting}.`);
  }
  const relation = await findRelation(session, target.catalog, configured);
  if (!relation) {
    throw new ProbeUnsupported(`${target.store}: there is no relation ${plainText(configured)}`, `Correct ${convention.setting}, or create the table.`);
  }
  return { schema: relation.schema, name: relation.name, columns: checkedColumns(target, convention, relation) };
}

function checkedColumns<Id extends string>(target: ProbeTarget, convention: Convention<Id>, relation: FoundRelation): Partial<Record<Id, FoundColumn>> {
  const columns = columnsOf(relation.columns, convention, target);
  const [missing] = missingParts(columns, convention.parts);
  if (missing === undefined) return columns;
  const [name = missing] = convention.parts[missing].names;
  throw new ProbeUnsupported(
    `${target.store}: ${plainText(writtenRelation(relation))} has no column ${name} of a type that fits`,
    `Map its name under control.columns, as in ${name}: my_column.`,
  );
}

/** Remembers where the table is and what its columns are, until reading it fails: then the server is asked anew. */
export class ControlTablePlace<Id extends string> {
  #table: ControlTable<Id> | null = null;
  /** The catalogue is as old as the watch. */
  #catalog: ProbeTarget['catalog'];

  constructor(
    private readonly target: ProbeTarget,
    private readonly convention: Convention<Id>,
    private configured: string | null,
  ) {
    this.#catalog = target.catalog;
  }

  /** @throws ProbeUnsupported where there is no such table; what `read` throws. */
  async use<T>(session: LiveSession, read: (table: ControlTable<Id>) => Promise<T>): Promise<T> {
    const table = this.#table ?? (await resolveControlTable(session, { ...this.target, catalog: this.#catalog }, this.convention, this.configured));
    try {
      this.#table = table;
      return await read(table);
    } catch (error) {
      this.#table = null;
      this.#catalog = null;
      this.configured ??= keyOf(table);
      throw error;
    }
  }
}

const SNIPPETS: Readonly<Record<ColumnKind, string>> = {
  time: 'warehouse_time',
  number: 'warehouse_number',
  text: 'warehouse_text',
  position: 'warehouse_text',
  other: 'warehouse_text',
};

/** SQL for a column of the table `t` as bounded text, whatever its type is; `null` where there is no column. */
export function textOf(session: LiveSession, column: FoundColumn | undefined): string {
  if (column === undefined) return 'null';
  return hasTexts(session) ? sqlOf(session, SNIPPETS[column.kind], { column: `t.${quoted(column.name)}` }) : expressedValue(session.engine, column);
}

/** SQL for whether a column of the table `t` holds anything. */
export function presenceOf(session: LiveSession, column: FoundColumn | undefined): string {
  if (column === undefined) return hasTexts(session) ? 'false' : '0';
  return hasTexts(session) ? sqlOf(session, 'warehouse_present', { column: `t.${quoted(column.name)}` }) : expressedPresence(session.engine, column);
}

/** Epoch seconds of what `textOf` gave. Null for what is no time: one row of rubbish costs that row only. */
export function timeIn(column: FoundColumn | undefined, text: string | null): number | null {
  return column === undefined || text === null ? null : timeOf(column.kind, text);
}

/** A whole number that is not negative, of what `textOf` gave; null for all else. */
export function countIn(text: string | null): number | null {
  if (text === null || !/^\s*\d{1,16}(\.\d*)?\s*$/.test(text)) return null;
  const value = Math.round(Number(text));
  return Number.isSafeInteger(value) ? value : null;
}

