import { z } from 'zod';
import { SESSION_STATES, type DatabaseStatistics, type ObservedStarts, type RelationStatistics, type SessionLooks } from '../model/pressure.js';

const text = z.string();
const maybeText = z.string().nullable();
const number = z.number();
const maybeNumber = z.number().nullable();
const state = z.enum(SESSION_STATES);

export const relationStatistics = z.object({
  schema: text,
  name: text,
  sequentialScans: number,
  rowsReadBySequentialScans: number,
  indexScans: number,
  rowsInserted: number,
  rowsUpdated: number,
  rowsUpdatedInPlace: number,
  rowsDeleted: number,
  rowsLive: number,
  rowsDead: number,
  lastVacuumAt: maybeText,
  heap_bytes: maybeNumber,
}) satisfies z.ZodType<RelationStatistics>;

export const databaseStatistics = z.object({
  since: maybeText,
  blocksHit: number,
  blocksRead: number,
  rowsReturned: number,
  rowsFetched: number,
  tempFiles: number,
  temp_bytes: number,
  deadlocks: number,
  conflicts: z.object({ tablespace: number, lock: number, snapshot: number, bufferPin: number, deadlock: number }).nullable(),
}) satisfies z.ZodType<DatabaseStatistics>;

export const sessionLooks = z.object({
  looks: number,
  seconds: number,
  sessions: z.array(
    z.object({
      role: text,
      application: text,
      state,
      queryId: maybeText,
      looks: number,
      transaction_seconds: maybeNumber,
      statement_seconds: maybeNumber,
      horizon_transactions: maybeNumber,
      lockWaits: number,
      lockWait_seconds: maybeNumber,
      blockedBy: z.array(z.object({ role: text, application: text, state, queryId: maybeText, looks: number })),
    }),
  ),
  holders: z.array(z.object({ kind: z.enum(['replication slot', 'prepared transaction', 'standby']), name: text, transactions: number, age_seconds: maybeNumber, catalogOnly: z.boolean().optional() })),
}) satisfies z.ZodType<SessionLooks>;

export const observedStarts = z.object({ queryId: text, role: text, application: text, startedAt_ms: z.array(number) }) satisfies z.ZodType<ObservedStarts>;
