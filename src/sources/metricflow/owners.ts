import type { Owner } from '../../model/query.js';
import { isObject } from '../common/json.js';
import { titleOf } from '../common/words.js';

/** People beyond this are a list to exhaust the reader. */
const PEOPLE_MAX = 20;

/** The names of a value under `owner`: a text, a list of them, or `{ name, email }` where the address may be a list. */
export function namesOf(value: unknown): string[] {
  if (typeof value === 'string') return titleOf(value) === null ? [] : [titleOf(value) ?? ''];
  if (Array.isArray(value)) return value.slice(0, PEOPLE_MAX).flatMap((item: unknown) => (Array.isArray(item) ? [] : namesOf(item)));
  if (!isObject(value)) return [];
  const named = namesOf(value['name']);
  return named.length > 0 ? named : namesOf(value['email']);
}

/** What an object of dbt tells about who answers for it. */
export interface OwnerFields {
  owner?: unknown;
  meta?: Record<string, unknown> | null | undefined;
  group?: string | null | undefined;
  config?: { owner?: unknown; meta?: Record<string, unknown> | null | undefined; group?: string | null | undefined } | null | undefined;
}

/** By authority: the owner field, `meta.owner` (that of `config` first), the owner of the group. Each name once. */
export function ownersOf({ owner, meta, group, config }: OwnerFields, groupOwners: (group: string) => readonly string[]): Owner[] {
  const merged = { ...meta, ...config?.meta };
  const inGroup = config?.group ?? group;
  const found: Owner[] = [
    ...[...namesOf(owner), ...namesOf(config?.owner)].map((name): Owner => ({ name, via: 'owner-field' })),
    ...['owner', 'owners', 'owner_email'].flatMap((key) => namesOf(merged[key])).map((name): Owner => ({ name, via: 'meta' })),
    ...(inGroup ? groupOwners(inGroup) : []).map((name): Owner => ({ name, via: 'group' })),
  ];
  return found.filter(({ name }, index) => found.findIndex((one) => one.name === name) === index);
}
