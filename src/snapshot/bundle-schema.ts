import { z } from 'zod';
import type { Snapshot } from '../model/snapshot.js';
import { catalog } from './catalog-schema.js';
import { closedPeriods } from './closed-period-schema.js';
import { columnDeclaration, contract, contractRegistry } from './contract-schema.js';
import { controlRecords } from './control-schema.js';
import { databaseStatistics, observedStarts, relationStatistics, sessionLooks } from './pressure-schema.js';
import { ENGINES } from '../model/store.js';
import { query } from './query-schema.js';

/**
 * What the number promises. Every bundle of one number is read by every tidemark of that number, older or newer: a field is only ever
 * added, as an optional one; one that is missing means that it was not looked at, never nothing or zero; a field that a reader does
 * not know is dropped; none is renamed, none changes its unit, and no list changes its order. What cannot be said so raises the
 * number, and then bundles of before are refused with the advice to collect them again: a snapshot is a look at a system that still
 * stands, so nothing is converted.
 */
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
const engine = z.enum(ENGINES);
const storeRole = z.enum(['operational', 'replica', 'projection', 'warehouse']);

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
  scanned_bytes: maybeCounter.optional(),
  billed_bytes: maybeCounter.optional(),
  failures: counter.optional(),
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
  contractRegistry: contractRegistry.optional(),
  control: controlRecords.optional(),
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
  columnDeclarations: z.array(columnDeclaration).optional(),
  closedPeriods: z.array(closedPeriods).optional(),
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
