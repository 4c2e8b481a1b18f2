import type { Impact, ImpactReport } from '../model/impact-report.js';
import { LIKELY } from './likely.js';

/** Whom to tell: those whose consumers fail first, then those whose consumers change their meaning; who owns none comes last. */
export function notifyOf(impacts: readonly Impact[]): ImpactReport['notify'] {
  const byOwner = new Map<string | null, { breaks: Set<string>; meaning: Set<string>; names: Set<string> }>();
  for (const { effect, thing, confidence } of impacts) {
    if (!PEOPLE.has(thing.kind) || confidence < LIKELY) continue;
    const owner = thing.owner;
    const known = byOwner.get(owner) ?? { breaks: new Set(), meaning: new Set(), names: new Set() };
    byOwner.set(owner, known);
    const name = owner === null && thing.dashboard !== null ? `${thing.name} on ${thing.dashboard}` : thing.name;
    known.names.add(name);
    (effect === 'breaks' ? known.breaks : known.meaning).add(name);
  }
  return [...byOwner]
    .map(([owner, { breaks, meaning, names }]) => ({ owner, consumers: [...names].sort(), breaks: breaks.size, meaning: [...meaning].filter((name) => !breaks.has(name)).length }))
    .sort((a, b) => Number(a.owner === null) - Number(b.owner === null) || b.breaks - a.breaks || b.meaning - a.meaning || ((a.owner ?? '') < (b.owner ?? '') ? -1 : 1));
}

/** Things that someone looks at or answers for. */
const PEOPLE = new Set<Impact['thing']['kind']>(['card', 'code', 'role', 'model', 'metric', 'contract']);
