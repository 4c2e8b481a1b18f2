import { z } from 'zod';
import type { Relation } from '../../model/catalog.js';
import type { Gap } from '../../model/snapshot.js';
import { ask, gapOf, sqlOf, type AskedStore } from '../asking.js';
import { quotedRelation } from '../quote.js';
import { digestOf, hasKey, type KeyColumn } from './key.js';

/** One side of a comparison. */
export interface Side {
  store: AskedStore;
  relation: Relation;
  key: readonly KeyColumn[];
  /** A condition on `t` under which a row counts as gone, though it is there; null where nothing marks rows. */
  gone: string | null;
  /** A further condition on the rows that count. */
  only: string | null;
}

/** What a bucket of keys adds up to. */
export interface Bucket {
  keys: number;
  total: bigint;
  gone: number;
}

const DEADLINE_MS = 30_000;
/** In the planner's units, several seconds of one core: a million keys cost about 60,000. */
const COST_MAX = 1_000_000;
/** More digests of one side are not fetched: 20 million bytes. */
export const DIGESTS_MAX = 1_000_000;
/** With more buckets it is as quick to fetch all as to name them. */
const BUCKETS_NAMED_MAX = 2_000;

const bucketRow = z.object({ bucket: z.coerce.number().int().nonnegative(), keys: z.coerce.number().int().nonnegative(), total: z.string().regex(/^\d+$/), gone: z.coerce.number().int().nonnegative() });
const digestRow = z.object({ gone: z.boolean(), digests: z.string().regex(/^[\d,]+$/) });

/** Where policies would hide rows the server refuses: what is hidden would look erased. */
const ALL_ROWS = { row_security: 'off' };

/** Sums of digests by bucket, or why there are none. */
export async function readBuckets(side: Side, secret: string, buckets: number): Promise<Map<number, Bucket> | Gap> {
  const answer = await ask(side.store, { ...questionOf(side), row: bucketRow, sql: sqlOf(side.store, 'erased_buckets', { ...valuesOf(side, secret), buckets: String(buckets) }) });
  if ('gap' in answer) return answer.gap;
  return new Map(answer.rows.map(({ bucket, keys, total, gone }) => [bucket, { keys, total: BigInt(total), gone }]));
}

/** The digests of some buckets, `true` for keys that are marked as gone; or why there are none. */
export async function readDigests(side: Side, secret: string, buckets: number, wanted: ReadonlySet<number>, expected: number): Promise<Map<string, boolean> | Gap> {
  const question = questionOf(side);
  if (expected > DIGESTS_MAX) {
    return gapOf(side.store, question, `${expected.toLocaleString('en-US')} keys differ or must be compared one by one, and tidemark fetches at most ${DIGESTS_MAX.toLocaleString('en-US')} digests`, null);
  }
  const within = wanted.size > BUCKETS_NAMED_MAX ? 'true' : `h % ${buckets} in (${[...wanted].join(', ')})`;
  const answer = await ask(side.store, { ...question, row: digestRow, sql: sqlOf(side.store, 'erased_digests', { ...valuesOf(side, secret), within }) });
  if ('gap' in answer) return answer.gap;
  const digests = new Map<string, boolean>();
  for (const { gone, digests: list } of answer.rows) for (const digest of list.split(',')) digests.set(digest, gone);
  return digests;
}

function questionOf({ store, relation }: Side) {
  return {
    relation,
    missing: `which subjects ${relation.schema}.${relation.name} holds`,
    deadline_ms: DEADLINE_MS,
    cost_max: COST_MAX,
    ...(store.engine === 'postgres' ? { settings: ALL_ROWS } : {}),
  };
}

function valuesOf({ store, relation, key, gone, only }: Side, secret: string): Record<string, string> {
  return {
    relation: quotedRelation(relation),
    digest: digestOf(store.engine, secret, key, 't'),
    gone: gone ?? 'false',
    condition: [hasKey(key, 't'), ...(only === null ? [] : [`(${only})`])].join(' and '),
  };
}
