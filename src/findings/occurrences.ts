import type { Finding } from '../model/finding.js';
import type { CollectedQuery } from '../model/query.js';
import { compareText } from './order.js';
import { statementDigest } from './statement-digest.js';

/**
 * A finding on one statement. A finding is one rule, consumer, store and relation; where that consumer breaks the rule by several
 * statements it has several occurrences, so that a second one beside a known one is seen.
 */
export interface Occurrence {
  finding: Finding;
  /** Null where the finding has no place, as those on roles and stores. */
  location: Finding['locations'][number] | null;
  ruleId: string;
  consumer: string;
  store: string;
  relation: string;
  /** Of `statementDigest`; empty where it speaks of no statement. */
  digest: string;
  /** Empty where it speaks of no statement or of several. */
  queryId: string;
  /** Of a finding on a group (a metric): the queries that it speaks of, sorted. Absent for others. */
  queryIds?: readonly string[] | undefined;
}

/**
 * The occurrences of findings, in the order of these. One for each place of a finding with a consumer. A finding without a consumer
 * speaks of a relation or of a group as a whole: it has one occurrence without a digest, at its first place, however many
 * definitions the group has, since a definition that joins or leaves is no second finding.
 *
 * @param queries those that were judged; a place that belongs to none of them (a line of a migration) has no digest
 */
export function occurrencesOf(findings: readonly Finding[], queries: readonly CollectedQuery[]): Occurrence[] {
  const byPlace = new Map<string, CollectedQuery[]>();
  for (const query of queries) {
    const key = placeKey(query.origin);
    const known = byPlace.get(key);
    if (known === undefined) byPlace.set(key, [query]);
    else known.push(query);
  }
  const digests = new Map<CollectedQuery, string>();
  const digestOf = (query: CollectedQuery): string => {
    const digest = digests.get(query) ?? statementDigest(query, query.connection?.engine);
    digests.set(query, digest);
    return digest;
  };
  return findings.flatMap((finding): Occurrence[] => {
    const { ruleId, consumer, store, relation, locations } = finding;
    const base = { finding, ruleId, consumer, store, relation, digest: '', queryId: '' };
    if (consumer === '' || locations.length === 0) {
      const queryIds = [...new Set(locations.flatMap((place) => (byPlace.get(placeKey(place)) ?? []).map(({ id }) => id)))].sort(compareText);
      return [{ ...base, location: locations[0] ?? null, ...(queryIds.length > 0 ? { queryIds } : {}) }];
    }
    return locations.map((location) => {
      const query = chosen(byPlace.get(placeKey(location)) ?? [], consumer);
      return query === null ? { ...base, location } : { ...base, location, digest: digestOf(query), queryId: query.id };
    });
  });
}

function placeKey({ file, pointer, line, column }: Finding['locations'][number]): string {
  return JSON.stringify([file, pointer, line, column]);
}

/** Of several queries at one place (the metrics of one view) the one whose title the name of the consumer says, the longest first. */
function chosen(queries: readonly CollectedQuery[], consumer: string): CollectedQuery | null {
  const told = (query: CollectedQuery): number => (query.title !== null && consumer.includes(query.title) ? query.title.length : 0);
  return [...queries].sort((one, other) => told(other) - told(one) || compareText(one.id, other.id))[0] ?? null;
}
