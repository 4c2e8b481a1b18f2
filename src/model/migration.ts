import type { Constraint, Policy } from './catalog.js';

/** The tools whose files are read. `sql` is a plain file. */
export const MIGRATION_TOOLS = ['sql', 'rails', 'django', 'flyway', 'liquibase', 'alembic', 'dbmate', 'goose', 'knex', 'prisma'] as const;
export type MigrationTool = (typeof MIGRATION_TOOLS)[number];

/** One file of migrations, in the direction in which it is deployed; what undoes it is left out. */
export interface MigrationFile {
  path: string;
  tool: MigrationTool;
  /** By which its tool orders it: `20261104093000`, `V12`, `0042_close_reason`; null for a plain file. */
  version: string | null;
  steps: MigrationStep[];
  /** What could not be read: it may change anything, and is never counted as harmless. */
  problems: MigrationProblem[];
}

export interface MigrationStep {
  /** One statement of SQL. */
  sql: string;
  /** Where it begins in the file, from 1. */
  line: number;
  /** What the file says in place of SQL: `add_column :orders, :note, :text`; null where it says SQL. */
  writtenAs: string | null;
}

export interface MigrationProblem {
  line: number;
  /** One sentence: what cannot be read, and why. */
  message: string;
}

/** Where a change is made. */
export interface MigrationPlace {
  file: string;
  line: number;
  /** As the file says it, shortened to one line. */
  text: string;
}

/** A change of the schema that a migration makes. Relations are `schema.name`, as they are called before it. */
export type SchemaChange = { place: MigrationPlace } & (
  | { kind: 'relation-added'; relation: string; relationKind: string }
  | { kind: 'relation-dropped'; relation: string; cascade: boolean }
  /** Another name or schema. */
  | { kind: 'relation-renamed'; relation: string; to: string }
  /** CREATE OR REPLACE VIEW, or dropped and made again. */
  | { kind: 'view-replaced'; relation: string; before: string; after: string }
  | { kind: 'column-added'; relation: string; column: string; type: string; nullable: boolean; hasDefault: boolean }
  | { kind: 'column-dropped'; relation: string; column: string; cascade: boolean }
  | { kind: 'column-renamed'; relation: string; column: string; to: string }
  | { kind: 'column-type'; relation: string; column: string; from: string; to: string; using: string | null }
  | { kind: 'column-default'; relation: string; column: string; from: string | null; to: string | null }
  | { kind: 'column-nullable'; relation: string; column: string; nullable: boolean }
  | { kind: 'column-generated'; relation: string; column: string; from: string | null; to: string | null }
  | { kind: 'constraint-added'; relation: string; constraint: Constraint }
  | { kind: 'constraint-dropped'; relation: string; constraint: Constraint }
  | { kind: 'constraint-validated'; relation: string; constraint: Constraint }
  /** Which values a column may have, by its enum type or a CHECK that lists them, was one list and is another. */
  | { kind: 'values-changed'; relation: string; column: string; added: string[]; removed: string[]; renamed: { from: string; to: string }[]; by: string }
  | { kind: 'function-added' | 'function-dropped' | 'function-replaced'; relation: ''; name: string }
  | { kind: 'row-security-changed'; relation: string; enabled: boolean; forced: boolean }
  | { kind: 'policy-added' | 'policy-dropped' | 'policy-changed'; relation: string; policy: Policy }
  | { kind: 'privilege-granted' | 'privilege-revoked'; relation: string; grantee: string; privileges: string[] }
  | { kind: 'publication-changed'; relation: string; publication: string; columnsAdded: string[]; columnsRemoved: string[]; removed: boolean }
  | { kind: 'trigger-added' | 'trigger-dropped'; relation: string; name: string; columns: string[] }
  /** UPDATE, DELETE, INSERT or MERGE of rows that are there: `columns` are written, all of them where it is empty. */
  | { kind: 'rows-changed'; relation: string; columns: string[]; verb: 'insert' | 'update' | 'delete' | 'truncate' | 'merge'; condition: string | null }
  /** Indexes, comments, owners, storage: nothing that a query's answer depends on. */
  | { kind: 'harmless'; relation: string; what: string }
);

/** A statement whose effect is not known: DO, EXECUTE, a call, SQL of another engine, a name that is in no catalogue. */
export interface UnknownChange {
  place: MigrationPlace;
  /** One sentence. */
  why: string;
}
