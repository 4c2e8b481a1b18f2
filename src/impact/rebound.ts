import type { ReadPart } from '../graph/statement-reader.js';
import type { Impact } from '../model/impact-report.js';
import { columnsByPlace } from './comparisons.js';
import { ofReader } from './impact.js';
import type { Reader } from './readers.js';
import type { PlacedChange } from './situation.js';

/**
 * A name in a text that means another column than before: without its table, `customer_id` of a subquery means the one of the
 * query around it once its own table has none, and the other way round once its own table gains one. No engine complains.
 */
export function rebound(reader: Reader, now: ReadPart | null, { place, change, original }: PlacedChange, through: string[]): Impact[] {
  if (now === null || original.relation === null || original.column === null) return [];
  const old = `${original.relation}.${original.column}`;
  const named = change.kind === 'column-renamed' ? `${change.relation}.${change.to}` : `${change.relation}.${original.column}`;
  const after = columnsByPlace(now);
  for (const [start, columns] of columnsByPlace(reader.part)) {
    const own = after.get(start);
    if (own === undefined || own.size === 0) continue;
    const isLost = change.kind !== 'column-added' && columns.has(old) && !own.has(named) && !own.has(old);
    // A `*` stands for all that it did and for one column more.
    const isCaught = change.kind === 'column-added' && own.has(named) && !columns.has(named) && [...columns].every((column) => !own.has(column));
    if (!isLost && !isCaught) continue;
    const [before] = columns;
    const [other] = isLost ? own : [named];
    return [ofReader(reader, 'meaning', { place }, { through, sentence: `${original.column} in it means ${other ?? ''} from now on, and meant ${isLost ? old : (before ?? '')}`, remedy: 'write the table before the column name in this query', confidence: 0.95 })];
  }
  return [];
}
