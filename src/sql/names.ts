import { type Flows, constantFlow, through } from './flow.js';
import { type Scope, type Slot, type VisibleRelation, markCrossed, openColumn, wholeRow } from './scope.js';

/** What a name was found to mean. */
export interface Found {
  flows: Flows;
  /** The relation that owns the column, for counting what the text refers to; null for merged columns and outputs. */
  owner: VisibleRelation | null;
  /** The columns meant: one, or all of a whole row. */
  names: string[];
  /** The columns of a value that is a row. */
  row?: VisibleRelation | undefined;
  /** No relation is known to have it: it was given to the only one that may. */
  assumed?: boolean;
  /** It is a relation as a whole. */
  whole?: boolean;
}

/** Several relations could own a name and nothing tells which. */
export interface Ambiguity {
  candidates: VisibleRelation[];
}

/** How a dialect reads names. */
export interface NameRules {
  /** `column.field` reaches into a struct without parentheses. */
  structs: boolean;
  /** Columns that every table has and no catalogue lists. */
  systemColumns: ReadonlySet<string>;
  /** Those that come before a column of a table of which the columns are not known. */
  reservedColumns: ReadonlySet<string>;
  /** Names that are no columns and mean the session or the moment. */
  words: ReadonlySet<string>;
  /** A bare name that two relations of one FROM have means neither; other engines take the first. */
  refusesAmbiguous: boolean;
}

export function isAmbiguous(result: Found | Ambiguity | null): result is Ambiguity {
  return result !== null && 'candidates' in result;
}

/**
 * What a dotted name means in a scope: an output, a merged column, a column, a relation's whole row, or a field of one of these,
 * from the innermost query outwards. Null when nothing owns it; nothing is guessed where several could.
 */
export function resolveName(parts: readonly string[], scope: Scope, rules: NameRules): Found | Ambiguity | null {
  const direct = lookUp(parts, scope, rules);
  if (direct || parts.length === 1) return direct;
  const merged = ofUsingAlias(parts, scope);
  if (merged) return merged;
  for (let length = parts.length - 1; length > 0; length--) {
    const base = lookUp(parts.slice(0, length), scope, rules);
    if (base === null) continue;
    if (isAmbiguous(base)) return rules.structs ? base : null;
    if (base.whole || (base.assumed && !rules.structs)) continue;
    return fieldsOf(base, parts.slice(length));
  }
  return null;
}

/** Whether a column of the query's own FROM has the name. */
export function isOwnColumn(name: string, { merged, relations }: Scope): boolean {
  return merged.some((slot) => slot.name === name) || relations.some(({ columns }) => columns.some((slot) => slot.name === name));
}

function lookUp(parts: readonly string[], scope: Scope, rules: NameRules): Found | Ambiguity | null {
  const [first = ''] = parts;
  /** The nearest unpacked value without a name of its own: its fields are named bare. */
  let unpacked: VisibleRelation | null = null;
  let last: VisibleRelation | null = null;
  for (let current: Scope | null = scope; current; current = current.parent) {
    if (current.hidden.includes(first)) return NO_COLUMN;
    const found = parts.length === 1 ? unqualified(first, current, rules) : qualified(parts, current, rules);
    if (found && isAmbiguous(found)) return unpacked ? fieldOf(unpacked) : found;
    if (found?.assumed) {
      if (unpacked) return fieldOf(unpacked);
      const further = current.parent && parts.length === 1 ? ownerOf(first, current.parent) : null;
      if (further && found.owner) return { candidates: [found.owner, further] };
    }
    if (found) {
      markCrossed(scope, current);
      return found;
    }
    if (parts.length > 1) continue;
    const spread = current.relations.find(({ rest }) => rest !== null);
    unpacked ??= spread && !spread.aliased ? spread : null;
    last ??= spread ?? null;
  }
  if (last) return fieldOf(last);
  return parts.length === 1 && rules.words.has(first) ? NO_COLUMN : null;
}

const NO_COLUMN: Found = { flows: new Map(), owner: null, names: [] };

function fieldOf(relation: VisibleRelation): Found {
  return { flows: through(relation.rest ?? new Map(), 'raw'), owner: null, names: [] };
}

/** The nearest relation outwards that is known to have a column. */
function ownerOf(name: string, scope: Scope): VisibleRelation | null {
  for (let current: Scope | null = scope; current; current = current.parent) {
    const owner = current.relations.find(({ columns }) => columns.some((slot) => slot.name === name));
    if (owner) return owner;
  }
  return null;
}

