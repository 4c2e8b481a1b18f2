import type { Configuration, ConsumerConfiguration } from '../model/configuration.js';
import type { CollectedQuery } from '../model/query.js';
import { like } from '../text/glob.js';

/** Who answers for a query: the configuration's word, else what its source says, else nobody. */
export function ownerOf(query: CollectedQuery, name: string, configuration: Configuration): string | null {
  const configured = configuration.consumers.find(({ match, owner }) => owner !== null && match.role === undefined && matches(match, query, name));
  return configured?.owner ?? query.owners[0]?.name ?? null;
}

function matches(match: ConsumerConfiguration['match'], query: CollectedQuery, name: string): boolean {
  const fits = (pattern: string | undefined, value: string | null): boolean => pattern === undefined || (value !== null && like(value, pattern));
  return (
    fits(match.tool, query.kind) &&
    fits(match.dashboard, query.container?.title ?? null) &&
    fits(match.file, query.origin.file) &&
    (fits(match.title, query.title) || fits(match.title, name))
  );
}
