import type { StoreBoundary } from '../graph/boundary.js';
import type { Zone } from '../model/store.js';
import { comment, guess, list } from './yaml.js';

/** In this order in the file, where the first pattern that matches wins. */
const ORDER: readonly Zone[] = ['control', 'contract', 'semantic', 'secure', 'read_model', 'raw', 'mart', 'internal'];
/** A long list says less than its schema. */
const NAMES_MAX = 40;

interface Guessed {
  patterns: string[];
  reasons: Set<string>;
}

/**
 * The zones of all stores as lines of `zones:`. A schema whose relations are all for one thing is written as a whole; where they differ,
 * each is named. What nothing tells is a comment, to be decided.
 */
export function zoneLines(boundaries: readonly StoreBoundary[]): string[] {
  const zones = new Map<Zone, Guessed>();
  const undecided: string[] = [];
  for (const [schema, relations] of schemasOf(boundaries)) {
    const kinds = new Set([...relations.values()].map(({ zone }) => zone));
    for (const [name, { zone, reason }] of relations) {
      if (zone === 'unknown') {
        undecided.push(kinds.size === 1 ? `${schema}.*` : name);
        continue;
      }
      const known = zones.get(zone) ?? { patterns: [], reasons: new Set() };
      known.patterns.push(kinds.size === 1 ? `${schema}.*` : name);
      known.reasons.add(reason);
      zones.set(zone, known);
    }
  }
  const lines = ORDER.flatMap((zone) => {
    const found = zones.get(zone);
    if (found === undefined) return [];
    const patterns = [...new Set(found.patterns)].sort();
    const [reason = '', ...more] = [...found.reasons].sort();
    return [`  ${zone}: ${list(patterns)}${(reason.startsWith('configured') || reason.startsWith('declared') ? comment : guess)(`${reason}${more.length > 0 ? `; and ${more.length} more reasons` : ''}`)}`];
  });
  const open = [...new Set(undecided)].sort();
  return [
    ...lines,
    ...(open.length === 0 ? [] : [`  # to be decided, nothing tells what they are for: ${open.slice(0, NAMES_MAX).map((name) => JSON.stringify(name)).join(', ')}${open.length > NAMES_MAX ? ` and ${open.length - NAMES_MAX} more` : ''}`]),
  ];
}

function schemasOf(boundaries: readonly StoreBoundary[]): Map<string, Map<string, { zone: Zone; reason: string }>> {
  const schemas = new Map<string, Map<string, { zone: Zone; reason: string }>>();
  for (const { zones } of boundaries) {
    for (const [name, { zone, reason }] of zones) {
      const schema = name.slice(0, name.indexOf('.'));
      const relations = schemas.get(schema) ?? new Map();
      relations.set(name, { zone, reason });
      schemas.set(schema, relations);
    }
  }
  return new Map([...schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
}
