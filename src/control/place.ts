import type { Subject } from '../facts/subjects.js';
import type { StoreBoundary } from '../graph/boundary.js';
import type { Configuration } from '../model/configuration.js';
import { like } from '../text/glob.js';

/** Whom a finding on a control table names: the thing itself, with who is accountable for it by the configuration, else `owner`. */
export function placeOf({ store }: StoreBoundary, relation: string, { assets = [] }: Pick<Configuration, 'assets'>, owner: string | null = null): Omit<Subject, 'subject' | 'facts'> {
  const accountable = assets.find(({ match, accountable: person }) => person !== null && like(relation, match))?.accountable;
  return { consumer: '', owner: accountable ?? owner, store: store.name, relation, locations: [] };
}

/** `2026-06-30` of a moment in ISO 8601; empty for none. */
export function dayOf(moment: string | null): string {
  return moment === null ? '' : moment.slice(0, 10);
}

/** `official_monthly_cases`, `Official monthly cases` and `Official Monthly Cases.` are one name. */
export function foldedName(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();
}
