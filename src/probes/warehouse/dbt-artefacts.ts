import { z } from 'zod';
import { plainText } from '../../text/plain-text.js';
import { parseTime } from './time.js';

/** Of the artefacts of dbt what is read, and nothing else of them is kept (schemas.getdbt.com: sources v1–v3, run-results v3–v6). */

const metadata = z.object({ generated_at: z.string().refine((text) => parseTime(text) !== null) });
const limit = z.object({ count: z.number().nullish(), period: z.string().nullish() }).nullish();

export const sourcesFile = z.object({
  metadata,
  results: z.array(
    z.object({
      unique_id: z.string(),
      status: z.string().catch('runtime error'),
      /** Missing where dbt could not ask. */
      max_loaded_at: z.string().nullish(),
      snapshotted_at: z.string().nullish(),
      criteria: z.object({ warn_after: limit, error_after: limit }).nullish(),
    }),
  ),
});

export const runResultsFile = z.object({
  metadata,
  results: z.array(
    z.object({
      unique_id: z.string(),
      status: z.string(),
      execution_time: z.number().nonnegative().nullish(),
      timing: z.array(z.object({ name: z.string(), completed_at: z.string().nullish() })).default([]),
      /** Since v5. */
      relation_name: z
        .string()
        .nullish()
        .transform((text) => (text === null || text === undefined ? null : relationKey(text))),
    }),
  ),
});

const node = z.object({ schema: z.string().nullish(), identifier: z.string().nullish(), alias: z.string().nullish(), name: z.string().nullish() }).catch({});

/** `schema.name` by unique id. */
export type RelationNames = ReadonlyMap<string, string>;

/** Of manifest.json only the names of relations are kept. */
export const manifestFile = z
  .object({ nodes: z.record(z.string(), node).default({}), sources: z.record(z.string(), node).default({}) })
  .transform(({ nodes, sources }): RelationNames => {
    const names = new Map<string, string>();
    for (const [id, { schema, identifier, alias, name }] of [...Object.entries(nodes), ...Object.entries(sources)]) {
      const relation = identifier ?? alias ?? name;
      if (schema && relation) names.set(id, plainText(`${schema}.${relation}`));
    }
    return names;
  });

const PART = /"((?:[^"]|"")*)"|`([^`]*)`|\[([^\]]*)\]|([^.\s"`[\]]+)/g;

/** The last two parts of `"warehouse"."analytics"."fact_case"` in the quotes of any adapter; null for another form. */
export function relationKey(text: string): string | null {
  const parts = Array.from(text.slice(0, 1_000).matchAll(PART), ([, double, back, square, bare]) =>
    // BigQuery's quotes stand around all parts together.
    back === undefined ? [double?.replaceAll('""', '"') ?? square ?? bare ?? ''] : back.split('.'),
  ).flat();
  const [schema, name] = parts.slice(-2);
  return schema === undefined || name === undefined ? null : plainText(`${schema}.${name}`);
}
