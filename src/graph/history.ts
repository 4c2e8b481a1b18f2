import { relationKey } from '../sql/schema-index.js';
import type { Access, StoreBoundary } from './boundary.js';

/** A column that divides past periods by what it holds today. */
export interface OverwrittenGroup {
  /** Of the relation that is asked for. */
  column: string;
  /** Who overwrites it. */
  writers: string[];
}

/** Relations beside the table in which its former values could lie. */
const HISTORY = /(?:^|_)(?:history|hist|audit|log|version|versions|transition|transitions|snapshot|snapshots|changes|archive|scd2?)(?:_|$)/;
/** Columns by which rows are versions with a validity, so that none is overwritten without a trace. */
const VALIDITY = /^(?:valid|effective|dbt_valid)_(?:from|to|until)$|^(?:sys_period|is_current|row_version_from)$/;

const TIME = /^(?:date|timestamp|datetime)/i;

/** Knows which columns of one store are overwritten in place. Made once for a store. */
export class PresentValues {
  readonly #boundary: StoreBoundary;
  readonly #writers = new Map<string, Set<string>>();
  readonly #names: string[];

  constructor(boundary: StoreBoundary) {
    this.#boundary = boundary;
    this.#names = boundary.store.catalog.relations.map(({ name }) => name);
    for (const { part, statement, consumer } of boundary.accesses) {
      if (statement.kind !== 'update' && statement.kind !== 'merge') continue;
      for (const [relation, slots] of part?.resolution.writes ?? []) {
        for (const { name } of slots) {
          const column = `${relation}.${name}`;
          this.#writers.set(column, (this.#writers.get(column) ?? new Set()).add(consumer.name));
        }
      }
    }
  }

  /**
   * Columns of one relation that divide past periods in a statement, although they are overwritten in place and no history of
   * them is kept: then all of the past is shown as if it had always been as it is today. The periods are those of another
   * relation: what happened is a row of its own, and the column belongs to something that lives on.
   *
   * @param key `schema.name` of the relation
   */
  groupsOf({ part }: Access, key: string): OverwrittenGroup[] {
    const uses = (part?.resolution.uses ?? []).filter(({ kind }) => kind === 'grouping');
    if (!uses.some(({ column }) => !column.startsWith(`${key}.`) && this.#isTime(column))) return [];
    if (this.#keepsHistory(key)) return [];
    const own = [...new Set(uses.map(({ column }) => column))].filter((column) => column.slice(0, column.lastIndexOf('.')) === key && !this.#isTime(column));
    return own.flatMap((column) => {
      const writers = this.#writers.get(column);
      return writers === undefined ? [] : [{ column: column.slice(key.length + 1), writers: [...writers].toSorted() }];
    });
  }

  #isTime(column: string): boolean {
    const at = column.lastIndexOf('.');
    const found = this.#boundary.reader.index.get(column.slice(0, at))?.columns.find(({ name }) => name === column.slice(at + 1));
    return found !== undefined && TIME.test(found.type);
  }

  #keepsHistory(key: string): boolean {
    const relation = this.#boundary.reader.index.get(key);
    if (!relation || relationKey(relation) !== key) return true;
    if (relation.columns.some(({ name }) => VALIDITY.test(name))) return true;
    return this.#names.some((name) => name !== relation.name && name.includes(relation.name) && HISTORY.test(name.replace(relation.name, '')));
  }
}
