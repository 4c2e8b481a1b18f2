import type { Dialect } from '../dialect.js';

/** What a catalogue says of a relation's name. */
export interface KnownRelation {
  /** The same for every way to write the name. */
  key: string;
  columns: readonly { name: string }[];
}

/** The outputs of a query or the columns of a relation: by position, null for columns that the text does not name. */
export type OutputNames = readonly (string | null)[];

/** Where each name stands first. */
export function firstPositions<T>(names: readonly T[]): Map<T, number> {
  const positions = new Map<T, number>();
  for (const [position, name] of names.entries()) if (!positions.has(name)) positions.set(name, position);
  return positions;
}

/** A relation in FROM under its number, so that its alias does not count. */
export class NumberedRelation {
  /** How a reference to the whole row is written. */
  readonly mark: string;
  /** The name by which columns refer to it. */
  readonly visible: string;
  readonly #aliased: boolean;
  readonly schema: string | null;
  readonly names: OutputNames;
  #positions: Map<string | null, number> | null = null;
  readonly #known: readonly { name: string }[] | null;
  /** A function of one value: its name means the value. */
  readonly #scalar: boolean;

  constructor(number: number, from: {
    visible: string; aliased: boolean; schema?: string | null; names: OutputNames; known?: readonly { name: string }[] | null; scalar?: boolean;
  }) {
    this.mark = `#${number}`;
    this.visible = from.visible;
    this.#aliased = from.aliased;
    this.schema = from.schema ?? null;
    this.names = from.names;
    this.#known = from.known ?? null;
    this.#scalar = from.scalar ?? false;
  }

  /** Whether it may have columns that nothing names. */
  get open(): boolean {
    this.#positions ??= firstPositions(this.names);
    return this.#known === null && this.#positions.has(null);
  }

  /** A column that it surely has: by position where its name is an alias. */
  column(name: string): string | null {
    this.#positions ??= firstPositions(this.names);
    const position = this.#positions.get(name);
    if (position !== undefined) return this.#renamed(position);
    return this.#known?.some((column) => column.name === name) ? `${this.mark}.${name}` : null;
  }

  /** A column of that name, which it has if the text is valid. */
  anyColumn(name: string): string {
    return this.column(name) ?? (this.#scalar ? this.mark : `${this.mark}.${name}`);
  }

  /** `t(a, b)` names columns of a stored relation anew. */
  #renamed(position: number): string {
    const stored = this.#known?.[position];
    return stored ? `${this.mark}.${stored.name}` : `${this.mark}^${position}`;
  }

  /** Whether a bare name means the whole row, once no column has it. A table's own name is more often a column of it. */
  isRow(name: string): boolean {
    return name === this.visible && (this.#aliased || this.#scalar || !this.open);
  }
}

/** The names that an expression may use, each with what is written for it. Immutable parents, innermost first. */
export class NameScope {
  readonly parent: NameScope | null;
  readonly relations: NumberedRelation[] = [];
  /** Columns that USING or NATURAL merged. */
  readonly merged = new Map<string, string>();
  /** Common tables: how each is written, and its outputs. */
  readonly tables = new Map<string, { mark: string; names: OutputNames }>();
  /** Names of expressions (`WITH today() AS day` of ClickHouse) and parameters of lambdas. They hide columns, of inner queries too. */
  readonly values = new Map<string, string>();
  /** Outputs as HAVING and QUALIFY see them: by a bare name only. */
  readonly aliases = new Map<string, string>();
  /** Outputs of the SELECT, which some dialects let its other expressions see. */
  readonly outputs = new Map<string, number>();
  /** The output that is being written: its own alias is not in sight. */
  current: number | null = null;

  constructor(parent: NameScope | null) {
    this.parent = parent;
  }

  table(name: string): { mark: string; names: OutputNames } | null {
    return this.tables.get(name) ?? this.parent?.table(name) ?? null;
  }

  relation(visible: string, schema: string | null): NumberedRelation | null {
    const own = this.relations.find((relation) => relation.visible === visible && (schema === null || relation.schema === schema));
    return own ?? this.parent?.relation(visible, schema) ?? null;
  }

  /** What is written for a dotted name. */
  resolve(parts: readonly string[], outputNames: Dialect['outputNames']): string {
    const [first = '', second, third] = parts;
    if (second === undefined) return this.#bare(first, outputNames) ?? `?${first}`;
    const value = this.#value(first);
    if (value !== null) return fields(value, parts.slice(1));
    const qualified = third === undefined ? null : this.relation(second, first);
    if (qualified && third !== undefined) return fields(qualified.anyColumn(third), parts.slice(3));
    const relation = this.relation(first, null);
    if (relation) return fields(relation.anyColumn(second), parts.slice(2));
    const last = parts.length > 3 ? this.relation(parts.at(-2) ?? '', parts.at(-3) ?? null) : null;
    if (last) return last.anyColumn(parts.at(-1) ?? '');
    const column = this.#bare(first, outputNames);
    return column === null ? `?${parts.join('.')}` : fields(column, parts.slice(1));
  }

  /** A bare name that surely is a column in sight. */
  sure(name: string): string | null {
    for (const scope of outwards(this)) {
      const found = scope.values.get(name) ?? scope.#sureHere(name);
      if (found !== null) return found;
      if (scope.relations.some(({ open }) => open)) return null;
    }
    return null;
  }

  #value(name: string): string | null {
    for (const scope of outwards(this)) {
      const value = scope.values.get(name);
      if (value !== undefined) return value;
    }
    return null;
  }

  #bare(name: string, outputNames: Dialect['outputNames']): string | null {
    const value = this.#value(name);
    if (value !== null) return value;
    for (const scope of outwards(this)) {
      const found = scope.#here(name, outputNames);
      if (found !== null) return found;
    }
    return null;
  }

  #here(name: string, outputNames: Dialect['outputNames']): string | null {
    const alias = this.aliases.get(name);
    if (alias !== undefined) return alias;
    const output = outputNames === 'none' ? null : this.#output(name, outputNames);
    if (output !== null && outputNames === 'before_columns') return output;
    return this.#sureHere(name) ?? output ?? this.#likelyHere(name);
  }

  /** ClickHouse lets expressions see every other output, the rest those to their left. */
  #output(name: string, outputNames: 'after_columns' | 'before_columns'): string | null {
    const position = this.outputs.get(name);
    if (position === undefined || position === this.current) return null;
    const isLater = this.current !== null && position > this.current;
    return isLater && outputNames === 'after_columns' ? null : `@${position}`;
  }

  #sureHere(name: string): string | null {
    const merged = this.merged.get(name);
    if (merged !== undefined) return merged;
    for (const relation of this.relations) {
      const column = relation.column(name);
      if (column !== null) return column;
    }
    return null;
  }

  #likelyHere(name: string): string | null {
    const row = this.relations.find((relation) => relation.isRow(name));
    if (row) return row.mark;
    const [only, another] = this.relations.filter(({ open }) => open);
    if (!only) return null;
    return another ? `${only.mark}?${name}` : only.anyColumn(name);
  }
}

/** A scope and those around it. */
function* outwards(innermost: NameScope): Generator<NameScope> {
  for (let scope: NameScope | null = innermost; scope; scope = scope.parent) yield scope;
}

function fields(base: string, names: readonly string[]): string {
  return [base, ...names].join('.');
}
