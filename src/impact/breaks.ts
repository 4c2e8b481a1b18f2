import type { Impact } from '../model/impact-report.js';
import { nameMarkers } from '../text/marker.js';
import { plainText } from '../text/plain-text.js';
import { sqlIdentifier } from '../text/sql-name.js';
import type { Reader } from './readers.js';
import { reread } from './rereading.js';
import { bareRoutine, callsAny, type PlacedChange, type Situation, wayTo } from './situation.js';

/** Who does not run any more. */
export interface Breaks {
  impacts: Impact[];
  /** What is broken need not be looked at further. */
  broken: ReadonlySet<Reader>;
}

/** Kinds of change after which a text may be refused. */
const REFUSING = new Set<PlacedChange['change']['kind']>([
  'relation-dropped', 'relation-renamed', 'view-replaced', 'column-dropped', 'column-renamed', 'column-added', 'column-type', 'column-generated', 'values-changed', 'function-dropped', 'function-replaced',
  'constraint-dropped', 'relation-added',
]);

/** Readers and definitions that the schema after refuses: by the engine where it tried them, by their names elsewhere. */
export function breaksOf(situation: Situation): Breaks {
  const impacts: Impact[] = [];
  const broken = new Set<Reader>();
  const refusing = situation.changes.filter(({ change }) => REFUSING.has(change.kind));
  if (refusing.length === 0) return { impacts, broken };
  const stopped = stoppedViews(situation, refusing);
  impacts.push(...stopped.impacts);
  for (const reader of stopped.broken) broken.add(reader);
  for (const reader of [...situation.touched, ...situation.definitions.filter(({ thing }) => thing.kind === 'function')]) {
    const fault = faultOf(reader, situation);
    if (fault === null) continue;
    const near = inheritedCauses(reader, fault.words, stopped.views) ?? causesOf(reader, fault.words, refusing, situation);
    // What the engine accepts before and refuses after is hit by the migrations, whichever of them it is.
    const causes = near.length === 0 && fault.tried ? refusing : near;
    if (causes.length === 0) continue;
    broken.add(reader);
    impacts.push(impactOf(reader, fault, causes, situation, stopped.views));
  }
  return { impacts, broken };
}

interface Fault {
  words: string;
  /** Whether the engine itself says it. */
  tried: boolean;
}

function faultOf(reader: Reader, { trials, after }: Situation): Fault | null {
  const refusal = trials.get(reader);
  if (refusal !== undefined) return refusal === null ? null : { words: refusal, tried: true };
  const { faults } = reread(reader, after);
  return faults.length === 0 ? null : { words: faults.slice(0, 3).join('; '), tried: false };
}

/** Views that stand in the schema after and name what is gone there: a server refuses the change, or has to take them along. */
function stoppedViews(situation: Situation, refusing: readonly PlacedChange[]): { impacts: Impact[]; broken: Reader[]; views: Stopped } {
  const impacts: Impact[] = [];
  const broken: Reader[] = [];
  const views = new Map<string, PlacedChange[]>();
  for (const reader of situation.definitions) {
    const { thing } = reader;
    const now = situation.relationsAfter.get(thing.name);
    if (thing.kind !== 'view' || now?.definition == null) continue;
    const before = situation.relationsBefore.get(thing.name)?.definition ?? '';
    const { faults } = reread({ ...reader, text: now.definition === before ? reader.text : now.definition }, situation.after);
    const refused = refusedFor(thing.name, refusing, situation);
    if (faults.length === 0 && refused.length === 0) continue;
    const causes = faults.length === 0 ? refused : causesOf(reader, faults.join('; '), refusing, situation);
    if (causes.length === 0) continue;
    broken.push(reader);
    if (faults.length > 0) views.set(thing.name, causes);
    const [first] = causes;
    const what = first === undefined ? 'what is changed' : subjectOf(first);
    impacts.push({
      effect: 'breaks', thing, changes: causes.map(({ place }) => place), through: first?.original.relation == null ? [] : wayTo(first.original.relation, reader, situation),
      sentence: `PostgreSQL refuses the change while the view ${thing.name} reads ${what}`,
      remedy: `replace or drop ${thing.name} first, in the same migration; CASCADE would take it away from everyone who reads it`,
      confidence: 0.9, calls: null,
    });
  }
  return { impacts, broken, views };
}

/** Changes that the server refuses for the sake of a view which could be read after them all the same: of types, above all. */
function refusedFor(view: string, refusing: readonly PlacedChange[], { input }: Situation): PlacedChange[] {
  return refusing.filter(({ change: { place } }) => input.unknown.some(({ place: own, why }) => own.file === place.file && own.line === place.line && why.startsWith('fails: ') && why.includes(view)));
}

/** Views that cannot stay as they are, with the changes to which that is owed. */
type Stopped = ReadonlyMap<string, readonly PlacedChange[]>;

/** What a view that is in the way is hit by hits who reads it, where the refusal names the view; null where it names none. */
function inheritedCauses(reader: Reader, words: string, stopped: Stopped): readonly PlacedChange[] | null {
  const named = wordsOf(words);
  for (const [view, causes] of stopped) if (reader.relations.has(view) && named.has(bareName(view))) return causes;
  return null;
}

function wordsOf(text: string): Set<string> {
  return new Set(Array.from(text.matchAll(/[\p{L}_][\p{L}\p{N}_$]*/gu), ([word]) => word.toLowerCase()));
}

function bareName(relation: string): string {
  return relation.split('.').at(-1)?.toLowerCase() ?? '';
}

/** Kinds of change that take something from a text that names the column. */
const TAKING = new Set<PlacedChange['change']['kind']>(['column-dropped', 'column-renamed', 'column-type', 'column-generated', 'values-changed']);

