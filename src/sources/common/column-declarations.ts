import type { ColumnDeclaration } from '../../model/personal-column.js';
import { privacyOfProse, privacyOfSetting, privacyOfWord, type DeclaredPrivacy } from '../../text/declared-privacy.js';
import { isObject } from './json.js';

/** What a tool says of a column or of a table as a whole, in the free fields where people write it. */
export interface FreeWords {
  /** Objects of free settings: `meta` of dbt, customProperties of a contract as one. */
  metas: readonly unknown[];
  /** A text, or a list of texts. */
  tags: unknown;
  /** The word of a classification, under the key that the tool has for it. */
  settings?: Readonly<Record<string, unknown>>;
  /** Opaque names of access policies on the column (BigQuery's policy tags): they say that it is protected. */
  policyTags?: unknown;
  description?: unknown;
}

const ITEMS_MAX = 100;
const WORDS_LENGTH_MAX = 120;

/** What was said, with the words that say it; `description` apart, since prose has less authority. */
export interface Said extends DeclaredPrivacy {
  words: string;
  isProse: boolean;
}

/** Everything that is said of personal data, in the order of metas, settings, tags, policies, description. */
export function saidOfPrivacy({ metas, tags, settings, policyTags, description }: FreeWords): Said[] {
  const found: Said[] = [];
  const say = (said: DeclaredPrivacy | null, words: string, isProse = false): void => {
    if (said !== null) found.push({ ...said, words: words.slice(0, WORDS_LENGTH_MAX), isProse });
  };
  for (const meta of metas) {
    if (!isObject(meta)) continue;
    for (const [key, value] of Object.entries(meta).slice(0, ITEMS_MAX)) {
      if (/^tags?$/i.test(key)) for (const tag of textsOf(value)) say(privacyOfWord(tag), `meta.tags: ${tag}`);
      else for (const one of Array.isArray(value) ? value.slice(0, ITEMS_MAX) : [value]) say(privacyOfSetting(key, one), `meta.${key}: ${String(one)}`);
    }
  }
  for (const [key, value] of Object.entries(settings ?? {})) say(privacyOfSetting(key, value), `${key}: ${String(value)}`);
  for (const tag of textsOf(tags)) say(privacyOfWord(tag), `tags: ${tag}`);
  for (const tag of textsOf(policyTags)) say(privacyOfWord(tag) ?? { verdict: 'personal', kind: null }, `policy_tags: ${tag}`);
  if (typeof description === 'string') say(privacyOfProse(description), description.trim(), true);
  return found;
}

function textsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value.slice(0, ITEMS_MAX) : [value];
  return list.flatMap((item) => (typeof item === 'string' ? [item] : isObject(item) && typeof item['name'] === 'string' ? [item['name']] : []));
}

/** @param by who says it, as in `dbt model dim_customer`; a description of the same is named after it */
export function declarationsOf(said: readonly Said[], place: Pick<ColumnDeclaration, 'schema' | 'relation' | 'column' | 'store'>, by: string): ColumnDeclaration[] {
  return said.map(({ verdict, kind, words, isProse }) => ({ ...place, verdict, kind, words, by: isProse ? `description in ${by}` : by }));
}
