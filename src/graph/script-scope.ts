import type { Relation } from '../model/catalog.js';
import type { SqlStatement } from '../model/syntax-tree.js';
import { type Flows, mergeFlows } from '../sql/flow.js';
import type { ViewResolution } from '../sql/lineage.js';
import type { Resolution } from '../sql/resolution.js';
import { relationKey } from '../sql/schema-index.js';
import type { Slot } from '../sql/scope.js';

/** A relation that a script makes for its own later statements. */
export interface MadeRelation {
  relation: Relation;
  /** What flows into it, as if it were a view: later statements are followed to the tables behind. */
  view: ViewResolution;
}

/** What a script has made so far, by `schema.name`. */
export class ScriptScope {
  readonly #defaultSchema: string;
  readonly #made = new Map<string, MadeRelation>();

  constructor(defaultSchema: string) {
    this.#defaultSchema = defaultSchema;
  }

  /** What a statement makes, or changes of what was made before it, for the statements after it; null where that is nothing. */
  after(statement: SqlStatement, resolution: Resolution): MadeRelation | null {
    const made = this.#madeBy(statement, resolution) ?? this.#filledBy(statement, resolution);
    if (made !== null) this.#made.set(relationKey(made.relation), made);
    return made;
  }

  /** CREATE TABLE AS, CREATE VIEW, and CREATE TABLE with a list of columns, which nothing has filled yet. */
  #madeBy(statement: SqlStatement, resolution: Resolution): MadeRelation | null {
    if (statement.type !== 'create' && statement.type !== 'table_definition') return null;
    const defined = statement.type === 'table_definition';
    const columns = defined ? statement.columns.map(({ name }): Slot => ({ name, flows: new Map() })) : [...resolution.writes.values()][0];
    if (!columns || columns.some(({ name }) => name === '*')) return null;
    const schema = statement.target.schema ?? this.#defaultSchema;
    // Its own conditions count where it is made.
    const view = { columns, uses: [], base: resolution.base, block: resolution.block, uncertain: [] };
    return { relation: relationOf(schema, statement.target.name, columns, defined ? 'table' : 'view'), view };
  }

  /** What is written into a relation of the script is found behind it, as what it was made from is. */
  #filledBy(statement: SqlStatement, resolution: Resolution): MadeRelation | null {
    if (statement.type !== 'insert' && statement.type !== 'update' && statement.type !== 'merge') return null;
    const [key, written] = [...resolution.writes].find(([name]) => this.#made.has(name)) ?? [];
    const known = key === undefined ? undefined : this.#made.get(key);
    if (!known || !written || written.some((slot) => slot.name === '*')) return null;
    const { columns, base, block } = known.view;
    const flowsInto = (name: string): Flows => written.find((slot) => slot.name === name)?.flows ?? new Map();
    const filled = columns.map((slot): Slot => ({ ...slot, flows: mergeFlows(new Map(slot.flows), flowsInto(slot.name)) }));
    const view = { ...known.view, columns: filled, base: new Set([...base, ...resolution.base]), block: { ...block, children: [...block.children, resolution.block] } };
    return { relation: { ...known.relation, kind: 'view', definition: '' }, view };
  }
}

function relationOf(schema: string, name: string, columns: readonly Slot[], kind: Relation['kind']): Relation {
  return {
    schema, name, kind,
    owner: null, comment: null, definition: kind === 'view' ? '' : null, rows: null, size_bytes: null, rowSecurity: false, rowSecurityForced: false,
    options: [], partitionOf: null, recordedColumns: null,
    columns: columns.map((slot) => ({ name: slot.name, type: '', nullable: true, comment: null, label: null, enumValues: null })),
  };
}
