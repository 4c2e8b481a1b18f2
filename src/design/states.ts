import type { Catalog, Column, Relation } from '../model/catalog.js';
import type { StoreBoundary } from '../graph/boundary.js';
import { relationKey } from '../sql/schema-index.js';
import { wordsOf } from './words.js';

/** Times that begin when a row comes into a state and are empty before: `closed_at`, `settled_on`. Deletion and expiry are no states of a workflow. */
const STATE_TIME = /^(?:closed|cancelled|canceled|completed|resolved|finished|shipped|delivered|paid|captured|settled|approved|rejected|terminated|revoked|voided|refunded|returned)_(?:at|on|date|time|timestamp)$/;
const STATE = /^(?:status|state|workflow_state|lifecycle_state|current_status|current_state)$/;
const TIME = /^(?:date|timestamp|datetime)/i;
const STATE_TYPE = /char|text|string|enum|int|user-defined/i;
/** Tables and columns that keep what was. */
const KEEPS = new Set(['history', 'histories', 'hist', 'audit', 'audits', 'log', 'logs', 'version', 'versions', 'transition', 'transitions', 'event', 'events', 'changes', 'changelog', 'archive', 'journal', 'revision', 'revisions', 'outbox']);
const GENERIC = new Set(['audit', 'audits', 'audited', 'versions', 'revisions', 'revinfo', 'outbox', 'history', 'journal', 'events', 'changelog', 'event']);

/** Columns by which rows are versions with a validity, or that keep what was within the row. */
const VERSIONS = /^(?:valid|effective)_(?:from|to|until)$|^(?:sys_period|is_current|history|versions|transitions|events)$/;

/** A state and how it is kept. */
export interface State {
  column: string;
  /** Nullable times of one of its states that no CHECK of the table names together with it. */
  loose: string[];
}

/**
 * The state column of a table; null where it has none. A column of its own enum counts whatever its type is called.
 * The pair is that of Part 066 §3: the state says closed exactly where `closed_at` is set.
 */
export function stateOf(relation: Relation, { constraints }: Catalog): State | null {
  const column = relation.columns.find((candidate) => STATE.test(candidate.name.toLowerCase()) && isState(candidate));
  if (column === undefined) return null;
  const checks = constraints.filter(({ schema, relation: name, kind }) => kind === 'check' && schema === relation.schema && name === relation.name);
  const loose = relation.columns.filter(({ name, nullable, type, generated }) => nullable && generated === undefined && TIME.test(type) && STATE_TIME.test(name.toLowerCase()))
    .filter(({ name }) => !checks.some((check) => names(check, name) && names(check, column.name)));
  return { column: column.name, loose: loose.map(({ name }) => name) };
}

function isState({ type, enumValues, generated }: Column): boolean {
  return generated === undefined && !/bool/i.test(type) && (enumValues !== null || STATE_TYPE.test(type));
}

function names({ columns, expression }: { columns: string[]; expression: string | null }, column: string): boolean {
  return columns.includes(column) || (expression ?? '').toLowerCase().split(/[^a-z0-9_]+/).includes(column.toLowerCase());
}

/** A table that keeps what was, of itself or of others. */
interface Keeper {
  relation: Relation;
  /** It is one by its own name, of whatever it refers to or is named after. */
  byName: boolean;
  /** It keeps what was of every table of its schema. */
  ofSchema: boolean;
  /** Its schema is one of audits: it keeps what was of every table. */
  ofAll: boolean;
}

/** Where former states of the tables of one store are or could be kept. Made once for a store. */
export class Keepers {
  readonly #catalog: Catalog;
  readonly #keepers: Keeper[];

  constructor({ store: { catalog } }: StoreBoundary) {
    this.#catalog = catalog;
    this.#keepers = catalog.relations.flatMap((relation): Keeper[] => {
      if (relation.definition !== null) return [];
      const words = wordsOf(relation.name);
      const keeper = {
        relation,
        byName: words.some((word) => KEEPS.has(word)),
        ofSchema: words.some((word) => GENERIC.has(word)) && isOfAll(words, relation, catalog.relations),
        ofAll: wordsOf(relation.schema).some((word) => GENERIC.has(word)),
      };
      return keeper.byName || keeper.ofSchema || keeper.ofAll ? [keeper] : [];
    });
  }

  /**
   * Where former states of a table are or could be kept; empty where nothing is there that could. Triggers are not in the catalogue that
   * is read: what they write to is a table, and whatever is named as a table of history, events or audit counts, of this table or of all.
   */
  of(relation: Relation): string {
    const key = relationKey(relation);
    const { publications, constraints } = this.#catalog;
    const publication = publications.find(({ allTables, tables }) => allTables || tables.some((table) => `${table.schema}.${table.relation}` === key));
    if (publication !== undefined) return `publication ${publication.name}`;
    const versions = relation.columns.find(({ name }) => VERSIONS.test(name.toLowerCase()));
    if (versions !== undefined) return `column ${versions.name}`;
    const own = relation.name.toLowerCase().replace(/s$/, '');
    const found = this.#keepers.find((keeper) => {
      const other = relationKey(keeper.relation);
      if (other === key) return false;
      if (keeper.ofAll || (keeper.ofSchema && keeper.relation.schema === relation.schema)) return true;
      if (!keeper.byName) return false;
      return keeper.relation.name.toLowerCase().includes(own) || constraints.some(({ kind, references, schema, relation: name }) =>
        kind === 'foreign_key' && `${schema}.${name}` === other && references !== null && `${references.schema}.${references.relation}` === key);
    });
    return found === undefined ? '' : relationKey(found.relation);
  }
}

/** A table of history is of all tables, where its other words are no table of the store. */
function isOfAll(words: readonly string[], { schema, name }: Relation, relations: readonly Relation[]): boolean {
  const rest = words.filter((word) => !GENERIC.has(word) && !KEEPS.has(word)).join('_');
  return rest === '' || !relations.some((relation) => (relation.schema !== schema || relation.name !== name) && relation.name.toLowerCase().startsWith(rest));
}
