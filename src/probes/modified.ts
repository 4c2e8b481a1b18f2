import { z } from 'zod';
import type { RelationFacts } from '../stores/description.js';
import { relationFacts } from '../stores/index.js';
import { hasTexts, paceOn } from './engines.js';
import type { ProbeTarget, StoreProbe } from './probe.js';
import { keyOf, splitKey, type RelationName } from './warehouse/name.js';
import { isAnalytical, productsIn, relationIn } from './warehouse/target.js';

export const payload = z.object({
  as_of: z.number().nullable(),
  relations: z.array(
    z.object({
      relation: z.string(),
      /** When its rows, or less, were changed last, by the engine's own word; null where it does not tell. */
      modified_at: z.number().nullable(),
      rows: z.number().nullable(),
      rows_exact: z.boolean(),
      bytes: z.number().nullable(),
    }),
  ),
});
export type ModifiedPayload = z.output<typeof payload>;

const RELATIONS_MAX = 200;

/**
 * When the relations of data products were changed last, by metadata and without a scan: weaker than any watermark, as what was written
 * need not be new. PostgreSQL and DuckDB keep no such thing.
 */
export const probe: StoreProbe<ModifiedPayload> = {
  kind: 'store',
  id: 'modified',
  pace_seconds: 60,
  // BigQuery tells it by its interface, free of charge; elsewhere it is a statement.
  paceOf: ({ engine }) => (engine === 'bigquery' ? 60 : paceOn(engine, 60)),
  deadline_ms: 30_000,
  weight: 'light',
  payload,
  applies: (target) => !hasTexts(target) && isAnalytical(target) && relationsIn(target).length > 0,
  create: (target) => {
    const relations = relationsIn(target);
    return async ({ session }) => {
      const facts = await relationFacts(session, relations, { deadline_ms: probe.deadline_ms });
      return { as_of: session.asOf(), relations: facts.map(entryOf) };
    };
  },
};

function entryOf({ schema, name, modified_at, rows, rowsExact, bytes }: RelationFacts): ModifiedPayload['relations'][number] {
  return { relation: keyOf({ schema, name }), modified_at, rows, rows_exact: rowsExact, bytes };
}

function relationsIn(target: ProbeTarget): RelationName[] {
  const names = productsIn(target).flatMap(({ relation }) => (relation === null ? [] : [relationIn(target.catalog, relation) ?? splitKey(relation)]));
  return names.map(({ schema, name }) => ({ schema, name })).slice(0, RELATIONS_MAX);
}
