import path from 'node:path';
import { z } from 'zod';
import { CORRECTNESS_LEVELS, DECISION_TYPES, TRUTH_DOMAINS } from '../model/classified-consumer.js';
import type { AssetConfiguration, ConceptConfiguration, ConfirmedConsumer, ReviewConfiguration } from '../model/review-configuration.js';
import { duration, name, pattern, period, relation } from './values.js';

const people = {
  responsible: name.optional().describe('who does the work; default: the owner'),
  consulted: z.array(name).optional(),
};

/** The keys of a consumer that confirm how it is classified. */
export const confirmedShape = {
  decision: z.enum(DECISION_TYPES).optional().describe('which decision is made by it'),
  domain: z.enum(TRUTH_DOMAINS).optional().describe('which truth it shows'),
  level: z.enum(CORRECTNESS_LEVELS).optional().describe('how correct it has to be'),
  freshness: duration.optional().describe('how old its data may be'),
  history: duration.optional().describe('how far back it looks; 0 is the present state only'),
  authority: name.optional().describe('the store or schema.relation that is the authority for what it shows'),
  ...people,
};

const asset = z.strictObject({
  match: pattern.describe('schema.relation, or the name of a metric, report or data product; a glob'),
  accountable: name.optional(),
  ...people,
});

const concept = z.strictObject({
  name,
  authority: z.strictObject({ store: name.optional(), relation }).optional().describe('where its truth is committed'),
  relations: z.array(pattern).optional().describe('everything that belongs to it, as schema.relation'),
  movement: name.optional().describe('how it moves to analytics: cdc, outbox, batch …'),
  metrics: z.array(name).optional(),
  owner: name.optional(),
});

/** How long an answer of a person holds. Boundary reviews are usual twice a year. */
export const STALE_AFTER_SECONDS = 180 * 86_400;

const review = z.strictObject({
  title: name.optional().describe('what is reviewed'),
  answers: name.optional().describe('the file with the answers of people; default: tidemark.review.yaml beside this file'),
  stale_after: period.default(STALE_AFTER_SECONDS).describe('answers older than this are asked again'),
});

/** The keys of `tidemark.yaml` that a boundary review looks at besides. */
export const reviewShape = {
  assets: z.array(asset).optional().describe('who answers for relations, metrics, reports and data products; the first that matches wins'),
  concepts: z.array(concept).optional().describe('the critical business concepts and where their truth lies'),
  review: review.optional(),
};

const confirmedSchema = z.object(confirmedShape);
const reviewSchema = z.object(reviewShape);

/** What a consumer's entry confirms; absent where it confirms nothing. */
export function confirmedOf(entry: z.output<typeof confirmedSchema>): ConfirmedConsumer | undefined {
  const { decision, domain, level, freshness, history, authority, responsible, consulted } = entry;
  if ([decision, domain, level, freshness, history, authority, responsible, consulted].every((value) => value === undefined)) return undefined;
  return {
    decision: decision ?? null, domain: domain ?? null, level: level ?? null, freshness_seconds: freshness ?? null, history_seconds: history ?? null,
    authority: authority ?? null, responsible: responsible ?? null, consulted: consulted ?? [],
  };
}

/** What of a file a review looks at, paths made absolute; keys of which the file says nothing are absent. */
export function reviewConfigurationOf(file: z.output<typeof reviewSchema>, directory: string): { assets?: AssetConfiguration[]; concepts?: ConceptConfiguration[]; review?: ReviewConfiguration } {
  const { assets, concepts, review: asked } = file;
  return {
    ...(assets === undefined ? {} : { assets: assets.map(assetOf) }),
    ...(concepts === undefined ? {} : { concepts: concepts.map(conceptOf) }),
    ...(asked === undefined ? {} : { review: { title: asked.title ?? null, answers: asked.answers === undefined ? null : path.resolve(directory, asked.answers), stale_after_seconds: asked.stale_after } }),
  };
}

function assetOf({ match, accountable, responsible, consulted }: z.output<typeof asset>): AssetConfiguration {
  return { match, accountable: accountable ?? null, responsible: responsible ?? null, consulted: consulted ?? [] };
}

function conceptOf({ name: called, authority, relations, movement, metrics, owner }: z.output<typeof concept>): ConceptConfiguration {
  return {
    name: called, authority: authority === undefined ? null : { store: authority.store ?? null, relation: authority.relation },
    relations: relations ?? [], movement: movement ?? null, metrics: metrics ?? [], owner: owner ?? null,
  };
}
