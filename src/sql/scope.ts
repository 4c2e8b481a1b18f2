import { type Flows, identityFlow, mergeFlows } from './flow.js';
import type { Block } from './block.js';

/** One column as a name in scope gives it: what flows into it. A slot named `*` stands for columns that are not known. */
export interface Slot {
  name: string;
  flows: Flows;
  /** The name of the stored column where FROM gives it another. */
  stored?: string;
}

/** One relation as FROM makes it visible. */
export interface VisibleRelation {
  alias: string;
  /** The full name when no alias hides it, so that `schema.table.column` can be resolved. */
  schema: string | null;
  /** `schema.name` of the table or view behind it; null for derived tables, functions and common tables. */
  key: string | null;
  columns: Slot[];
  /** Sources whose columns are not known: any name may be one of theirs. */
  open: string[];
  /** A function of one column: its alias names the value too. */
  scalar: boolean;
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

export class Scope {
  readonly parent: Scope | null;
  readonly relations: VisibleRelation[] = [];
  readonly merged: Slot[] = [];
  readonly commonTables: Map<string, CommonTableEntry>;
  star: Slot[] = [];
  /** Some name within was found outside: a query with such a scope is correlated. */
  crossed = false;

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

/** What a name was found to mean. */
export interface Found {
  flows: Flows;
  /** The relation that owns the column, for counting what the text refers to; null for merged columns and whole rows. */
  owner: VisibleRelation | null;
  /** The columns meant: one, or all of a whole row. */
  names: string[];
}

/**
 * What a dotted name means in a scope: a merged column, a column, or a relation's whole row, from the innermost query
 * outwards. Null when nothing owns it or several unknown relations could: then nothing is guessed.
 */
export function resolveName(parts: readonly string[], scope: Scope): Found | null {
  for (let current: Scope | null = scope; current; current = current.parent) {
    const found = parts.length === 1 ? unqualified(parts[0] ?? '', current) : qualified(parts, current);
    if (found) {
      markCrossed(scope, current);
      return found;
    }
  }
  return null;
}

function markCrossed(from: Scope, to: Scope): void {
  for (let passed: Scope | null = from; passed && passed !== to; passed = passed.parent) passed.crossed = true;
}

function unqualified(name: string, scope: Scope): Found | null {
  const merged = scope.merged.findLast((slot) => slot.name === name);
  if (merged) return { flows: merged.flows, owner: null, names: [name] };
  for (const relation of scope.relations) {
    const slot = relation.columns.find((column) => column.name === name);
    if (slot) return { flows: slot.flows, owner: relation, names: [name] };
  }
  const stored = scope.relations.find((relation) => relation.key !== null);
  if (stored && SYSTEM_COLUMNS.has(name)) return systemColumn(stored, name);
  const whole = scope.relations.find((relation) => relation.alias === name);
  const open = scope.relations.filter((relation) => relation.open.length > 0);
  if (whole && (open.length === 0 || whole.scalar)) return wholeRow(whole);
  const [only, another] = open;
  if (only && !another && only.open.length === 1) return openColumn(only, name);
  return whole ? wholeRow(whole) : null;
}

function qualified(parts: readonly string[], scope: Scope): Found | null {
  const column = parts.at(-1) ?? '';
  const alias = parts.at(-2) ?? '';
  const schema = parts.at(-3) ?? null;
  const relation = scope.relations.find((candidate) => candidate.alias === alias && (schema === null || candidate.schema === schema));
  if (!relation) return null;
  const slot = relation.columns.find((candidate) => candidate.name === column);
  if (slot) return { flows: slot.flows, owner: relation, names: [column] };
  if (relation.key !== null && SYSTEM_COLUMNS.has(column)) return systemColumn(relation, column);
  if (relation.open.length > 0) return openColumn(relation, column);
  return relation.scalar ? wholeRow(relation) : null;
}

/** PostgreSQL 18, "System Columns": in every table, in no catalogue of its columns. */
const SYSTEM_COLUMNS = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);

/** It differs from row to row, and tells nothing of what is stored. */
function systemColumn(relation: VisibleRelation, name: string): Found {
  return { flows: new Map([[`${relation.key}.${name}`, { mask: 'constant', identity: false, transformation: 'transformation', spans: [] }]]), owner: relation, names: [] };
}

function openColumn(relation: VisibleRelation, name: string): Found {
  const flows: Flows = new Map(relation.open.map((source) => [`${source}.${name}`, identityFlow()]));
  return { flows, owner: relation, names: [name] };
}

/** `SELECT t FROM t`, `row_to_json(t)`: every column of the relation leaves with it. */
function wholeRow(relation: VisibleRelation): Found {
  const flows: Flows = new Map();
  for (const slot of relation.columns) mergeFlows(flows, slot.flows);
  for (const source of relation.open) flows.set(`${source}.*`, { ...identityFlow(), identity: false, transformation: 'transformation' });
  return { flows, owner: relation, names: relation.columns.map((slot) => slot.name) };
}

/** The relation of a name, from the innermost query outwards. */
export function findRelation(alias: string, schema: string | null, scope: Scope): VisibleRelation | null {
  for (let current: Scope | null = scope; current; current = current.parent) {
    const found = current.relations.find((relation) => relation.alias === alias && (schema === null || relation.schema === schema));
    if (found) {
      markCrossed(scope, current);
      return found;
    }
  }
  return null;
}

/** The slots of `relation.*`. */
export function starOf(relation: VisibleRelation): Slot[] {
  const unknown = relation.open.map((source): Slot => ({ name: '*', flows: new Map([[`${source}.*`, identityFlow()]]) }));
  return [...relation.columns, ...unknown];
}

/** A relation made of slots; those named `*` make it open. */
export function relationOfSlots(alias: string, slots: readonly Slot[], aliases: readonly string[]): VisibleRelation {
  const columns: Slot[] = [];
  const open: string[] = [];
  for (const slot of slots) {
    if (slot.name === '*') open.push(...[...slot.flows.keys()].filter((source) => source.endsWith('.*')).map((source) => source.slice(0, -2)));
    else columns.push({ name: aliases[columns.length] ?? slot.name, flows: slot.flows });
  }
  return { alias, schema: null, key: null, columns, open, scalar: false };
}