/** The changes that a refusal is owed to: those of what it names, else those of columns that the reader uses. */
function causesOf(reader: Reader, words: string, refusing: readonly PlacedChange[], situation: Situation): PlacedChange[] {
  const named = wordsOf(words);
  const routines = refusing.filter(({ change }) => 'name' in change && change.relation === '' && named.has(bareRoutine(change.name)) && callsAny(reader, [bareRoutine(change.name)]));
  if (routines.length > 0) return routines;
  const near = refusing.filter(({ original }) => original.relation !== null && reachesOf(reader, original.relation, situation));
  const byName = near.filter(({ change, original }) => {
    if (change.kind === 'relation-added') return false;
    if (original.column !== null) return named.has(original.column.toLowerCase()) && (usesColumn(reader, original.relation, original.column) || change.kind === 'column-added');
    return named.has(bareName(original.relation ?? ''));
  });
  if (byName.length > 0) return byName;
  const used = near.filter(({ original, change }) => TAKING.has(change.kind) && original.column !== null && usesColumn(reader, original.relation, original.column));
  if (used.length > 0) return used;
  const whole = near.filter(({ change }) => change.kind === 'view-replaced' || change.kind === 'relation-dropped' || change.kind === 'relation-renamed');
  if (whole.length > 0) return whole;
  const adding = near.filter(({ change }) => change.kind === 'column-added' || change.kind === 'constraint-dropped' || change.kind === 'column-type');
  // A column that takes another name is compared by a NATURAL JOIN that never named it.
  return adding.length > 0 ? adding : near;
}

function reachesOf(reader: Reader, relation: string, { views }: Situation): boolean {
  return reader.relations.has(relation) || views.way(relation, reader.relations) !== null;
}

export function usesColumn({ uses }: Reader, relation: string | null, column: string): boolean {
  return relation !== null && (uses.get(relation)?.has(column) === true || uses.get(relation)?.has('*') === true);
}

function impactOf(reader: Reader, { words, tried }: Fault, causes: readonly PlacedChange[], situation: Situation, stopped: Stopped): Impact {
  const [first] = causes;
  const relation = first?.original.relation ?? null;
  const through = relation === null ? [] : wayTo(relation, reader, situation);
  const gone = through.find((view) => stopped.has(view) || !situation.relationsAfter.has(view));
  const reason = gone === undefined ? sentencePart(causes, reader) : `${gone}, which it reads, ${situation.relationsAfter.has(gone) ? 'cannot stay as it is' : 'is gone'}`;
  return {
    effect: 'breaks',
    thing: reader.thing,
    changes: causes.map(({ place }) => place),
    through,
    sentence: nameMarkers(plainText(`fails${reason === '' ? '' : `: ${reason}`} (${words})`, 500)),
    remedy: gone === undefined ? remedyOf(first) : `make ${gone} anew without what goes, or move this reader first`,
    confidence: tried ? 1 : gone === undefined ? 0.85 : 0.8,
    calls: reader.calls,
  };
}

/** `app.case_file.region_code`, or the relation alone. */
export function subjectOf({ change, original }: PlacedChange): string {
  if ('name' in change && change.relation === '') return `the function ${change.name}`;
  const relation = original.relation ?? change.relation;
  return original.column === null ? relation : `${relation}.${original.column}`;
}

function sentencePart(causes: readonly PlacedChange[], reader: Reader): string {
  const [first] = causes;
  if (first === undefined) return '';
  const what = subjectOf(first);
  switch (first.change.kind) {
    case 'column-dropped':
    case 'relation-dropped':
      return `${what}, which it ${wordOf(first, reader)}, is dropped`;
    case 'column-renamed':
    case 'relation-renamed':
      return `${what}, which it ${wordOf(first, reader)}, is called ${first.change.to} from now on`;
    case 'column-type':
      return `${what} becomes ${first.change.to}`;
    case 'column-added':
      return `${what} is new, and a name without its table now fits two`;
    case 'values-changed':
      return `${what} has no such value any more`;
    case 'view-replaced':
      return `${what} is defined anew`;
    case 'function-dropped':
      return `${what}, which it calls, is dropped`;
    case 'constraint-dropped':
      return `${first.change.constraint.name} on ${what} is dropped`;
    default:
      return `${what} is changed`;
  }
}

/** `shows`, `groups by`, `filters on`. */
function wordOf({ original }: PlacedChange, { uses }: Reader): string {
  const kinds = original.relation === null || original.column === null ? undefined : uses.get(original.relation)?.get(original.column);
  const words = [
    ...(kinds?.has('shown') ? ['shows'] : []), ...(kinds?.has('grouping') ? ['groups by'] : []),
    ...(kinds?.has('condition') ? ['filters or joins on'] : []), ...(kinds?.has('written') ? ['writes'] : []),
  ];
  return words.length === 0 ? 'names' : words.join(' and ');
}

function remedyOf(cause: PlacedChange | undefined): string | null {
  if (cause === undefined) return null;
  const { change } = cause;
  if (change.kind === 'column-renamed' || change.kind === 'relation-renamed') return `name ${sqlIdentifier(change.to.split('.').at(-1) ?? change.to)} in its place once it is there`;
  if (change.kind === 'column-added') return 'write the table before the column name in this query';
  if (change.kind === 'column-type') return `cast ${subjectOf(cause)} in this query, or compare it with a ${change.to}`;
  if (change.kind === 'column-dropped' || change.kind === 'relation-dropped') return 'take it out of this query before it is dropped';
  return 'change this query before the migration is deployed';
}
