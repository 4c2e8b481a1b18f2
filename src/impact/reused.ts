import type { Impact } from '../model/impact-report.js';
import { usesColumn } from './breaks.js';
import { ofReader } from './impact.js';
import { type ReusedName, reusedNames } from './originals.js';
import type { Reader } from './readers.js';
import type { PlacedChange, Situation } from './situation.js';

/** Readers that ask for a name which went and was given again, to another column or table: they run on over other values. */
export function reusedImpacts(situation: Situation, broken: ReadonlySet<Reader>): Impact[] {
  return reusedNames(situation.input.changes).flatMap((name) => {
    const left = situation.changes.find((placed) => leaves(placed, name));
    if (left === undefined || !isThereBoth(name, situation)) return [];
    return situation.touched.flatMap((reader) => (broken.has(reader) || !asksFor(reader, name, left) ? [] : [impactOf(reader, name, left)]));
  });
}

/** Whether a change takes the name from what had it before. */
function leaves({ change, original }: PlacedChange, { relation, column }: ReusedName): boolean {
  if (original.relation !== relation) return false;
  return column === null ? change.kind === 'relation-dropped' || change.kind === 'relation-renamed' : original.column === column && (change.kind === 'column-dropped' || change.kind === 'column-renamed');
}

function isThereBoth({ relation, column }: ReusedName, { relationsBefore, relationsAfter }: Situation): boolean {
  const [before, after] = [relationsBefore.get(relation), relationsAfter.get(relation)];
  if (before === undefined || after === undefined) return false;
  // What a view shows under a name is compared with what it showed, or is told of the view.
  if (column === null) return before.definition === null && after.definition === null;
  return before.columns.some(({ name }) => name === column) && after.columns.some(({ name }) => name === column);
}

/** Views follow what is renamed, so that only who writes the name himself is answered by another. */
function asksFor(reader: Reader, { relation, column }: ReusedName, { change }: PlacedChange): boolean {
  const { direct, base } = reader.part.resolution;
  const isRenamed = change.kind === 'column-renamed' || change.kind === 'relation-renamed';
  if (column === null) return isRenamed ? direct.has(relation) : direct.has(relation) || base.has(relation);
  const uses = reader.uses.get(relation)?.get(column);
  const readsIt = usesColumn(reader, relation, column) && [...uses ?? []].some((use) => use !== 'written');
  return readsIt && (!isRenamed || direct.get(relation)?.has(column) === true);
}

function impactOf(reader: Reader, { relation, column, now }: ReusedName, left: PlacedChange): Impact {
  const what = column === null ? relation : `${relation}.${column}`;
  const isNew = now === null && (left.change.kind === 'column-dropped' || left.change.kind === 'relation-dropped');
  const sentence = isNew ? `${what} is dropped and made anew: what stood in it is gone` : now === null ? `${what} is another one from now on, which the migration makes` : `${what} is what was ${now} until now`;
  return ofReader(reader, 'meaning', left, { through: [], sentence, remedy: 'compare its answers before and after on a copy', confidence: isNew ? 0.9 : 0.7 });
}
