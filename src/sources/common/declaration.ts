import type { DeclaredTime, MetricDeclaration } from '../../model/metric-declaration.js';
import type { Owner, Problem } from '../../model/query.js';
import { isObject } from './json.js';
import { descriptionOf, titleOf } from './words.js';

/** What a declaration may say in free fields: `meta` of dbt, Cube and Lightdash, tags of dbt and LookML. */
export type FreeFields = Pick<MetricDeclaration, 'version' | 'deprecated' | 'aliases' | 'grain' | 'access' | 'changelog'> & { time: Pick<DeclaredTime, 'kind' | 'zone' | 'latePolicy'> };

/** Values of one list, at most. */
const ITEMS_MAX = 100;

/** The keys that `freeFields` looks for, one spelling each, for tools whose objects can only be asked for a key. */
export const FREE_KEYS = [
  'version', 'metric_version', 'deprecated', 'deprecation', 'deprecated_since', 'deprecated_at', 'deprecation_date', 'replaced_by', 'replacement', 'superseded_by',
  'use_instead', 'aliases', 'synonyms', 'also_known_as', 'grain', 'access', 'visibility', 'audience', 'changelog', 'changes', 'history', 'clock', 'time_semantics',
  'time_kind', 'timezone', 'time_zone', 'tz', 'late_policy', 'late_data', 'late_arrivals', 'late_arriving_data', 'late_arriving',
] as const;

/**
 * Reads free fields for what people agree to write there: no tool defines these words, so that several spellings are read and
 * everything else is left alone. `metas` by authority; tags as a text or a list.
 */
export function freeFields(metas: readonly unknown[], tags: unknown): FreeFields {
  const meta = new Map<string, unknown>();
  for (const one of metas) if (isObject(one)) for (const [key, value] of Object.entries(one).slice(0, ITEMS_MAX)) if (!meta.has(keyOf(key))) meta.set(keyOf(key), value);
  const pick = (...keys: string[]): unknown => keys.map((key) => meta.get(key)).find((value) => value !== undefined && value !== null);
  const words = tagsOf(tags);
  return {
    version: wordOf(pick('version', 'metricversion')) ?? words.map((tag) => /^(?:version[:=_-]|v)(\d[\w.]{0,20})$/i.exec(tag)?.[1]).find((found) => found !== undefined) ?? null,
    deprecated: deprecationOf(pick('deprecated', 'deprecation'), wordOf(pick('deprecatedsince', 'deprecatedat', 'deprecationdate')), wordOf(pick('replacedby', 'replacement', 'supersededby', 'useinstead')), words),
    aliases: namesIn(pick('aliases', 'synonyms', 'alsoknownas')),
    grain: proseOf(pick('grain')),
    access: proseOf(pick('access', 'visibility', 'audience')),
    changelog: proseOf(pick('changelog', 'changes', 'history')),
    time: {
      kind: kindOf(pick('clock', 'timesemantics', 'timekind')),
      zone: wordOf(pick('timezone', 'tz')),
      latePolicy: proseOf(pick('latepolicy', 'latedata', 'latearrivals', 'latearrivingdata', 'latearriving')),
    },
  };
}

/** `late_policy`, `latePolicy` and `Late policy` are one key. */
function keyOf(key: string): string {
  return key.toLowerCase().replace(/[^a-z]/g, '');
}

function wordOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? titleOf(String(value)) : null;
}

function proseOf(value: unknown): string | null {
  if (Array.isArray(value)) return descriptionOf(value.slice(0, ITEMS_MAX).flatMap((item: unknown) => wordOf(item) ?? (isObject(item) ? Object.values(item).flatMap((inner) => wordOf(inner) ?? []).join(' ') : [])).join('; '));
  return typeof value === 'boolean' ? null : descriptionOf(typeof value === 'number' ? String(value) : typeof value === 'string' ? value : null);
}

function namesIn(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value.slice(0, ITEMS_MAX) : typeof value === 'string' ? value.split(',').slice(0, ITEMS_MAX) : [];
  return items.flatMap((item) => wordOf(item) ?? []);
}

