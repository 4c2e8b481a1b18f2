import type { Catalog, Column, Constraint, Relation } from '../../../src/model/catalog.js';

export function column(name: string, type: string, more: Partial<Column> = {}): Column {
  return { name, type, nullable: true, comment: null, label: null, enumValues: null, ...more };
}

export function required(name: string, type: string, more: Partial<Column> = {}): Column {
  return column(name, type, { nullable: false, ...more });
}

export function table(schema: string, name: string, columns: Column[], more: Partial<Relation> = {}): Relation {
  return {
    schema, name, kind: 'table', owner: null, comment: null, columns, definition: null, rows: null, size_bytes: null,
    rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null, ...more,
  };
}

export function constraint(relation: Relation, kind: Constraint['kind'], name: string, more: Partial<Constraint> = {}): Constraint {
  return {
    schema: relation.schema, relation: relation.name, name, kind, columns: [], expression: null, references: null,
    validated: true, enforced: true, ...more,
  };
}

export function check(relation: Relation, name: string, expression: string, more: Partial<Constraint> = {}): Constraint {
  return constraint(relation, 'check', name, { expression, ...more });
}

export function catalogOf(relations: Relation[], constraints: Constraint[] = [], more: Partial<Catalog> = {}): Catalog {
  return {
    relations, constraints, indexes: [], roles: [], grants: [], policies: [], extensions: [], publications: [], functions: [], settings: {}, ...more,
  };
}
