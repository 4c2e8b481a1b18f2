import type { Relation } from '../model/catalog.js';
import type { SqlStatement } from '../model/syntax-tree.js';
import type { ViewResolution } from '../sql/lineage.js';
import type { Resolution } from '../sql/resolution.js';

/** A relation that a script makes for its own later statements. */
export interface MadeRelation {
  relation: Relation;
  /** What flows into it, as if it were a view: later statements are followed to the tables behind. */
  view: ViewResolution;
}

/** What CREATE TABLE AS and CREATE VIEW leave for the statements after them; null for every other statement. */
export function madeBy(statement: SqlStatement, resolution: Resolution, defaultSchema: string): MadeRelation | null {
  if (statement.type !== 'create') return null;
  const [columns] = resolution.writes.values();
  if (!columns || columns.some(({ name }) => name === '*')) return null;
  const relation: Relation = {
    schema: statement.target.schema ?? defaultSchema,
    name: statement.target.name,
    kind: 'view',
    owner: null, comment: null, definition: '', rows: null, size_bytes: null, rowSecurity: false, rowSecurityForced: false,
    options: [], partitionOf: null, recordedColumns: null,
    columns: columns.map(({ name }) => ({ name, type: '', nullable: true, comment: null, label: null, enumValues: null })),
  };
  // Its own conditions count where it is made.
  return { relation, view: { columns, uses: [], base: resolution.base, block: resolution.block, uncertain: [] } };
}
