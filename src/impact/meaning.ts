import type { Impact } from '../model/impact-report.js';
import { type Comparisons, comparisonsOf } from './comparisons.js';
import { usesColumn } from './breaks.js';
import { ofReader } from './impact.js';
import type { Reader } from './readers.js';
import { reread } from './rereading.js';
import { rowEffect } from './rows.js';
import { shapeEffects } from './shape.js';
import { bareRoutine, callsAny, type PlacedChange, type Situation, wayTo } from './situation.js';
import { typeEffect } from './types.js';
import { impactOfValues, renamedAsShown, said, valueEffects } from './values.js';

/** What goes on running and answers something else, view by view and reader by reader. */
export function meaningsOf(situation: Situation, broken: ReadonlySet<Reader>): Impact[] {
  const impacts: Impact[] = [];
  const own = new Map<Reader, Impact[]>();
  const readers = [...situation.definitions, ...situation.touched].filter((reader) => !broken.has(reader));
  for (const reader of readers) {
    const found = effectsOn(reader, situation);
    own.set(reader, found);
    impacts.push(...found.filter(({ thing, changes: [place] }) => thing.kind !== 'view' || (isInherited(place, situation) && !isGone(thing.name, situation))));
  }
  return [...impacts, ...inherited(situation, own, broken)];
}

/**
 * Whether a change is told of the conditions of a view, and of its readers because of them. Rows and types are seen through a
 * view by whoever uses the column, and are told of them alone.
 */
function isInherited(place: number | undefined, { input }: Situation): boolean {
  const kind = input.changes[place ?? -1]?.kind;
  return kind === 'values-changed' || kind === 'column-nullable' || kind === 'column-default';
}

function isGone(view: string, { relationsAfter }: Situation): boolean {
  return !relationsAfter.has(view);
}

function effectsOn(reader: Reader, situation: Situation): Impact[] {
  const comparisons = comparisonsOf(reader);
  return [
    ...situation.changes.flatMap((placed) => effectOf(placed, reader, comparisons, situation)),
    ...(reader.thing.kind === 'view' ? [] : shapeEffects(reader, reread(reader, situation.after).part, situation)),
  ];
}

function effectOf(placed: PlacedChange, reader: Reader, comparisons: Comparisons, situation: Situation): Impact[] {
  const { change, original } = placed;
  if (change.kind === 'function-replaced') return callsAny(reader, [bareRoutine(change.name)]) ? [ofReader(reader, 'meaning', placed, { through: [], sentence: `calls ${change.name}, which is replaced: whether it answers the same is not known`, remedy: 'compare its answers before and after on a copy', confidence: 0.5 })] : [];
  if (original.relation === null) return [];
  const through = (): string[] => wayTo(original.relation ?? '', reader, situation);
  if (original.column === null) return relationEffect(placed, reader, comparisons, situation);
  const column = original.column;
  if (!usesColumn(reader, original.relation, column)) return [];
  const key = `${original.relation}.${column}`;
  const standings = comparisons.standings.get(key) ?? new Set();
  // What a view of it does with the column is told of the view.
  const isOwn = standings.size > 0 || reader.part.resolution.direct.get(original.relation)?.has(column) === true || [...reader.uses.get(original.relation)?.get(column) ?? []].includes('shown');
  switch (change.kind) {
    case 'values-changed':
      return impactOfValues(reader, placed, [...valueEffects(placed, comparisons), ...renamedAsShown(change.renamed, reader.uses.get(original.relation)?.get(column))], through());
    case 'column-type': {
      const effect = isOwn ? typeEffect(change.from, change.to, change.using, standings) : null;
      return effect === null ? [] : [ofReader(reader, 'meaning', placed, { through: through(), sentence: `${key} becomes ${change.to}: ${effect.sentence}`, remedy: 'compare its answers before and after on a copy', confidence: effect.confidence })];
    }
    case 'column-nullable': {
      const effect = change.nullable ? nullEffect(standings, reader, key) : null;
      return effect === null ? [] : [ofReader(reader, 'meaning', placed, { through: through(), sentence: `${key} may be NULL from now on: ${effect.sentence}`, remedy: 'say in the query what NULL counts as, with COALESCE or IS DISTINCT FROM', confidence: effect.confidence })];
    }
    case 'column-default':
      return change.to === null && !isNullable(original.relation, column, situation) ? [] : defaultEffect(placed, reader, comparisons, through());
    case 'column-generated':
      return [ofReader(reader, 'meaning', placed, { through: through(), sentence: change.to === null ? `${key} is no longer computed: what is written there decides` : `${key} is computed as ${said(change.to)}${change.from === null ? '' : `, and was as ${said(change.from)}`}`, remedy: 'compare its answers before and after on a copy', confidence: 0.7 })];
    default:
      return [];
  }
}

