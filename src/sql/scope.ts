import type { Block } from './block.js';
import { type Flow, type Flows, identityFlow, mergeFlows, through, unite } from './flow.js';

/** One column as a name in scope gives it: what flows into it. A slot named `*` stands for columns that are not known. */
export interface Slot {
  name: string;
  flows: Flows;
  /** The name of the stored column where FROM gives it another. */
  stored?: string;
  /** The name as the catalogue writes it, where the dialect compares names without regard to case. */
  spelling?: string;
  /** The columns of a value that is a row: of `SELECT t FROM t`, of an argument of a composite type. */
  row?: VisibleRelation;
}

/** One relation as FROM makes it visible. */
export interface VisibleRelation {
  alias: string;
  /** The text gives it a name of its own. */
  aliased: boolean;
  /** The full name when no alias hides it, so that `schema.table.column` can be resolved. */
  schema: string | null;
  /** `schema.name` of the table or view behind it; null for derived tables, functions and common tables. */
  key: string | null;
  columns: Slot[];
  /**
   * Sources whose columns are not known, `schema.table.*`: any name may be one of theirs. A name is a column of one group, and
   * then of every source in it: the branches of a set operation are one group, the sides of a join are two.
   */
  open: Flows[];
  /** A function of one column: its alias names the value too. */
  scalar: boolean;
  /** What a column that is not listed may hold: the fields of an unpacked struct, what PIVOT spread. Null where there is none. */
  rest: Flows | null;
}

/** What an item of FROM gives: relations by name, the columns of `*` in order, and the columns that USING merged. */
export interface FromResult {
  relations: VisibleRelation[];
  star: Slot[];
  merged: Slot[];
}

/** A common table, evaluated when it is first read: an unread one reads nothing. */
export interface CommonTableEntry {
  resolve: () => { columns: Slot[]; block: Block };
}

/** An expression under a name: an output of the same SELECT, or a definition of WITH. Null while it is being worked out. */
export type NamedValue = () => Slot | null;

export class Scope {
  readonly parent: Scope | null;
  readonly relations: VisibleRelation[] = [];
  readonly merged: Slot[] = [];
  readonly commonTables: Map<string, CommonTableEntry>;
  star: Slot[] = [];
  /** Some name within was found outside: a query with such a scope is correlated. */
  crossed = false;
  /** Outputs of the SELECT and definitions, by name, and when they are looked at. */
  readonly named = new Map<string, NamedValue>();
  namedFirst: 'none' | 'after_columns' | 'before_columns' = 'none';
  /** Parameters of a lambda: within it they hide columns. */
  hidden: readonly string[] = [];

  constructor(parent: Scope | null, commonTables = new Map<string, CommonTableEntry>()) {
    this.parent = parent;
    this.commonTables = commonTables;
  }

  add(result: FromResult): void {
    this.relations.push(...result.relations);
    this.merged.push(...result.merged);
    this.star.push(...result.star);
  }

  commonTable(name: string): CommonTableEntry | undefined {
    return this.commonTables.get(name) ?? this.parent?.commonTable(name);
  }
}

export function relation(alias: string, columns: Slot[], more: Partial<VisibleRelation> = {}): VisibleRelation {
  return { alias, aliased: true, schema: null, key: null, columns, open: [], scalar: false, rest: null, ...more };
}

/** The relation of a name, from the innermost query outwards. */
export function findRelation(alias: string, schema: string | null, scope: Scope): VisibleRelation | null {
  for (let current: Scope | null = scope; current; current = current.parent) {
    const found = current.relations.find((candidate) => candidate.alias === alias && (schema === null || candidate.schema === schema));
    if (found) {
      markCrossed(scope, current);
      return found;
    }
  }
  return null;
}

export function markCrossed(from: Scope, to: Scope): void {
  for (let passed: Scope | null = from; passed && passed !== to; passed = passed.parent) passed.crossed = true;
}

/** The slots of `relation.*`. */
export function starOf({ columns, open, rest, scalar }: VisibleRelation): Slot[] {
  if (open.length === 0 && rest === null) return columns;
  const unknown = rest !== null && !scalar ? [...open, rest] : open;
  return [...columns, ...unknown.map((flows): Slot => ({ name: '*', flows }))];
}

/** The columns of an unknown relation; `place` numbers it in FROM where it is read. */
export function openSource(key: string, place: number | null = null): Flows {
  return new Map([[`${key}.*`, identityFlow(place === null ? null : [`${key}.*@${place}`])]]);
}

/** A column of a group of relations whose columns are not known. */
export function openColumn(group: Flows, name: string): Flows {
  const flows: Flows = new Map();
  for (const [source, flow] of group) if (source.endsWith('.*')) flows.set(source.slice(0, -1) + name, columnOfPlace(flow, name));
  return flows;
}

/** The flow of one column where `at` stands for all of a relation, `schema.table.*@n`. */
function columnOfPlace(flow: Flow, name: string): Flow {
  return flow.at === undefined ? flow : { ...flow, at: flow.at.map((place) => place.replace(/\.\*@/, () => `.${name}@`)) };
}

/** `SELECT t FROM t`, `row_to_json(t)`: every column of the relation leaves with it. */
export function wholeRow({ columns, open, rest, scalar }: VisibleRelation): Flows {
  // The value of a function of one column is no row.
  if (scalar) return columns[0]?.flows ?? new Map();
  const flows = columns.reduce<Flows>((merged, slot) => mergeFlows(merged, slot.flows), new Map());
  for (const unknown of rest ? [...open, rest] : open) mergeFlows(flows, unknown);
  return through(flows, 'raw');
}

export function uniteSlots(slots: readonly Slot[]): Flows {
  return unite(slots.map((slot) => slot.flows));
}

/** A relation made of slots; those named `*` make it open. */
export function relationOfSlots(alias: string, slots: readonly Slot[], aliases: readonly string[]): VisibleRelation {
  const columns: Slot[] = [];
  const open: Flows[] = [];
  let rest: Flows | null = null;
  for (const slot of slots) {
    const name = aliases[columns.length];
    if (slot.name !== '*') columns.push(name === undefined ? slot : named(slot, name));
    else if ([...slot.flows.keys()].some((source) => source.endsWith('.*'))) open.push(slot.flows);
    else rest = mergeFlows(rest ?? new Map(), slot.flows);
  }
  // Further aliases name columns of what is not known: each may be any of it.
  const unknown = open.length > 0 ? unite(open) : rest;
  if (unknown) for (const name of aliases.slice(columns.length)) columns.push({ name, flows: through(unknown, 'raw') });
  return relation(alias, columns, { open, rest });
}

/** A slot under another name. */
export function named(slot: Slot, name: string): Slot {
  return slot.row === undefined ? { name, flows: slot.flows } : { name, flows: slot.flows, row: slot.row };
}
