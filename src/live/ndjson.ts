import type { LiveView, ObjectiveView } from '../model/live.js';
import { plainText } from '../text/plain-text.js';
import { changesBetween } from './lines.js';

export const SCHEMA_VERSION = 1;

const TEXT_MAX = 10_000;
/** What draws curves. It is a function, and machines have the samples themselves in the journal. */
const HISTORIES = new Set(['history', 'over']);

/**
 * One JSON object for each change of state between two views, in the form of the plain lines:
 * `{type: 'change', schemaVersion, at, id, kind, name, from, to, since, target, now, detail, sentence}`. Times are epoch seconds; `from`
 * is null at the first look, `to` null when the objective is gone. Keys are sorted.
 */
export function changeRecords(previous: LiveView | null, next: LiveView): string[] {
  return changesBetween(previous, next).map(({ objective, from, to }) => {
    const { detail, id, kind, name, now, sentence, since, target } = objective satisfies ObjectiveView;
    return record({ type: 'change', at: next.at, id, kind, name, from, to, since: to === null ? null : since, target, now, detail, sentence });
  });
}

/** Everything that is known at this moment, without histories: `{type: 'state', schemaVersion, …}` with the fields of a view. */
export function stateRecord(view: LiveView): string {
  return record({ type: 'state', ...view });
}

function record(fields: Record<string, unknown>): string {
  return JSON.stringify(plain({ ...fields, schemaVersion: SCHEMA_VERSION }));
}

/** Sorted keys and harmless texts, all the way down. A number that is none becomes null, as JSON has it. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return plainText(value, TEXT_MAX);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !HISTORIES.has(key));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, plain(inner)]));
}