/** What NULL does where it could not be before; null where it is only shown. */
function nullEffect(standings: ReadonlySet<string>, { uses, part: { resolution } }: Reader, key: string): { sentence: string; confidence: number } | null {
  const point = key.lastIndexOf('.');
  const kinds = uses.get(key.slice(0, point))?.get(key.slice(point + 1));
  const isJoined = resolution.uses.some(({ column, role }) => column === key && role === 'join');
  const losing = [
    ...(standings.has('looked-through') ? ['with one NULL among them NOT IN finds nothing at all'] : []),
    ...(standings.has('counted') ? ['count() leaves such rows out'] : []),
    ...(standings.has('excluded') ? ['<> and NOT IN lose such rows'] : []),
    ...(isJoined ? ['a join finds no partner for such rows'] : []),
    ...(standings.has('arithmetic') || standings.has('division') ? ['what is computed from it is NULL'] : []),
    ...(kinds?.has('grouping') === true ? ['they form a group of their own'] : []),
  ];
  // A row that is not known to be OPEN was not counted as such before either: it is right, and told as a hint.
  const found = !isJoined && (standings.has('compared') || standings.has('ordered')) ? ['comparisons do not find such rows'] : [];
  const words = [...losing, ...found];
  return words.length === 0 ? null : { sentence: words.join('; '), confidence: losing.length > 0 ? 0.6 : 0.4 };
}

/** Without a default a row that says nothing of a column that must have a value is refused. */
function isNullable(relation: string, column: string, { relationsAfter }: Situation): boolean {
  return relationsAfter.get(relation)?.columns.find(({ name }) => name === column)?.nullable ?? true;
}

function defaultEffect({ place, change, original }: PlacedChange, reader: Reader, comparisons: Comparisons, through: string[]): Impact[] {
  if (change.kind !== 'column-default') return [];
  const key = `${original.relation ?? ''}.${original.column ?? ''}`;
  const [from, to] = [literalOf(change.from), literalOf(change.to)];
  const asked = comparisons.lists.filter(({ columns }) => columns.has(key));
  const standings = comparisons.standings.get(key);
  const decides = standings !== undefined && [...standings].some((standing) => standing !== 'shown');
  if (!decides && reader.uses.get(original.relation ?? '')?.get(original.column ?? '')?.has('grouping') !== true) return [];
  const isSame = from !== null && to !== null && asked.length > 0 && asked.every(({ values, positive }) => (values.includes(from) === positive) === (values.includes(to) === positive));
  if (isSame && [...standings ?? []].every((standing) => standing === 'compared' || standing === 'excluded' || standing === 'shown')) return [];
  const sentence = `new rows that say nothing of ${key} have ${change.to === null ? 'no value' : said(change.to, 60)} in place of ${change.from === null ? 'none' : said(change.from, 60)}`;
  return [ofReader(reader, 'meaning', { place }, { through, sentence, remedy: null, confidence: asked.length > 0 ? 0.7 : 0.4 })];
}

/** The written value of a default such as `'OPEN'::app.case_status`; null for what is computed. */
function literalOf(expression: string | null): string | null {
  if (expression === null) return null;
  const text = /^'((?:[^']|'')*)'(?:::[\w\s."()[\]]+)?$/.exec(expression.trim());
  if (text) return text[1]?.replaceAll("''", "'") ?? null;
  return /^-?\d+(?:\.\d+)?$|^(?:true|false)$/i.test(expression.trim()) ? expression.trim().toLowerCase() : null;
}

function relationEffect(placed: PlacedChange, reader: Reader, comparisons: Comparisons, situation: Situation): Impact[] {
  const { change, original } = placed;
  const relation = original.relation ?? '';
  if (!reader.relations.has(relation)) return [];
  const effect = rowEffect(placed, reader, comparisons, situation);
  if (effect === null) return [];
  return [ofReader(reader, change.kind === 'row-security-changed' && !change.enabled ? 'widens' : effect.effect ?? 'meaning', placed, { through: wayTo(relation, reader, situation), ...effect })];
}

/** Who reads a view that means something else now means something else too. */
function inherited(situation: Situation, own: ReadonlyMap<Reader, readonly Impact[]>, broken: ReadonlySet<Reader>): Impact[] {
  const { touched, changes, views } = situation;
  const ofViews = [...own].filter(([{ thing }]) => thing.kind === 'view').flatMap(([{ thing }, impacts]) => impacts.filter(({ effect }) => effect === 'meaning').map((impact) => ({ view: thing.name, impact })));
  return ofViews.flatMap(({ view, impact }) => {
    if (!isInherited(impact.changes[0], situation)) return [];
    return touched.flatMap((reader) => {
      const way = broken.has(reader) ? null : views.way(view, new Set(reader.part.resolution.direct.keys()));
      if (way === null || !reader.relations.has(way.at(-1) ?? view)) return [];
      const placed = changes.find(({ place }) => place === impact.changes[0]);
      return placed === undefined ? [] : [ofReader(reader, 'meaning', placed, { through: way.length === 0 ? [view] : [view, ...way.filter((one) => one !== view)], sentence: `${view}, which it reads, is hit: ${impact.sentence}`, remedy: impact.remedy, confidence: impact.confidence * 0.9 })];
    });
  });
}

