import { IMPACT_EFFECTS, type Impact } from '../model/impact-report.js';
import type { SchemaChange } from '../model/migration.js';

/**
 * One impact for each thing, effect and change: what several statements of one consumer say is said once, with the surest first.
 * What breaks is not told to change its meaning as well by the same change. Worst first.
 */
export function merged(impacts: readonly Impact[], changes: readonly SchemaChange[]): Impact[] {
  const groups = new Map<string, Impact[]>();
  for (const impact of impacts) {
    const key = JSON.stringify([impact.effect, impact.thing.store, impact.thing.kind, impact.thing.name, placesOf(impact, changes)]);
    groups.set(key, [...(groups.get(key) ?? []), impact]);
  }
  const all = [...groups.values()].map(asOne);
  const breaking = new Map<string, Set<number>>();
  for (const { effect, thing, changes: own } of all) {
    if (effect === 'breaks') breaking.set(keyOf(thing), new Set([...(breaking.get(keyOf(thing)) ?? []), ...own]));
  }
  const kept = all.filter(({ effect, thing, changes: own }) => effect !== 'meaning' || !own.every((place) => breaking.get(keyOf(thing))?.has(place) === true));
  return kept.sort((a, b) =>
    IMPACT_EFFECTS.indexOf(a.effect) - IMPACT_EFFECTS.indexOf(b.effect) || b.confidence - a.confidence || (b.calls ?? -1) - (a.calls ?? -1) ||
    byText(a.thing.name, b.thing.name) || (a.changes[0] ?? 0) - (b.changes[0] ?? 0) || byText(a.sentence, b.sentence));
}

function keyOf({ store, kind, name }: Impact['thing']): string {
  return JSON.stringify([store, kind, name]);
}

/** Changes of one statement are one to who is hit. */
function placesOf({ changes: own }: Impact, changes: readonly SchemaChange[]): string[] {
  return [...new Set(own.map((place) => `${changes[place]?.place.file ?? ''}:${changes[place]?.place.line ?? place}`))].sort();
}

function asOne(group: readonly Impact[]): Impact {
  const sorted = group.toSorted((a, b) => b.confidence - a.confidence || (b.calls ?? -1) - (a.calls ?? -1) || byText(a.sentence, b.sentence));
  const [first] = sorted;
  if (first === undefined) throw new RangeError('a group of impacts has at least one');
  const sentences = [...new Set(sorted.map(({ sentence }) => sentence))];
  const more = sentences.length - SENTENCES_MAX;
  const called = sorted.flatMap(({ calls }) => calls ?? []);
  return {
    ...first,
    changes: [...new Set(sorted.flatMap(({ changes }) => changes))].sort((a, b) => a - b),
    sentence: `${sentences.slice(0, SENTENCES_MAX).join('; ')}${more > 0 ? `; and ${more} more of its statements` : ''}`,
    calls: called.length === 0 ? null : called.reduce((sum, calls) => sum + calls, 0),
  };
}

const SENTENCES_MAX = 2;

function byText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
