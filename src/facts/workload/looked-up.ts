import { type Block, tableOf, withoutPlace } from '../../sql/block.js';
import type { SchemaIndex } from '../../sql/schema-index.js';
import type { Extent, Place } from './extent.js';
import { isCode, readsLikeCategory } from './identifier.js';
import { columnsOf, namesOf } from './reach-words.js';
import type { ShapeInput } from './shape.js';
import { type Verdict, mixed, operational } from './verdict.js';

/**
 * A list of the rows that have one value of a column that no index begins with. Null for every other list.
 *
 * @param wide the tables that are read without a key
 */
export function comparedVerdict(input: ShapeInput, extent: Extent, wide: readonly Place[], returns: boolean): Verdict | null {
  const { shape, index } = input;
  const names = namesOf(wide.map(({ table }) => table));
  const writes = shape.kind === 'create' || shape.kind === 'merge';
  if (shape.kind === 'insert' && wide.every((place) => isCompared(place, index))) return mixed(0.5, `copies the rows of ${names} that have one value of a column that no index begins with`);
  if (!writes && extent.bound === null && wide.every((place) => isCompared(place, index))) {
    const open = wide.filter((place) => isOpenUnindexed(place, index));
    if (returns && open.length > 0) return mixed(0.5, `reads all of ${namesOf(open.map(({ table }) => table))} for the rows that have one value of ${columnsOf(open)}: no index begins with it`);
    if (wide.every(({ known }) => !known)) return operational(0.55, `compares ${columnsOf(wide)} with a value, and no catalogue tells its indexes`);
    return operational(0.55, `compares a column of ${names} with a value, though no index begins with it`);
  }
  const looked = writes || extent.bound !== null ? null : lookedUp(wide, input);
  if (looked !== null && looked.nameless) return operational(0.5, `compares a column of ${looked.compared.join(', ')} with a value, and joins ${looked.joined.join(', ')} to what that finds`, 'no catalogue tells its keys');
  if (looked !== null) return mixed(0.5, `compares a column of ${looked.compared.join(', ')} with a value, though no index begins with it, and joins ${looked.joined.join(', ')}`);
  return null;
}

/** What belongs to something else, or has one of few values: without an index all are read, and nothing tells how many are found. */
function isOpenUnindexed({ table, known, reach: { column } }: Place, index: SchemaIndex): boolean {
  return known && column !== null && (index.refersTo(table, column) !== null || isCode(index, table, column));
}

/** A flag of two values narrows nothing. */
function isCompared({ table, reach }: Place, index: SchemaIndex): boolean {
  if (!reach.compared || reach.column === null) return false;
  const type = index.get(table)?.columns.find(({ name }) => name === reach.column)?.type;
  return type === undefined ? !/^(?:is|has)_|^(?:active|enabled|deleted|archived|disabled)$/i.test(reach.column) : !/^bool/i.test(type);
}

/** Wide tables of which some are compared with a value and all others joined to these by equality; `nameless` where no catalogue tells keys. Null where that is not so. */
function lookedUp(wide: readonly Place[], { resolution, index }: ShapeInput): { compared: string[]; joined: string[]; nameless: boolean } | null {
  const tables = [...new Set(wide.map(({ table }) => table))];
  const compared = tables.filter((table) => wide.some((place) => place.table === table && isCompared(place, index)));
  const equalities = equalitiesOf(resolution.block, new Set()).map(([left, right]) => [withoutPlace(tableOf(left)), withoutPlace(tableOf(right))] as const);
  const connected = new Set([...resolution.base].filter((table) => !tables.includes(table)).concat(compared));
  for (let size = -1; size !== connected.size; ) {
    size = connected.size;
    for (const [left, right] of equalities) if (connected.has(left) || connected.has(right)) connected.add(left).add(right);
  }
  const joined = tables.filter((table) => !compared.includes(table));
  if (compared.length === 0 || !joined.every((table) => connected.has(table))) return null;
  const nameless = wide.every(({ table, known, reach }) => !known && (!compared.includes(table) || (reach.column !== null && !readsLikeCategory(reach.column))));
  return { compared, joined, nameless };
}

function equalitiesOf(block: Block, seen: Set<Block>): [string, string][] {
  // A recursive common table is below itself.
  if (seen.has(block)) return [];
  seen.add(block);
  return [...block.equalities, ...block.children.flatMap((inner) => equalitiesOf(inner, seen))];
}
