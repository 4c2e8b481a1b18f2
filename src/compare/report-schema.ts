import { z } from 'zod';
import { AREAS, BASELINE_STATES, LINK_KINDS } from '../model/finding.js';
import { VERDICTS } from '../model/metric-verdict.js';
import type { Report } from '../model/report.js';
import { SUPPRESSION_KINDS } from '../model/suppression.js';
import { WORKLOAD_CLASSES } from '../model/workload.js';

const text = z.string();
const maybeText = z.string().nullable();
const number = z.number();
const maybeNumber = z.number().nullable();
const area = z.enum(AREAS);
const place = z.object({ file: text, pointer: text, line: number, column: number });

const suppression = z.object({
  kind: z.enum(['external', 'inSource']), by: z.enum(SUPPRESSION_KINDS), justification: text, owner: maybeText, until: maybeText,
  place: z.object({ file: text, line: number }),
});

const finding = z.object({
  ruleId: text, area, level: z.enum(['error', 'warning', 'note']), message: text, consumer: text, owner: maybeText, store: text, relation: text,
  evidence: z.array(text), why: text, fix: text, clause: text, locations: z.array(place), confidence: number, weight: number,
  links: z.array(z.object({ by: z.enum(LINK_KINDS), confidence: number, evidence: text })).optional(),
  partialFingerprints: z.object({ boundary: text }),
  baselineState: z.enum(BASELINE_STATES).optional(),
  suppressions: z.array(suppression).optional(),
});

const gap = z.object({ subject: text, missing: text, cause: text, remedy: maybeText, severity: z.enum(['blind', 'partial']) });

const statuses = { total: number, parsed: number, partial: number, unparsed: number };
const coverage = z.object({
  statements: z.object(statuses),
  queries: z.object({ ...statuses, problems: number }),
  relations: number,
  views: z.object({ total: number, agree: number, differ: number }),
  columns: z.object({ resolved: number, total: number }),
  attributedBlockShare: maybeNumber,
});

const shares = z.object({ time: maybeNumber, blocks: maybeNumber, temp: maybeNumber, wal: maybeNumber });
const work = z.object({
  calls: number, rows: number, execution_ms: number, planning_ms: maybeNumber, blocks: number, blocks_read: number, temp_bytes: number, wal_bytes: maybeNumber,
});
const workload = z.object({
  store: text, since: maybeText, until: maybeText,
  trust: z.object({ factor: number, notes: z.array(text) }),
  classes: z.array(z.object({ class: z.enum(WORKLOAD_CLASSES), statements: number, work, share: shares })),
  changes: z.array(z.object({ change: text, sql: maybeText, consumer: text, owner: maybeText, relations: z.array(text), statements: number, frees: shares, confidence: number })),
});

const restsOn = z.object({
  kind: z.enum(['not_null', 'check', 'unique', 'primary_key', 'foreign_key', 'type']), schema: text, relation: text, name: maybeText, columns: z.array(text), text, enforced: z.boolean(),
});
const metric = z.object({
  id: text, name: text, store: text, relation: text, verdict: z.enum(VERDICTS), definitions: number,
  restsOn: z.array(z.object({ constraint: restsOn, equalities: z.array(z.object({ first: number, second: number })) })),
});

/** Of what a check adds only what is compared is looked at; its files and counts are of its own run. */
const check = z.object({
  since: z.object({ ref: text, commit: text }).nullable(),
  knownGaps: z.array(gap),
});

export const REPORT_SCHEMA_VERSION = 1;

/** A JSON report of `audit` or `check`. Fields that a later version added are dropped. */
export const reportSchema = z.object({
  schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
  tool: z.object({ name: z.literal('tidemark'), version: text }),
  takenAt: text,
  verdicts: z.array(z.object({ area, outcome: z.enum(['holds', 'violated', 'undetermined']), sentence: text, errors: number, warnings: number, notes: number })),
  findings: z.array(finding),
  coverage,
  stores: z.array(z.object({ name: text, engine: text, role: text, version: text, cost: z.object({ elapsed_ms: number, queries: number, received_bytes: number }) })),
  workload: z.array(workload).optional(),
  metrics: z.array(metric).optional(),
  gaps: z.array(gap),
  assumptions: z.array(text),
  check: check.optional(),
});

/** What is compared of a report. */
export type ComparedReport = Omit<Report, 'check' | 'workload' | 'metrics'> & {
  workload?: Report['workload'] | undefined;
  metrics?: Report['metrics'] | undefined;
  check?: Pick<NonNullable<Report['check']>, 'since' | 'knownGaps'> | undefined;
};
