import { z } from 'zod';
import type { SuppressionEntry, SuppressionKind } from '../../model/suppression.js';
import { suggestion } from '../../text/nearest-name.js';
import { plainText } from '../../text/plain-text.js';
import { isDate } from './date.js';

/** The keys of an entry, in the order in which they are written. */
export const ENTRY_KEYS = ['rule', 'consumer', 'relation', 'store', 'reason', 'owner', 'until', 'statements'] as const;

const NAME_LENGTH_MAX = 2_000;
const STATEMENTS_MAX = 100_000;

const name = (key: string) => z.string({ error: `${key} is a text, and here it is a list or a map` }).max(NAME_LENGTH_MAX, { error: `${key} is longer than ${NAME_LENGTH_MAX} letters` });
const orNull = (key: string) => name(key).optional().transform((text) => (text === undefined || text === '' ? null : text));
const required = (key: string, missing: string) => z.string({ error: ({ input }) => (input === undefined ? missing : `${key} is a text, and here it is a list or a map`) })
  .min(1, { error: missing }).max(NAME_LENGTH_MAX, { error: `${key} is longer than ${NAME_LENGTH_MAX} letters` });

const DIGESTS = { error: 'statements is a list of digests of 12 letters and digits each, as tidemark baseline write gives them' };

const entrySchema = z.object({
  rule: required('rule', 'it names no rule'),
  consumer: orNull('consumer'),
  relation: orNull('relation'),
  store: orNull('store'),
  reason: required('reason', 'it gives no reason'),
  owner: orNull('owner'),
  until: orNull('until').refine((date) => date === null || isDate(date), { error: ({ input }) => `the date '${plainText(String(input), 40)}' is none; write it as 2027-01-31` }),
  statements: z
    .union([z.literal(''), z.array(z.string().regex(/^[0-9a-f]{12}$/, DIGESTS), DIGESTS).max(STATEMENTS_MAX, DIGESTS)], DIGESTS)
    .optional()
    .transform((list) => (list === undefined || list === '' ? null : [...list].sort())),
});

/** What is known of rules, so that an entry of one that does not exist is told. */
export interface KnownRules {
  /** The ids of all rules, and former ids, each with the id that it has now. */
  ids: ReadonlyMap<string, string>;
}

/** An entry, or why it is none, with as much of it as can be read. */
export type ReadEntry = { entry: SuppressionEntry } | { cause: string; rule: string; consumer: string; relation: string; owner: string | null };

/**
 * Checks one entry.
 *
 * @param given as YAML gives it with every scalar as a text
 */
export function readEntry(given: unknown, by: SuppressionKind, place: SuppressionEntry['place'], known: KnownRules | null): ReadEntry {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return { cause: 'it is no list of keys such as rule: and consumer:', ...NOTHING };
  const raw: Record<string, unknown> = { ...given };
  const faulty = (cause: string): ReadEntry => ({ cause, rule: shown(raw['rule']), consumer: shown(raw['consumer']), relation: shown(raw['relation']), owner: shown(raw['owner']) || null });
  const foreign = Object.keys(raw).find((key) => !ENTRY_KEYS.some((own) => own === key));
  if (foreign !== undefined) return faulty(`the key '${plainText(foreign, 40)}' is not known${suggestion(foreign, ENTRY_KEYS)}`);
  const parsed = entrySchema.safeParse(raw);
  if (!parsed.success) return faulty(parsed.error.issues[0]?.message ?? 'it is not understood');
  const rule = known === null ? parsed.data.rule : known.ids.get(parsed.data.rule);
  if (rule === undefined) return faulty(`there is no rule '${plainText(parsed.data.rule, 60)}'${suggestion(parsed.data.rule, known === null ? [] : [...known.ids.keys()])}`);
  return { entry: { by, ...parsed.data, rule, place } };
}

const NOTHING = { rule: '', consumer: '', relation: '', owner: null };

function shown(value: unknown): string {
  return typeof value === 'string' ? plainText(value, 200) : '';
}
