import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { IMPACT_EFFECTS } from '../../src/model/impact-report.js';

/** Zones as tidemark.yaml names them. */
const zone = z.enum(['internal', 'contract', 'read_model', 'raw', 'mart', 'semantic', 'secure', 'control', 'unknown']);

const consumer = z.strictObject({
  /** The title of a dashboard card. */
  card: z.string().optional(),
  /** Or a database role whose statement no card explains. */
  role: z.string().optional(),
  /** Of the role, as the configuration would say it; left to the guess where it is absent. */
  purpose: z.enum(['application', 'reporting', 'loader', 'person', 'administration']).optional(),
  calls: z.number().default(10),
  sql: z.string(),
});

const finding = z.strictObject({
  rule: z.string(),
  /** As in `consumers`; absent for findings that are about a relation alone. */
  consumer: z.string().optional(),
  relation: z.string(),
});

const coupling = z.strictObject({
  id: z.string(),
  /** What the case is about, and why the labels are what they are. */
  note: z.string().default(''),
  engine: z.enum(['postgres', 'duckdb']).default('postgres'),
  role: z.enum(['operational', 'replica', 'projection', 'warehouse']).default('operational'),
  taken_at: z.string().default('2026-11-01T00:00:00Z'),
  ddl: z.string(),
  zones: z.partialRecord(zone, z.array(z.string())).default({}),
  publications: z.array(z.strictObject({ name: z.string(), all_tables: z.boolean().default(false), tables: z.record(z.string(), z.array(z.string()).nullable()).default({}) })).default([]),
  registry: z
    .strictObject({
      relation: z.string(),
      partial: z.boolean().default(false),
      rows: z.array(z.strictObject({
        name: z.string(), version: z.union([z.string(), z.number()]).nullable().default(null), owner: z.string().nullable().default(null), policy: z.string().nullable().default(null),
        /** As the registry holds it: any JSON. */
        schema: z.unknown().optional(), deprecated_at: z.string().nullable().default(null),
      })),
    })
    .optional(),
  /** Data contracts as files hold them (ODCS 3, or the Data Contract Specification). */
  contracts: z.array(z.string()).default([]),
  consumers: z.array(consumer).default([]),
  /** A migration as one file of SQL, or several files with their paths. */
  migration: z.union([z.string(), z.array(z.strictObject({ path: z.string(), text: z.string() }))]).optional(),
  expect: z.strictObject({
    /** The zones of the relations that matter; others are not looked at. */
    zones: z.record(z.string(), zone).default({}),
    /** All findings of the area coupling; absent where the case is not about them. */
    findings: z.array(finding).optional(),
    /** All that the migration does; absent where there is none. */
    impacts: z.array(z.strictObject({ thing: z.string(), effect: z.enum(IMPACT_EFFECTS) })).optional(),
  }),
});

export type CouplingCase = z.infer<typeof coupling> & { file: string };

/** The labelled cases of one part; none where the part has no folder. */
export function readCases(part: string): CouplingCase[] {
  const folder = fileURLToPath(new URL(`${part}/`, import.meta.url));
  if (!existsSync(folder)) return [];
  const cases = readdirSync(folder).filter((name) => name.endsWith('.yaml')).toSorted().flatMap((file) =>
    z.array(coupling).parse(parse(readFileSync(`${folder}/${file}`, 'utf8')), { reportInput: true }).map((one) => ({ ...one, file: `${part}/${file}` })),
  );
  const ids = cases.map(({ id }) => id);
  const twice = ids.find((id, place) => ids.indexOf(id) !== place);
  if (twice !== undefined) throw new Error(`${part}: two cases are called ${twice}`);
  return cases;
}
