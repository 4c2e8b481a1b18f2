import { StatementReader } from '../graph/statement-reader.js';
import { searchPathsOf } from '../graph/search-paths.js';
import type { Relation } from '../model/catalog.js';
import type { SchemaChange } from '../model/migration.js';
import { dialectOfEngine } from '../sql/dialect.js';
import { relationKey } from '../sql/schema-index.js';
import { walkStatement } from '../sql/walk.js';
import type { ImpactInput } from './input.js';
import { type Original, originalsOf } from './originals.js';
import { definitionsOf, type Reader, readersOf } from './readers.js';
import type { Trials } from './trial.js';
import { ViewGraph } from './views.js';

/** A change with its place among all and what it is made to, under the names before. */
export interface PlacedChange {
  place: number;
  change: SchemaChange;
  original: Original;
}

/** What all parts of the analysis look at. */
export interface Situation {
  input: ImpactInput;
  store: string;
  /** All but the harmless ones. */
  changes: readonly PlacedChange[];
  /** Those that read what is changed, at any distance. */
  touched: readonly Reader[];
  /** Views and functions that do, and views that are changed themselves. */
  definitions: readonly Reader[];
  views: ViewGraph;
  /** Reads against the schema after. */
  after: StatementReader;
  relationsBefore: ReadonlyMap<string, Relation>;
  relationsAfter: ReadonlyMap<string, Relation>;
  trials: Trials;
  looked: { consumers: number; views: number };
}

/** Everything but the trials, which an engine makes. */
export function situationOf(input: ImpactInput): Situation {
  const { boundary, after } = input;
  const { store } = boundary;
  const originals = originalsOf(input.changes);
  const changes = input.changes.flatMap((change, place): PlacedChange[] => (change.kind === 'harmless' ? [] : [{ place, change, original: originals[place] ?? { relation: null, column: null } }]));
  const changed = new Set(changes.flatMap(({ original }) => original.relation ?? []));
  const readers = readersOf(boundary);
  const all = definitionsOf(boundary);
  const views = new ViewGraph(all);
  // Who reads a view of what is changed reads what is changed.
  const reached = new Set(changed);
  for (const relation of changed) for (const view of views.above(relation)) reached.add(view);
  const routines = changes.flatMap(({ change }) => ('name' in change && change.relation === '' ? [bareRoutine(change.name)] : []));
  const isTouched = (reader: Reader): boolean => [...reader.relations].some((relation) => reached.has(relation)) || (routines.length > 0 && callsAny(reader, routines));
  return {
    input,
    store: store.name,
    changes,
    touched: readers.filter(isTouched),
    definitions: all.filter((reader) => isTouched(reader) || (reader.thing.kind === 'view' && reached.has(reader.thing.name))),
    views,
    after: new StatementReader({ catalog: after, dialect: dialectOfEngine(store.engine), parse: input.parse, searchPaths: searchPathsOf({ ...store, catalog: after }), ...(input.declaredMasks === undefined ? {} : { declaredMasks: input.declaredMasks }) }),
    relationsBefore: byKey(store.catalog.relations),
    relationsAfter: byKey(after.relations),
    trials: new Map(),
    looked: { consumers: new Set(readers.map(({ thing }) => `${thing.kind} ${thing.name}`)).size, views: all.filter(({ thing }) => thing.kind === 'view').length },
  };
}

/** `case_age` of `app.case_age(date)`. */
export function bareRoutine(name: string): string {
  return name.replace(/\(.*$/s, '').split('.').at(-1)?.replaceAll('"', '').toLowerCase() ?? '';
}

/** Whether a statement calls a function of such a name. */
export function callsAny({ part: { statement } }: Reader, routines: readonly string[]): boolean {
  let found = false;
  const isOne = (name: string): boolean => routines.includes(name.toLowerCase());
  walkStatement(statement, {
    expression: (expression) => void (found ||= expression.type === 'call' && isOne(expression.name.at(-1) ?? '')),
    from: (item) => void (found ||= item.type === 'function' && item.functions.some(({ name }) => isOne(name.split('.').at(-1) ?? ''))),
  });
  return found;
}

function byKey(relations: readonly Relation[]): Map<string, Relation> {
  return new Map(relations.map((relation) => [relationKey(relation), relation]));
}

/** Views and copies between what a change is made to and what a reader names; empty where it names that itself. */
export function wayTo(relation: string, reader: Reader, { views }: Situation): string[] {
  return views.way(relation, new Set([...reader.part.resolution.direct.keys(), ...reader.part.resolution.writes.keys()])) ?? [];
}
