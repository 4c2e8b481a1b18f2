import type { Column, Relation } from '../../../model/catalog.js';
import type { Name } from './ddl-state.js';

/** A relation of which nothing is known but what is given. */
export function newRelation(name: Name, kind: Relation['kind'], columns: Column[], definition: string | null): Relation {
  return {
    ...name, kind, columns, definition, owner: null, comment: null, rows: null, size_bytes: null,
    rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
  };
}
