import { z } from 'zod';
import { CONTAINER_KINDS, OWNER_SOURCES, PROBLEM_CODES, QUERY_ROLES } from '../model/query.js';
import type { Snapshot } from '../model/snapshot.js';
import { asserted, declaration } from './metric-schema.js';
import { databaseStatistics, observedStarts, relationStatistics, sessionLooks } from './pressure-schema.js';

/** Raised when a reader of the old form would misread the new one; added fields do not raise it. */
export const SCHEMA_VERSION = 1;

const text = z.string();
const maybeText = z.string().nullable();
const texts = z.array(text);
const number = z.number();
const maybeNumber = z.number().nullable();
/** What a server counts never falls below nothing; shares would follow from it. */
const counter = z.number().nonnegative();
const maybeCounter = counter.nullable();
const flag = z.boolean();
const engine = z.enum(['postgres', 'duckdb']);
const storeRole = z.enum(['operational', 'replica', 'projection', 'warehouse']);

const column = z.object({
  name: text,
  type: text,
  nullable: flag,
  comment: maybeText,
  label: maybeText,
  enumValues: texts.nullable(),
});

const relation = z.object({
  schema: text,
  name: text,
  kind: z.enum(['table', 'partitioned_table', 'partition', 'view', 'materialized_view', 'foreign_table']),
  owner: maybeText,
  comment: maybeText,
  columns: z.array(column),
  definition: maybeText,
  rows: maybeNumber,
  size_bytes: maybeNumber,
  rowSecurity: flag,
  rowSecurityForced: flag,
  options: texts,
  partitionOf: maybeText,
  recordedColumns: texts.nullable().default(null),
});

const constraint = z.object({
  schema: text,
  relation: text,
  name: text,
  kind: z.enum(['primary_key', 'unique', 'foreign_key', 'check', 'not_null', 'exclusion']),
  columns: texts,
  expression: maybeText,
  references: z.object({ schema: text, relation: text, columns: texts }).nullable(),
  validated: flag,
  enforced: flag,
});

const index = z.object({
  schema: text,
  relation: text,
  name: text,
  columns: z.array(maybeText),
  unique: flag,
  primary: flag,
  predicate: maybeText,
  valid: flag,
  scans: maybeNumber,
  size_bytes: maybeNumber,
});

const role = z.object({
  name: text,
  superuser: flag,
  canLogin: flag,
  inherits: flag,
  replication: flag,
  bypassesRowSecurity: flag,
  connectionLimit: maybeNumber,
  settings: z.record(text, text),
  memberOf: texts,
});

const catalog = z.object({
  relations: z.array(relation),
  constraints: z.array(constraint),
  indexes: z.array(index),
  roles: z.array(role),
  grants: z.array(z.object({ grantee: text, schema: text, relation: text, privileges: texts })),
  policies: z.array(z.object({ schema: text, relation: text, name: text, command: text, roles: texts, using: maybeText })),
  extensions: z.array(z.object({ name: text, version: text, schema: text })),
  publications: z.array(
    z.object({
      name: text,
      allTables: flag,
      tables: z.array(z.object({ schema: text, relation: text, columns: texts.nullable(), rowFilter: maybeText })),
    }),
  ),
  settings: z.record(text, text),
  // Bundles written before functions were collected have none.
  functions: z
    .array(
      z.object({
        schema: text,
        name: text,
        kind: z.enum(['function', 'procedure', 'aggregate', 'window']),
        language: text,
        arguments: z.array(z.object({ name: text, type: text, mode: z.enum(['in', 'out', 'inout', 'variadic']) })),
        defaults: number,
        columns: z.array(z.object({ name: text, type: text })).nullable(),
        returns: text,
        returnsSet: flag,
        body: maybeText,
        dynamic: flag,
      }),
    )
    .default([]),
});

const statement = z.object({
  role: text,
  database: text,
  queryId: maybeText,
  toplevel: flag,
  text: maybeText,
  textState: z.enum(['full', 'truncated', 'hidden', 'lost']),
  calls: counter,
  execution_ms: counter,
  planning_ms: maybeCounter,
  rows: counter,
  sharedBlocksHit: counter,
  sharedBlocksRead: counter,
  tempBlocksRead: counter,
  tempBlocksWritten: counter,
  wal_bytes: maybeCounter,
  // What bundles of before have none of.
  sharedBlocksDirtied: maybeCounter.optional(),
  longest_ms: maybeCounter.optional(),
  deviation_ms: maybeCounter.optional(),
  jit_ms: maybeCounter.optional(),
  parallelWorkers: maybeCounter.optional(),
  since: maybeText.optional(),
});