function tagsOf(tags: unknown): string[] {
  const list: unknown[] = Array.isArray(tags) ? tags.slice(0, ITEMS_MAX) : typeof tags === 'string' ? [tags] : [];
  return list.filter((tag): tag is string => typeof tag === 'string').map((tag) => tag.trim());
}

function kindOf(value: unknown): DeclaredTime['kind'] {
  const word = wordOf(value)?.toLowerCase() ?? '';
  if (/\b(?:ingest(?:ion|ed)?|load(?:ed|ing)?|arrival|processing)\b/.test(word)) return 'ingestion';
  return /\b(?:event|business|occurred)\b/.test(word) ? 'event' : null;
}

function deprecationOf(stated: unknown, since: string | null, use: string | null, tags: readonly string[]): MetricDeclaration['deprecated'] {
  if (isObject(stated)) {
    const field = (...names: string[]): string | null => names.map((name) => wordOf(stated[name])).find((value) => value !== null) ?? null;
    return { since: field('since', 'date', 'at') ?? since, use: field('use', 'replaced_by', 'replacement', 'instead') ?? use };
  }
  const tag = tags.map((one) => /^deprecated(?:[:=_-](.{1,60}))?$/i.exec(one)).find((match) => match !== null);
  const isSaid = stated === true || (typeof stated === 'string' && !/^(?:no|false)$/i.test(stated.trim())) || tag !== undefined || since !== null;
  if (!isSaid) return null;
  // A date or version says since when, and so do "since" and "use"; other words are left to the description.
  const words = typeof stated === 'string' ? stated.trim() : '';
  const own = /^v?\d/.test(words) ? titleOf(words) : /\bsince\s+([\w.-]*\w)/i.exec(words)?.[1];
  const instead = /\b(?:use|see|replaced by)\s+([\w.]*\w)/i.exec(words)?.[1];
  return { since: since ?? own ?? tag?.[1] ?? null, use: use ?? instead ?? null };
}

/** A text that reads others is shown with all of them side by side: their joins belong to whoever asks. */
export function joinedWithout(sql: string, mark: 'CROSS JOIN' | 'ON TRUE'): string | null {
  return sql.includes(mark) ? 'it reads several relations, whose joins the SQL leaves out' : null;
}

/** Which parts of a declaration a tool has fields for; the others come from its free fields. */
export interface DeclarationParts extends Pick<MetricDeclaration, 'by' | 'name' | 'label'> {
  intent?: string | null | undefined;
  owners?: readonly Owner[];
  column?: string | null | undefined;
  timeGrain?: string | null | undefined;
  dimensions?: readonly string[] | null;
  fillNullsWith?: string | null;
  nonAdditive?: string | null;
  access?: string | null;
  deprecated?: MetricDeclaration['deprecated'];
  free?: FreeFields;
  /** What was found while its SQL was put together. */
  problems?: readonly Problem[];
  incomplete?: string | null;
}

const NOTHING: FreeFields = { version: null, deprecated: null, aliases: [], grain: null, access: null, changelog: null, time: { kind: null, zone: null, latePolicy: null } };

/** Puts a declaration together; a problem of its SQL means that the SQL is not the whole metric. */
export function declarationOf(parts: DeclarationParts): MetricDeclaration {
  const free = parts.free ?? NOTHING;
  const { kind, zone, latePolicy } = free.time;
  const column = parts.column ?? null;
  const grain = parts.timeGrain ?? null;
  const hasTime = [column, grain, kind, zone, latePolicy].some((value) => value !== null);
  return {
    by: parts.by,
    name: parts.name,
    label: parts.label,
    intent: descriptionOf(parts.intent),
    owner: parts.owners?.[0]?.name ?? null,
    version: free.version,
    deprecated: parts.deprecated ?? free.deprecated,
    aliases: free.aliases,
    time: hasTime ? { column, kind, zone, grain, latePolicy } : null,
    dimensions: parts.dimensions == null ? null : [...parts.dimensions].slice(0, ITEMS_MAX),
    grain: free.grain,
    fillNullsWith: parts.fillNullsWith ?? null,
    nonAdditive: parts.nonAdditive ?? null,
    access: parts.access ?? free.access,
    changelog: free.changelog,
    incomplete: parts.incomplete ?? parts.problems?.[0]?.message ?? null,
  };
}
