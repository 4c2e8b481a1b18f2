import type { Snapshot, StoreSnapshot } from '../model/snapshot.js';
import { knownTextKey, type KnownStatements, type KnownText } from '../stores/store.js';

/**
 * What an earlier snapshot knows of the statements of this store: texts, masked, which masking again leaves as they are, and which
 * are tidemark's own. None where it is not known to be the same database of the same server at the same major version: the number
 * of a statement means nothing elsewhere.
 */
export function knownStatements(previous: Snapshot | undefined, store: Pick<StoreSnapshot, 'name' | 'engine' | 'version' | 'database' | 'systemIdentifier' | 'address'>): KnownStatements {
  const texts = new Map<string, KnownText>();
  const before = previous?.stores.find(({ name }) => name === store.name);
  if (!before || difference(before, store) !== null) return { texts, own: new Set() };
  for (const { role, toplevel, queryId, text, textState: state } of before.statements) {
    // What was hidden then may be visible now.
    if (queryId === null || state === 'hidden') continue;
    texts.set(knownTextKey({ role, queryId, toplevel }), { role, toplevel, text, state });
  }
  return { texts, own: new Set(before.ownStatements) };
}

type Compared = Parameters<typeof knownStatements>[1];

/** Why an earlier snapshot tells nothing of the statements of this store, in words; null where it does. */
export function whyUnknown(previous: Snapshot, store: Compared): string | null {
  const before = previous.stores.find(({ name }) => name === store.name);
  return before ? difference(before, store) : 'it does not hold this store';
}

function difference(before: Compared, now: Compared): string | null {
  if (before.engine !== now.engine) return `there it is ${before.engine}, now ${now.engine}`;
  if (before.database !== now.database) return `there it is the database ${before.database}, now ${now.database}`;
  if (majorOf(before) !== majorOf(now)) return `there it is version ${majorOf(before)}, now ${majorOf(now)}`;
  if (before.systemIdentifier !== undefined && now.systemIdentifier !== undefined) {
    return before.systemIdentifier === now.systemIdentifier ? null : 'there it is a database of the same name on another server';
  }
  if (before.address === undefined || now.address === undefined) return 'it cannot be told whether it is the same server';
  return before.address.host === now.address.host && before.address.port === now.address.port ? null : 'there it is a database of the same name at another address';
}

function majorOf({ version }: Compared): string {
  return version.split('.')[0] ?? version;
}