const store = z.object({
  name: text,
  role: storeRole,
  engine,
  version: text,
  database: text,
  inRecovery: flag,
  catalog,
  statements: z.array(statement),
  ownStatements: texts.optional(),
  statementWindow: z
    .object({
      since: maybeText,
      evictions: maybeNumber,
      entries: number,
      entries_max: maybeNumber,
      block_bytes: number,
      until: text.optional(),
      startedAt: text.optional(),
      tracked: text.optional(),
      tracksUtility: flag.optional(),
    })
    .nullable(),
  cost: z.object({ elapsed_ms: number, queries: number, received_bytes: number }),
  // What bundles of before have none of.
  address: z.object({ host: text, port: number }).optional(),
  systemIdentifier: text.optional(),
  foreignTables: z
    .array(
      z.object({
        schema: text,
        name: text,
        server: text,
        wrapper: text,
        host: maybeText,
        port: maybeNumber,
        database: maybeText,
        remoteSchema: maybeText,
        remoteName: text,
      }),
    )
    .optional(),
  activity: z.array(z.object({ queryId: text, role: text, application: text, seen: number })).optional(),
  sampling: z.object({ seconds: number, samples: number, elapsed_ms: number }).optional(),
  starts: z.array(observedStarts).optional(),
  relationStatistics: z.array(relationStatistics).optional(),
  databaseStatistics: databaseStatistics.optional(),
  sessionLooks: sessionLooks.optional(),
});

const connection = z.object({ id: maybeText, name: maybeText, engine: maybeText, host: maybeText, database: maybeText }).nullable();
const origin = z.object({ file: text, pointer: text, line: number, column: number });

const container = z.object({ kind: z.enum(CONTAINER_KINDS), id: text, title: maybeText });

const query = z.object({
  id: text,
  kind: text,
  role: z.enum(QUERY_ROLES),
  sqlKind: z.enum(['statement', 'expression', 'predicate', 'relation']),
  title: maybeText,
  description: maybeText,
  container: container.extend({ within: container.optional() }).nullable(),
  owners: z.array(
    z.object({ name: text, via: z.enum(OWNER_SOURCES), inactive: flag.optional() }),
  ),
  connection,
  origin,
  raw: text,
  reconstructed: flag,
  variants: z.array(
    z.object({
      label: text,
      sql: text,
      map: z.array(z.object({ out: number, src: number, length: number, srcEnd: number, copy: flag })),
      assumptions: texts,
    }),
  ),
  isPublic: flag,
  lifecycle: z.enum(['active', 'draft', 'archived', 'disabled']),
  usage: z.object({ views: maybeNumber, lastUsedAt: maybeText }).nullable(),
  // Bundles of before had it under another name; without it only the words of one line are poorer.
  schedule: maybeText.default(null),
  problems: z.array(
    z.object({
      code: z.enum(PROBLEM_CODES),
      message: text,
    }),
  ),
  signatures: texts.optional(),
  declaration: declaration.optional(),
  asserts: z.array(asserted).optional(),
});

const contract = z.object({
  id: text,
  name: text,
  version: maybeText,
  status: maybeText,
  owner: maybeText,
  connection,
  relations: z.array(z.object({ schema: maybeText, name: text, columns: z.array(z.object({ name: text, classification: maybeText, pii: flag })), asserts: z.array(asserted).optional() })),
  origin,
});

const snapshot = z.object({
  takenAt: text,
  stores: z.array(store),
  queries: z.array(query),
  sources: z.array(z.object({ path: text, files: number, ignored: number, queries: z.record(text, number) })),
  gaps: z.array(
    z.object({ subject: text, missing: text, cause: text, remedy: maybeText, severity: z.enum(['blind', 'partial']) }),
  ),
  contracts: z.array(contract).optional(),
}) satisfies z.ZodType<Snapshot>;

/** A bundle after decompression. Unknown fields are dropped: a later version may have added them. */
export const bundleSchema = z.object({ schemaVersion: z.literal(SCHEMA_VERSION), snapshot });

/** Where a bundle breaks its form and how, without any value of it: `snapshot.stores[0].name: expected string`. */
export function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue) return 'unknown';
  const place = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('').slice(1);
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : '';
  return `${place}: ${wanted(issue)}${more}`;
}

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'too_small':
      return `expected at least ${String(issue.minimum)}`;
    case 'invalid_value':
      return `expected ${issue.values.map(String).join(', ')}`;
    default:
      return issue.code;
  }
}
