import type { Zone } from '../../model/store.js';

/** Words of schema names that tell what probes of the warehouse look for. */
const WORDS: readonly (readonly [Zone, readonly string[]])[] = [
  ['secure', ['secure', 'pii', 'vault', 'sensitive', 'restricted']],
  ['control', ['control', 'audit', 'metadata', 'monitoring', 'ops']],
  ['semantic', ['semantic', 'metrics', 'semantics']],
  ['contract', ['integration', 'contract', 'contracts', 'api', 'published', 'interface']],
  ['raw', ['raw', 'landing', 'landed', 'staging', 'stage', 'stg', 'bronze', 'ingest', 'source', 'sources', 'replica', 'cdc']],
  ['mart', ['mart', 'marts', 'analytics', 'reporting', 'report', 'reports', 'dwh', 'warehouse', 'gold', 'dim', 'fact', 'bi']],
];

/** What a schema is for, guessed from the words of its name; `unknown` where none tells. */
export function zoneOfSchema(schema: string): Zone {
  const words = schema.toLowerCase().split(/[^a-z0-9]+/);
  return WORDS.find(([, names]) => words.some((word) => names.includes(word)))?.[0] ?? 'unknown';
}
