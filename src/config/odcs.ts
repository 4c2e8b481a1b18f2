import { z } from 'zod';
import type { FreshnessObjective } from '../model/live.js';
import { plainText } from '../text/plain-text.js';
import { readDocument } from './document.js';
import { defaultObjective } from './live-defaults.js';
import { ConfigurationError } from './problem.js';

/** What a data contract promises of the freshness of one relation. */
export interface ContractObjective {
  /** The contract's data product, else its name or id. */
  product: string;
  /** `schema.name`; null where the contract does not tell the schema. */
  relation: string | null;
  objective: FreshnessObjective;
}

/** A contract is a few pages; what is larger is something else. */
const LENGTH_MAX = 2_000_000;
const EXPANSIONS_MAX = 1_000;
const OBJECTIVES_MAX = 500;

/**
 * Seconds of a unit as contracts write them: the standard's `d, day, days`, and the like for shorter ones. A bare `m` is left out:
 * it is a month to some and a minute to others, and a promise must not be guessed.
 */
const UNIT_SECONDS = new Map<string, number>(
  (
    [
      [1, 's sec secs second seconds'],
      [60, 'min mins minute minutes'],
      [3_600, 'h hr hrs hour hours'],
      [86_400, 'd day days'],
      [604_800, 'w wk week weeks'],
      [365 * 86_400, 'y yr year years'],
    ] as const
  ).flatMap(([seconds, words]) => words.split(' ').map((word) => [word, seconds] as const)),
);

const text = z.union([z.string(), z.number()]).transform(String);

const contract = z.object({
  kind: z.literal('DataContract'),
  apiVersion: z.string().regex(/^v?3\./),
  id: text.nullish(),
  name: text.nullish(),
  dataProduct: text.nullish(),
  slaDefaultElement: z.string().nullish(),
  servers: z.array(z.object({ schema: z.string().nullish(), dataset: z.string().nullish() }).catch({})).nullish(),
  schema: z.array(z.object({ name: z.string().nullish(), physicalName: z.string().nullish() }).catch({})).nullish(),
  slaProperties: z
    .array(
      z
        .object({ property: z.string(), value: z.union([z.number(), z.string()]).nullish(), unit: z.string().nullish(), element: z.string().nullish() })
        .nullable()
        .catch(null),
    )
    .nullish(),
});
type Contract = z.output<typeof contract>;

/**
 * Objectives of the service levels of a data contract (Open Data Contract Standard 3.0 and 3.1, `slaProperties`), one for each
 * relation that they speak of. `freshness` and `latency` say how old data may be; where there is neither, `frequency` does, since data
 * that is written every hour is up to an hour old. Where both latency and frequency are given, an age up to their sum keeps
 * them. Empty for a text that is no such contract or promises nothing of the kind.
 * @throws ConfigurationError for a text that is no YAML, is too large, or is made to exhaust its reader.
 */
export function objectivesFromContract(source: string, file = 'the data contract'): ContractObjective[] {
  const parsed = contract.safeParse(valueOf(source, file));
  if (!parsed.success) return [];
  const byElement = new Map<string, { freshness: number | null; latency: number | null; frequency: number | null }>();
  for (const sla of parsed.data.slaProperties ?? []) {
    const property = propertyOf(sla?.property);
    const seconds = sla === null || property === null ? null : secondsOf(sla.value, sla.unit);
    if (property === null || seconds === null) continue;
    for (const object of objectsOf(sla?.element ?? parsed.data.slaDefaultElement ?? null, parsed.data)) {
      const known = byElement.get(object) ?? { freshness: null, latency: null, frequency: null };
      // Of two promises the stricter one binds.
      known[property] = Math.min(known[property] ?? Number.POSITIVE_INFINITY, seconds);
      byElement.set(object, known);
    }
  }
  const product = plainText(parsed.data.dataProduct ?? parsed.data.name ?? parsed.data.id ?? 'data contract');
  return [...byElement].slice(0, OBJECTIVES_MAX).map(([object, { freshness, latency, frequency }]) => {
    const seconds = freshness ?? (latency ?? 0) + (frequency ?? 0);
    return { product, relation: relationOf(object, parsed.data), objective: objectiveOf(seconds) };
  });
}

function valueOf(source: string, file: string): unknown {
  if (source.length > LENGTH_MAX) throw new ConfigurationError([{ message: `${file} is too large for a data contract`, place: null }]);
  const document = readDocument(source, file);
  try {
    return document.yaml.toJS({ maxAliasCount: EXPANSIONS_MAX });
  } catch (error) {
    if (!(error instanceof ReferenceError) && !(error instanceof RangeError)) throw error;
    throw new ConfigurationError([{ message: `${file} expands its aliases (*name) without end`, place: null }], { cause: error });
  }
}

function propertyOf(name: string | undefined): 'freshness' | 'latency' | 'frequency' | null {
  const folded = name?.trim().toLowerCase();
  return folded === 'freshness' || folded === 'latency' || folded === 'frequency' ? folded : null;
}

/** Null where the value is no positive number or the unit is unknown: what is not understood promises nothing. */
function secondsOf(value: number | string | null | undefined, unit: string | null | undefined): number | null {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)\s*([a-z]*)$/i.exec(String(value ?? '').trim());
  if (!match) return null;
  const factor = UNIT_SECONDS.get((match[2] || unit?.trim() || '').toLowerCase());
  const seconds = factor === undefined ? 0 : Number(match[1]) * factor;
  return seconds > 0 ? seconds : null;
}

/** Names of the objects that `table.column, table.column` speaks of; all of the contract's where it names none. */
function objectsOf(element: string | null, { schema }: Contract): string[] {
  const known = (schema ?? []).flatMap(({ name, physicalName }) => name ?? physicalName ?? []);
  if (element === null || element.trim() === '') return known.length > 0 ? known : [''];
  const objects = element.split(',').map((part) => {
    const name = part.trim();
    if (known.includes(name)) return name;
    const table = name.slice(0, Math.max(name.lastIndexOf('.'), 0));
    // Where there is only one object, its name may be left out.
    return table === '' && known.length === 1 ? (known[0] ?? '') : table || name;
  });
  return [...new Set(objects)];
}

function relationOf(object: string, { schema, servers }: Contract): string | null {
  const known = (schema ?? []).find(({ name, physicalName }) => name === object || physicalName === object);
  const name = known?.physicalName ?? object;
  if (name === '') return null;
  const parts = name.split('.');
  if (parts.length > 1) return plainText(parts.slice(-2).join('.'));
  const schemas = [...new Set((servers ?? []).flatMap((server) => server.schema ?? server.dataset ?? []))];
  return schemas.length === 1 ? plainText(`${schemas[0]}.${name}`) : null;
}

function objectiveOf(seconds: number): FreshnessObjective {
  return { target_seconds: seconds, within_seconds: seconds, share: defaultObjective.share, window_seconds: defaultObjective.window_seconds, degraded_seconds: null, failed_seconds: null };
}
