import type { RelationMovement } from '../../model/movement.js';
import type { Resolution } from '../../sql/resolution.js';
import { plainText } from '../../text/plain-text.js';
import type { StoreBoundary } from '../boundary.js';
import type { StatementReader } from '../statement-reader.js';
import { rowFilterOf } from './row-filter.js';
import { withoutStops } from './stops.js';
import { mergedWays, placeOf, waysOf } from './way.js';

/** What statements that ran, and scripts, bring from one relation into another: INSERT … SELECT, CREATE TABLE AS, MERGE, UPDATE … FROM. */
export function statementMovements({ store, accesses, reader: whole }: Pick<StoreBoundary, 'store' | 'accesses' | 'reader'>, reader: StatementReader): RelationMovement[] {
  const known = (relation: string): boolean => whole.index.get(relation) !== undefined;
  // Temporary tables are known to who made them only.
  const byHand = new Map<string, RelationMovement[]>();
  const done = new Set<string>();
  for (const { part, consumer, text, query } of accesses) {
    const by = consumer.name;
    if (part === null || !bringsValues(part.resolution) || done.has(`${by}\n${text}`)) continue;
    done.add(`${by}\n${text}`);
    const own = byHand.get(by) ?? [];
    byHand.set(by, own);
    own.push(...ofText(text, store.name, by, query === null ? 'a statement in the statistics' : `a statement in ${plainText(query.origin.file, 200)}`, reader));
  }
  return mergedWays([...byHand.values()].flatMap((movements) => withoutStops(movements, known)));
}

/** Most writes bring parameters, or change a row by itself: those are not read a second time. */
function bringsValues({ writes }: Resolution): boolean {
  return [...writes].some(([to, slots]) => slots.some(({ flows }) => [...flows.keys()].some((column) => placeOf(column)[0] !== to)));
}

function ofText(text: string, store: string, by: string, evidence: string, reader: StatementReader): RelationMovement[] {
  return reader.read(text, null).parts.flatMap(({ statement, resolution }) =>
    [...resolution.writes].flatMap(([to, slots]) =>
      waysOf(slots, resolution, { store, to, via: 'statement', by, rowFilter: rowFilterOf(statement), confidence: 1, evidence }).filter(
        // What an UPDATE reads of its own row comes from nowhere else.
        ({ from }) => from.relation !== to,
      ),
    ),
  );
}