function unqualified(name: string, scope: Scope, rules: NameRules): Found | Ambiguity | null {
  if (scope.namedFirst === 'before_columns') {
    const output = namedValue(name, scope);
    if (output) return output;
  }
  const merged = scope.merged.findLast((slot) => slot.name === name);
  if (merged) return { flows: merged.flows, owner: null, names: [name], row: merged.row };
  const owners = ownersOf(name, scope.relations);
  const [owner, ...others] = owners;
  if (others.length > 0 && rules.refusesAmbiguous) return { candidates: owners };
  const slot = owner?.columns.find((column) => column.name === name);
  if (owner && slot) return ofSlot(slot, owner);
  if (scope.namedFirst === 'after_columns') {
    const output = namedValue(name, scope);
    if (output && !readsItself(output.flows, name, scope)) return output;
  }
  const hasOpen = scope.relations.some((relation) => relation.open.length > 0);
  if (rules.reservedColumns.has(name) || (!hasOpen && rules.systemColumns.has(name))) {
    const stored = scope.relations.find((relation) => relation.key !== null);
    if (stored) return systemColumn(stored, name);
  }
  const whole = scope.relations.find((relation) => relation.alias === name);
  const open = scope.relations.filter((relation) => relation.open.length > 0);
  if (whole && (open.length === 0 || whole.aliased)) return ofWhole(whole);
  const [only, another] = open;
  if (!only) return null;
  const [group, more] = only.open;
  const isCertain = !another && !more && group && only.rest === null && !scope.relations.some((relation) => relation.rest !== null && !relation.aliased);
  if (isCertain) return { flows: openColumn(group, name), owner: only, names: [name], assumed: true };
  if (whole) return ofWhole(whole);
  return { candidates: [...open, ...scope.relations.filter((relation) => relation.rest !== null && relation.open.length === 0)] };
}

/** The relations that are known to have a column. The row that ON CONFLICT calls `excluded` is only found under that name. */
function ownersOf(name: string, relations: readonly VisibleRelation[]): VisibleRelation[] {
  const owners = relations.filter(({ columns }) => columns.some((column) => column.name === name));
  return owners.length > 1 ? owners.filter(({ alias, key }) => alias !== 'excluded' || key !== null) : owners;
}

function namedValue(name: string, scope: Scope): Found | null {
  const slot = scope.named.get(name)?.();
  return slot ? { flows: slot.flows, owner: null, names: [], row: slot.row } : null;
}

/** `upper(email) AS email` proves that some table has a column of that name, and it comes first. */
function readsItself(flows: Flows, name: string, { relations }: Scope): boolean {
  return relations.some(({ open }) => open.some((group) => [...openColumn(group, name).keys()].some((source) => flows.has(source))));
}

function qualified(parts: readonly string[], scope: Scope, rules: NameRules): Found | Ambiguity | null {
  const column = parts.at(-1) ?? '';
  const alias = parts.at(-2) ?? '';
  const schema = parts.at(-3) ?? null;
  const relation = scope.relations.find((candidate) => candidate.alias === alias && (schema === null || candidate.schema === schema));
  if (!relation) return null;
  const slot = relation.columns.find((candidate) => candidate.name === column);
  if (slot) return ofSlot(slot, relation);
  const isSystem = relation.open.length > 0 ? rules.reservedColumns.has(column) : rules.systemColumns.has(column);
  if (relation.key !== null && isSystem) return systemColumn(relation, column);
  const [group, another] = relation.open;
  if (another) return { candidates: groupsOf(relation) };
  if (group) return { flows: openColumn(group, column), owner: relation, names: [column], assumed: true };
  if (relation.rest) return fieldOf(relation);
  if (!relation.scalar) return null;
  return relation.columns[0]?.row ? fieldsOf(ofWhole(relation), [column]) : ofWhole(relation);
}

/** One relation for each group of unknown columns, so that a message can name them. */
function groupsOf({ open }: VisibleRelation): VisibleRelation[] {
  return open.map((group) => {
    const alias = [...group.keys()].map((source) => source.slice(0, -2)).join(' and ');
    return { alias, aliased: true, schema: null, key: null, columns: [], open: [group], scalar: false, rest: null };
  });
}

function ofSlot(slot: Slot, owner: VisibleRelation): Found {
  return { flows: slot.flows, owner, names: [slot.name], row: slot.row };
}

function ofWhole(relation: VisibleRelation): Found {
  const row = relation.scalar ? relation.columns[0]?.row : relation;
  return { flows: wholeRow(relation), owner: relation, names: relation.columns.map((slot) => slot.name), row, whole: true };
}

/** `(a JOIN b USING (x)) …, USING (x) AS j`: the name stands for the merged columns. */
function ofUsingAlias(parts: readonly string[], scope: Scope): Found | null {
  const [alias = '', column, more] = parts;
  if (more !== undefined) return null;
  for (let current: Scope | null = scope; current; current = current.parent) {
    if (current.relations.some((relation) => relation.alias === alias)) return null;
    const slot = current.merged.findLast(({ name }) => name === column);
    if (slot) return { flows: slot.flows, owner: null, names: [slot.name] };
  }
  return null;
}

/** A field of a value, and a field of that, where the fields are known; otherwise the value may hold it anywhere. Null for a field that it has not. */
export function fieldsOf(base: Found, fields: readonly string[]): Found | null {
  let current = base;
  for (const field of fields) {
    const slot = current.row?.columns.find(({ name }) => name === field);
    const group = current.row?.open[0];
    if (slot) current = { ...current, flows: slot.flows, names: [slot.name], row: slot.row };
    else if (group) current = { ...current, flows: openColumn(group, field), names: [field], row: undefined };
    else if (current.row && current.row.rest === null) return null;
    else return { ...current, flows: through(current.flows, 'raw'), row: undefined };
  }
  return current;
}

/** It differs from row to row, and tells nothing of what is stored. */
function systemColumn(relation: VisibleRelation, name: string): Found {
  return { flows: new Map([[`${relation.key}.${name}`, constantFlow()]]), owner: relation, names: [] };
}
