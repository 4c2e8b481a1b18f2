import type { Configuration } from '../../model/configuration.js';
import type { ColumnPlace, RelationMovement } from '../../model/movement.js';
import type { Snapshot } from '../../model/snapshot.js';
import { classifiedOnce } from '../../privacy/classified-once.js';
import type { Classification } from '../../privacy/classify.js';
import type { Parsers } from '../../sql/parse/parsers.js';
import type { StoreBoundary } from '../boundary.js';
import type { StatementReader } from '../statement-reader.js';
import { derivedMovements } from './derived.js';
import { foreignMovements, reconciledMovements, standbyMovements } from './elsewhere.js';
import { hopReader } from './hop-reader.js';
import { type Loads, loadMovements } from './loads.js';
import { modelMovements } from './models.js';
import { offersOf } from './offers.js';
import { withRemoteSources } from './remote.js';
import { statementMovements } from './statements.js';
import { viewMovements } from './views.js';
import { mergedWays, placeOf } from './way.js';
import { ofWholeTables } from './whole-table.js';

export interface MovementInput {
  boundaries: readonly StoreBoundary[];
  snapshot: Snapshot;
  configuration: Configuration;
  parsers: Pick<Parsers, 'parse'>;
  /** What the columns hold by themselves, by the name of the store and `schema.table.column`; worked out where it is not given. */
  classified?: ReadonlyMap<string, ReadonlyMap<string, Classification>>;
}

/** Ways, and what could not be told of others, in words. */
export interface Movements {
  movements: RelationMovement[];
  /** Columns of views and models into which their SQL lets nothing of any stored value. */
  emptied: ColumnPlace[];
  notes: string[];
}

/** Personal data below this is not followed by a guess. */
const PERSONAL_MIN = 0.5;

/** How rows of one relation come into another, within a store and between stores. Sorted by target, then source. */
export function movementsOf(input: MovementInput): RelationMovement[] {
  return movementsAndNotes(input).movements;
}

/** As `movementsOf`, with what is said of relations whose ways could not be told. */
export function movementsAndNotes(input: MovementInput): Movements {
  const { boundaries, configuration, parsers } = input;
  const readers = new Map<StoreBoundary, StatementReader>(boundaries.map((boundary) => [boundary, hopReader(boundary, configuration, parsers)]));
  const stores = boundaries.map(({ store }) => store);
  const defined = [...readers].flatMap(([boundary, reader]) => [viewMovements(boundary, reader), modelMovements(boundary, reader)]);
  const sure = [
    ...defined.flatMap(({ movements }) => movements),
    ...[...readers].flatMap(([boundary, reader]) => [...statementMovements(boundary, reader), ...foreignMovements(boundary, stores, configuration)]),
  ];
  const filled = new Filled([...withRemoteSources(sure, boundaries), ...standbyMovements(boundaries)]);
  const guessed = guessedMovements(input, readers, filled);
  const loaded = new Filled([...filled.movements, ...guessed.movements]);
  const declared = reconciledMovements(configuration, boundaries, loaded.has);
  return { movements: mergedWays(ofWholeTables([...loaded.movements, ...declared], boundaries)), emptied: defined.flatMap(({ emptied }) => emptied), notes: guessed.notes };
}

function guessedMovements(input: MovementInput, readers: ReadonlyMap<StoreBoundary, StatementReader>, filled: Filled): Loads {
  const { boundaries, configuration } = input;
  const classified = input.classified ?? new Map(boundaries.map(({ store }) => [store.name, classifiedOnce(store.catalog, configuration.columns)]));
  const derived = boundaries.flatMap((boundary) => derivedMovements(boundary, classified.get(boundary.store.name) ?? new Map(), (relation) => filled.has(boundary.store.name, relation)));
  const known = new Filled([...filled.movements, ...derived]);
  const personal = personalRelations(classified);
  const targets = boundaries.filter(({ store }) => store.role === 'warehouse' || store.role === 'projection');
  if (targets.length === 0) return { movements: derived, notes: [] };
  const offers = [...readers].flatMap(([boundary, reader]) => (boundary.store.role === 'warehouse' || boundary.store.role === 'replica' ? [] : offersOf(boundary, reader)));
  const loads = loadMovements(targets, offers, {
    isFilled: known.has,
    isWanted: (store, relation) => personal.has(`${store}\n${relation}`),
    derives: (store, from, to) => filled.leads(store, from, to),
  });
  return { movements: [...derived, ...loads.movements], notes: loads.notes };
}

function personalRelations(classified: ReadonlyMap<string, ReadonlyMap<string, Classification>>): Set<string> {
  const relations = new Set<string>();
  for (const [store, columns] of classified) for (const [column, { confidence }] of columns) if (confidence >= PERSONAL_MIN) relations.add(`${store}\n${placeOf(column)[0]}`);
  return relations;
}

/** Which relations are known to be made of others. */
class Filled {
  readonly movements: readonly RelationMovement[];
  readonly #targets: ReadonlySet<string>;
  readonly #pairs: ReadonlySet<string>;

  constructor(movements: readonly RelationMovement[]) {
    this.movements = movements;
    this.#targets = new Set(movements.map(({ to }) => `${to.store}\n${to.relation}`));
    this.#pairs = new Set(movements.map(({ from, to }) => `${to.store}\n${from.relation}\n${to.relation}`));
  }

  readonly has = (store: string, relation: string): boolean => this.#targets.has(`${store}\n${relation}`);

  leads(store: string, from: string, to: string): boolean {
    return this.#pairs.has(`${store}\n${from}\n${to}`);
  }
}
