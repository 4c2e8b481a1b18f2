import { count } from '../text/quantity.js';
import type { FindingChange, StoreChange } from './comparison.js';
import { findingsOf, isLetPass, nameOf, type Side } from './side.js';

const RULES_MAX = 8;

/** What limits the comparison, in words: other versions and rules, what is let pass, counters that do not fit together. */
export function notesOf(before: Side, after: Side, changes: readonly FindingChange[], stores: readonly StoreChange[]): string[] {
  return [...judgementNotes(before, after, changes), ...changeNotes(before, after), ...suppressionNotes(before, after), ...orderNotes(before, after), ...workNotes(stores)];
}

function judgementNotes(before: Side, after: Side, changes: readonly FindingChange[]): string[] {
  const [first, second] = [before.about, after.about];
  const judged = first.kind === 'bundle' && second.kind === 'bundle';
  if (judged) return [];
  const notes: string[] = [];
  if (first.version !== second.version) {
    const alone = rulesOfOneSide(before, after, changes);
    const rules = alone.length === 0 ? '' : `; only one of them has findings of ${alone.slice(0, RULES_MAX).join(', ')}${alone.length > RULES_MAX ? ` and ${alone.length - RULES_MAX} more rules` : ''}`;
    notes.push(`${nameOf(before)} was judged by tidemark ${first.version} and ${nameOf(after)} by ${second.version}: a rule that one of them does not have looks fixed or new${rules}`);
  }
  if (first.kind !== second.kind) notes.push('a report was judged with the rules and the configuration of its day, a bundle is judged with those of now: compare two bundles where they may differ');
  return notes;
}

function rulesOfOneSide(before: Side, after: Side, changes: readonly FindingChange[]): string[] {
  const [first, second] = [before, after].map((side) => new Set(findingsOf(side).map(({ ruleId }) => ruleId)));
  const changed = new Set(changes.map(({ finding }) => finding.ruleId));
  return [...changed].filter((rule) => first?.has(rule) !== second?.has(rule)).sort();
}

function changeNotes(before: Side, after: Side): string[] {
  return [before, after].flatMap((side) => (side.about.since === null ? [] : [`${nameOf(side)} judges what changed since ${side.about.since.slice(0, 12)}, and not the rest`]));
}

function suppressionNotes(before: Side, after: Side): string[] {
  const number = (side: Side): number => findingsOf(side).filter(isLetPass).length;
  const [first, second] = [number(before), number(after)];
  return first === second && second === 0 ? [] : [`${count(first, 'finding')} of ${nameOf(before)} and ${second} of ${nameOf(after)} are let pass by a baseline, waiver or comment; they count as standing`];
}

function orderNotes(before: Side, after: Side): string[] {
  return before.about.takenAt > after.about.takenAt ? [`${nameOf(before)} was taken after ${nameOf(after)}: what is called fixed came back if they were given in the wrong order`] : [];
}

function workNotes(stores: readonly StoreChange[]): string[] {
  return stores.flatMap(({ store, analytical }) => {
    if (analytical === null) return [];
    const { before, after } = analytical.covers;
    if (analytical.between === null && before.since !== null && before.since === after.since && before.until !== after.until) {
      return [`the counters of ${store} were not set back in between, so that the second share holds what ran before the first too`];
    }
    return before.since === null || after.since === null ? [`since when the counters of ${store} run is not known on both sides: its shares may hold the same work`] : [];
  });
}
