import { z } from 'zod';
import type { Level } from '../model/finding.js';
import { MASK_LEVELS } from '../model/masking.js';
import type { RolePurpose, Zone } from '../model/store.js';
import { defaultThresholds } from './defaults.js';
import { gateShape } from './gate.js';
import { liveShape } from './live-schema.js';
import { metricsShape } from './metrics-schema.js';
import { confirmedShape, reviewShape } from './review.js';
import { store } from './stores.js';
import { duration, name, pattern, share, size } from './values.js';

const LEVELS = ['error', 'warning', 'note', 'off'] as const satisfies readonly (Level | 'off')[];
const PURPOSES = [
  'application',
  'reporting',
  'loader',
  'person',
  'administration',
  'unknown',
] as const satisfies readonly RolePurpose[];
export const ZONES = [
  'internal',
  'contract',
  'read_model',
  'raw',
  'mart',
  'semantic',
  'secure',
  'control',
  'unknown',
] as const satisfies readonly Zone[];

const source = z
  .strictObject({
    path: name.optional().describe('a file, folder or archive, from the folder of this file'),
    url: name
      .optional()
      .describe('in place of path: the address of the tool itself, whose interface is asked, or postgresql://… of the database that Metabase keeps its cards in'),
    token: name.optional().describe('an API key or token for url, as ${env:NAME}'),
    username: name.optional(),
    password: name.optional().describe('as ${env:NAME}'),
    tool: name.optional().describe('the format; without it every format looks; url needs it'),
    store: name.optional().describe('where its queries run if they name no connection'),
  })
  .superRefine((value, context) => {
    const refuse = (message: string): void => context.addIssue({ code: 'custom', path: [], message });
    if ((value.path === undefined) === (value.url === undefined)) return refuse('must have either path or url');
    if (value.url === undefined && (value.token ?? value.username ?? value.password) !== undefined) return refuse('has credentials but no url to use them for');
    if (value.url === undefined) return undefined;
    if (value.tool === undefined) return refuse('has a url, so it must say which tool answers there');
    if (!URL.canParse(value.url) || !/^(https?|postgres(ql)?):$/.test(new URL(value.url).protocol)) return refuse('must have a url that begins with https://, http:// or postgresql://');
    return undefined;
  });

const consumer = z.strictObject({
  match: z
    .strictObject({
      tool: name.optional(),
      title: pattern.optional(),
      dashboard: pattern.optional(),
      file: pattern.optional(),
      role: pattern.optional().describe('database roles'),
    })
    .refine((match) => Object.keys(match).length > 0, { error: 'must have at least one of tool, title, dashboard, file, role' })
    .describe('every pattern given must match; the first entry that matches wins'),
  owner: name.optional(),
  purpose: z.enum(PURPOSES).optional().describe('of the database roles that match'),
  ...confirmedShape,
});

/** A name as SQL has it without quotes, or two or three of them. */
const FUNCTION_NAME = /^[\p{L}_][\p{L}\p{N}_$]*(?:\.[\p{L}_][\p{L}\p{N}_$]*){0,2}$/u;

const masking = z.strictObject({
  functions: z
    .record(name, z.enum(MASK_LEVELS))
    .superRefine((functions, context) => {
      for (const written of Object.keys(functions).filter((key) => !FUNCTION_NAME.test(key))) {
        context.addIssue({ code: 'custom', path: [written], message: 'names no function: write schema.name, or name for any schema, without arguments or quotes' });
      }
    })
    .optional()
    .describe('a function of your own, as schema.name or as name in any schema, to how much of its arguments it leaves; it wins over what its body says'),
});

const thresholds = z.strictObject({
  analytical_bytes_per_call: size
    .default(defaultThresholds.analytical_bytes_per_call)
    .describe('an unkeyed statement that touches so much a call is analytical whatever its shape hides'),
  bounded_bytes_per_call: size
    .default(defaultThresholds.bounded_bytes_per_call)
    .describe('below so much a call, aggregates alone do not make a statement analytical'),
  privacy_confidence: z
    .number()
    .min(0)
    .max(1)
    .default(defaultThresholds.privacy_confidence)
    .describe('personal data less sure than this is not reported'),
  statement_timeout_seconds_max: duration
    .default(defaultThresholds.statement_timeout_seconds_max)
    .describe('a longer statement_timeout is as good as none'),
  idle_in_transaction_timeout_seconds_max: duration
    .default(defaultThresholds.idle_in_transaction_timeout_seconds_max)
    .describe('a longer idle_in_transaction_session_timeout is as good as none'),
  lock_timeout_seconds_max: duration
    .default(defaultThresholds.lock_timeout_seconds_max)
    .describe('a longer lock_timeout is as good as none'),
  reporting_transaction_seconds_max: duration
    .default(defaultThresholds.reporting_transaction_seconds_max)
    .describe('a session of reports that keeps a transaction open for longer holds vacuum back'),
  reporting_temp_bytes_max: size
    .default(defaultThresholds.reporting_temp_bytes_max)
    .describe('a higher temp_file_limit of a reporting role is as good as none'),
  reporting_work_mem_bytes_max: size
    .default(defaultThresholds.reporting_work_mem_bytes_max)
    .describe('a reporting role with more work_mem may take the memory of all others'),
  reporting_parallel_workers_max: z
    .number()
    .int()
    .min(0)
    .default(defaultThresholds.reporting_parallel_workers_max)
    .describe('a statement of a reporting role with more parallel workers may take the cores of all others'),
  growth_days: z
    .number()
    .positive()
    .default(defaultThresholds.growth_days)
    .describe('a statement that outgrows its bound within so many days is told of now'),
  unused_days: z
    .number()
    .positive()
    .default(defaultThresholds.unused_days)
    .describe('a card that nobody has opened for so many days is unused'),
  scan_bytes_per_call_max: size
    .default(defaultThresholds.scan_bytes_per_call_max)
    .describe('a statement of a warehouse that reads more of whole tables in one run is told of'),
  repeated_scan_bytes_max: size
    .default(defaultThresholds.repeated_scan_bytes_max)
    .describe('so much the runs of one text may read together in the window of the history'),
  scan_share_max: share
    .default(defaultThresholds.scan_share_max)
    .describe('the part of all that a warehouse reads that the statement of one consumer may take'),
});

/** What may stand in `tidemark.yaml`, key by key. */
export const fileSchema = z
  .strictObject({
    stores: z.array(store).optional(),
    zones: z.partialRecord(z.enum(ZONES), z.array(pattern)).optional().describe('patterns for schema.relation; the first zone that matches wins'),
    sources: z.array(source).optional(),
    consumers: z.array(consumer).optional(),
    columns: z
      .record(pattern, name)
      .optional()
      .describe('schema.table.column to the kind of personal data it holds, or none, whatever its name suggests'),
    masking: masking.optional().describe('what tidemark cannot see for itself: functions that tokenise, encrypt or generalise'),
    thresholds: thresholds.optional(),
    rules: z.record(name, z.enum(LEVELS)).optional().describe('rule id to its level, or off'),
    rule_folders: z.array(name).optional().describe('folders with rules of your own'),
    ...gateShape,
    ...reviewShape,
    ...metricsShape,
    ...liveShape,
  })
  .meta({ title: 'tidemark.yaml', description: 'The configuration of tidemark.' });

export type FileConfiguration = z.output<typeof fileSchema>;

/** The published JSON Schema (2020-12) of `tidemark.yaml`, for editors and checkers. */
export function jsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(fileSchema, { io: 'input', target: 'draft-2020-12' });
}
