import type { SchemaChange } from '../model/migration.js';

/**
 * Changes as those who read see them: a view or a function that is dropped and made again is replaced. Only what is gone for good
 * is told as dropped.
 *
 * @param definitions of the relations that were dropped or added, by the change; null for one that is no view
 */
export function settled(changes: readonly SchemaChange[], definitions: ReadonlyMap<SchemaChange, string | null>): SchemaChange[] {
  const gone = new Map<string, SchemaChange>();
  const result = new Set<SchemaChange>();
  for (const change of changes) {
    const key = keyOf(change);
    if (key !== null && isDrop(change)) gone.set(key, change);
    const dropped = key !== null && isAddition(change) ? gone.get(key) : undefined;
    if (!dropped || key === null) {
      result.add(change);
      continue;
    }
    gone.delete(key);
    const replaced = replacement(dropped, change, definitions);
    if (replaced) result.delete(dropped);
    result.add(replaced ?? change);
  }
  return [...result];
}

function keyOf(change: SchemaChange): string | null {
  if (change.kind === 'function-dropped' || change.kind === 'function-added') return `function ${change.name}`;
  return change.kind === 'relation-dropped' || change.kind === 'relation-added' ? `relation ${change.relation}` : null;
}

function isDrop({ kind }: SchemaChange): boolean {
  return kind === 'relation-dropped' || kind === 'function-dropped';
}

function isAddition({ kind }: SchemaChange): boolean {
  return kind === 'relation-added' || kind === 'function-added';
}

function replacement(dropped: SchemaChange, added: SchemaChange, definitions: ReadonlyMap<SchemaChange, string | null>): SchemaChange | null {
  if (dropped.kind === 'function-dropped' && added.kind === 'function-added') return { place: added.place, kind: 'function-replaced', relation: '', name: added.name };
  const [before, after] = [definitions.get(dropped) ?? null, definitions.get(added) ?? null];
  if (before === null || after === null || added.kind !== 'relation-added') return null;
  return { place: added.place, kind: 'view-replaced', relation: added.relation, before, after };
}
