import type { ReadPart } from '../graph/statement-reader.js';
import type { Impact } from '../model/impact-report.js';
import { walkStatement } from '../sql/walk.js';
import { ofReader } from './impact.js';
import type { Reader } from './readers.js';
import { rebound } from './rebound.js';
import { type PlacedChange, type Situation, wayTo } from './situation.js';

/** What `*`, NATURAL JOIN and INSERT without columns make of columns that come and go. */
export function shapeEffects(reader: Reader, now: ReadPart | null, situation: Situation): Impact[] {
  return situation.changes.flatMap((placed) => {
    const { change, original } = placed;
    if (change.kind === 'view-replaced' && reader.relations.has(change.relation)) return viewShape(reader, now, placed, wayTo(change.relation, reader, situation));
    if (original.relation === null || original.column === null || !reader.relations.has(original.relation)) return [];
    const through = wayTo(original.relation, reader, situation);
    if (change.kind === 'column-added') return [...joinedBy(reader, now, placed, through), ...rebound(reader, now, placed, through), ...starGains(reader, now, placed, through), ...insertLacks(reader, placed, situation)];
    if (change.kind === 'column-dropped' || change.kind === 'column-renamed') return [...joinedBy(reader, now, placed, through), ...rebound(reader, now, placed, through), ...starLoses(reader, now, placed, through)];
    if (change.kind === 'column-nullable' && !change.nullable) return insertLacks(reader, placed, situation);
    if (change.kind === 'column-default' && change.to === null) return insertLacks(reader, placed, situation);
    return [];
  });
}

/** What `*` over a view shows once the view is defined anew. */
function viewShape(reader: Reader, now: ReadPart | null, placed: PlacedChange, through: string[]): Impact[] {
  if (now === null) return [];
  const [before, after] = [namesOf(reader.part), namesOf(now)];
  const more = after.filter((name) => !before.includes(name));
  const less = before.filter((name) => !after.includes(name));
  if (more.length + less.length === 0) return [];
  const words = [...(more.length > 0 ? [`also shows ${more.join(', ')}`] : []), ...(less.length > 0 ? [`no longer shows ${less.join(', ')}`] : [])];
  return [ofReader(reader, 'meaning', placed, { through, sentence: `its * ${words.join(' and ')}`, remedy: 'name the columns that it needs', confidence: 0.6 })];
}

function namesOf({ resolution }: ReadPart): string[] {
  return resolution.outputs.map(({ name }) => name);
}

/** Columns of the same name on both sides of a NATURAL JOIN are compared, whoever adds, renames or drops one. */
function joinedBy(reader: Reader, now: ReadPart | null, { place, change, original }: PlacedChange, through: string[]): Impact[] {
  if (now === null || !joinsNaturally(reader)) return [];
  const old = `${original.relation ?? ''}.${original.column ?? ''}`;
  const named = `${change.relation}.${change.kind === 'column-renamed' ? change.to : (original.column ?? '')}`;
  const before = comparesInJoin(reader.part, old);
  const after = comparesInJoin(now, named) || (change.kind === 'column-added' && comparesInJoin(now, old));
  if (before === after) return [];
  const sentence = after ? `its NATURAL JOIN also compares ${named} from now on` : `its NATURAL JOIN no longer compares ${old}`;
  return [ofReader(reader, 'meaning', { place }, { through, sentence, remedy: 'join with USING and the columns that are meant', confidence: 0.95 })];
}

function joinsNaturally({ part: { statement } }: Reader): boolean {
  let found = false;
  walkStatement(statement, { from: (item) => void (found ||= item.type === 'join' && item.natural) });
  return found;
}

function comparesInJoin({ resolution }: ReadPart, column: string): boolean {
  return resolution.uses.some((use) => use.column === column && use.role === 'join');
}

function starGains(reader: Reader, now: ReadPart | null, placed: PlacedChange, through: string[]): Impact[] {
  const column = placed.original.column ?? '';
  if (now === null || shown(now, column) <= shown(reader.part, column)) return [];
  return [ofReader(reader, 'meaning', placed, { through, sentence: `its * shows one column more: ${column}`, remedy: 'name the columns that it needs', confidence: 0.6 })];
}

function starLoses(reader: Reader, now: ReadPart | null, placed: PlacedChange, through: string[]): Impact[] {
  const column = placed.original.column ?? '';
  if (now === null || shown(now, column) >= shown(reader.part, column)) return [];
  const name = placed.change.kind === 'column-renamed' ? `${column} is called ${placed.change.to} in what its * shows` : `its * no longer shows ${column}`;
  return [ofReader(reader, 'meaning', placed, { through, sentence: `${name}; a chart that expects it stays empty`, remedy: 'name the columns that it needs', confidence: 0.7 })];
}

/** How often: `*` over a join shows two columns of one name. */
function shown({ resolution }: ReadPart, column: string): number {
  return resolution.outputs.filter(({ name }) => name === column).length;
}

/** A row cannot be written without a column that must have a value and has no default. */
function insertLacks(reader: Reader, placed: PlacedChange, { relationsAfter }: Situation): Impact[] {
  const { statement, resolution } = reader.part;
  const relation = placed.original.relation ?? '';
  const name = placed.original.column ?? '';
  if (statement.type !== 'insert' || !resolution.writes.has(relation)) return [];
  const columns = relationsAfter.get(relation)?.columns ?? [];
  const position = columns.findIndex((column) => column.name === name);
  const now = columns[position];
  if (now === undefined || now.nullable || now.default !== undefined || now.generated !== undefined) return [];
  // Without a list the values fill the first columns.
  const given = statement.columns.length === 0 ? position < (resolution.writes.get(relation) ?? []).length : statement.columns.includes(name);
  if (given) return [];
  return [ofReader(reader, 'breaks', placed, { through: [], sentence: `fails: it writes rows without ${relation}.${name}, which must have a value and has no default`, remedy: `give ${name} a default until every writer gives it a value`, confidence: 0.95 })];
}
