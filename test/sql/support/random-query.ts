import type fc from 'fast-check';

/**
 * Random queries that a PostgreSQL server accepts, over the case work of a regulator. A query is built once and can be written with
 * any names for what it names itself: relations, outputs, common tables, windows.
 */

export const SCHEMA = `
  CREATE SCHEMA app;
  CREATE TABLE app.unit (unit_id bigint PRIMARY KEY, parent_id bigint, name text);
  CREATE TABLE app.officer (officer_id bigint PRIMARY KEY, unit_id bigint REFERENCES app.unit, name text, email text, active boolean);
  CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, officer_id bigint REFERENCES app.officer, status text, priority bigint, fee numeric,
    urgent boolean, tags text[], opened_at timestamptz, closed_at timestamptz);
  CREATE TABLE app.task (task_id bigint PRIMARY KEY, case_id bigint REFERENCES app.case_file, title text, effort numeric, done boolean, due_at timestamptz);
`;

type Type = 'integer' | 'text' | 'number' | 'boolean' | 'time';
/** Columns of arrays only stand in stars. */
type Stored = Type | 'list';

const TABLES: Record<string, Record<string, Stored>> = {
  unit: { unit_id: 'integer', parent_id: 'integer', name: 'text' },
  officer: { officer_id: 'integer', unit_id: 'integer', name: 'text', email: 'text', active: 'boolean' },
  case_file: {
    case_id: 'integer', officer_id: 'integer', status: 'text', priority: 'integer', fee: 'number', urgent: 'boolean', tags: 'list', opened_at: 'time', closed_at: 'time',
  },
  task: { task_id: 'integer', case_id: 'integer', title: 'text', effort: 'number', done: 'boolean', due_at: 'time' },
};

/** Pairs of tables with exactly one column name in common. */
const SHARED: readonly (readonly [string, string, string])[] = [['task', 'case_file', 'case_id'], ['case_file', 'officer', 'officer_id'], ['officer', 'unit', 'unit_id']];

/** How the names that a query gives are spelled: a name for each number. */
export type Naming = (id: number) => string;

type Write = (name: Naming) => string;

interface Column {
  /** As the relation shows it: its own name, or the number of an alias. */
  label: string | number;
  type: Stored;
}

interface CommonTable {
  alias: number;
  recursive: boolean;
  write: Write;
}

interface Visible {
  alias: number;
  columns: Column[];
}

interface Built {
  write: Write;
  columns: Column[];
}

export interface RandomQuery {
  write: Write;
  /** The outputs' names: text for those of columns, numbers for aliases. */
  outputs: (string | number)[];
}

/** Gives a number from 0 to below the limit. */
export type Choose = (limit: number) => number;

/** Builds a query out of the choices of a generator. */
export function randomQuery(choose: Choose): RandomQuery {
  const { write, columns } = new Builder(choose).query(3, [], true);
  return { write, outputs: columns.map(({ label }) => label) };
}

/** The choices of a property's own generator, so that failures shrink. */
export function choices(generate: fc.GeneratorValue, nat: (arg: { max: number }) => fc.Arbitrary<number>): Choose {
  return (limit) => generate(nat, { max: Math.max(0, limit - 1) });
}

function label({ label: own }: Column, name: Naming): string {
  return typeof own === 'number' ? name(own) : own;
}

class Builder {
  readonly #choose: Choose;
  #ids = 0;
  /** Common tables that something reads. */
  readonly #read = new Set<number>();
  readonly #common: { alias: number; columns: Column[] }[] = [];

  constructor(choose: Choose) {
    this.#choose = choose;
  }

  #id(): number {
    return this.#ids++;
  }

  #one<T>(items: readonly [T, ...T[]]): T {
    return items[this.#choose(items.length)] ?? items[0];
  }

  #chance(outOf: number): boolean {
    return this.#choose(outOf) === 1;
  }

  /** @param outer relations that a correlated query may use */
  query(depth: number, outer: Visible[], top = false): Built {
    const known = this.#common.length;
    const defined = top && this.#chance(3) ? [this.#commonTable(depth - 1)] : [];
    if (top && this.#chance(6)) defined.push(this.#tree());
    const body = depth > 1 && this.#chance(7) ? this.#setOperation(depth, outer) : this.#select(depth, outer, top);
    // The server records what a common table reads that nobody reads.
    const tables = defined.filter(({ alias }) => this.#read.has(alias));
    this.#common.length = known;
    if (tables.length === 0) return body;
    const recursive = tables.some((table) => table.recursive);
    return { columns: body.columns, write: (name) => `WITH ${recursive ? 'RECURSIVE ' : ''}${tables.map(({ write }) => write(name)).join(', ')} ${body.write(name)}` };
  }

  #commonTable(depth: number): CommonTable {
    const { write, columns } = this.query(depth, []);
    const alias = this.#id();
    const renamed = this.#chance(3) ? columns.map(({ type }): Column => ({ label: this.#id(), type })) : null;
    this.#common.push({ alias, columns: renamed ?? columns });
    const list = (name: Naming): string => (renamed ? ` (${renamed.map((column) => label(column, name)).join(', ')})` : '');
    return { alias, recursive: false, write: (name) => `${name(alias)}${list(name)} AS (${write(name)})` };
  }

  #tree(): CommonTable {
    const [alias, child, parent, key, title] = [this.#id(), this.#id(), this.#id(), this.#id(), this.#id()];
    this.#common.push({ alias, columns: [{ label: key, type: 'integer' }, { label: title, type: 'text' }] });
    const write: Write = (name) =>
      `${name(alias)} (${name(key)}, ${name(title)}) AS (SELECT unit_id, name FROM app.unit WHERE parent_id IS NULL UNION ALL ` +
      `SELECT ${name(child)}.unit_id, ${name(child)}.name FROM app.unit ${name(child)} JOIN ${name(alias)} AS ${name(parent)} ON ${name(child)}.parent_id = ${name(parent)}.${name(key)})`;
    return { alias, recursive: true, write };
  }

  #setOperation(depth: number, outer: Visible[]): Built {
    const types = Array.from({ length: 1 + this.#choose(3) }, () => this.#one<Type>(['integer', 'text', 'number', 'time']));
    const left = this.#plain(depth - 1, outer, types);
    const right = this.#plain(depth - 1, outer, types);
    const operator = this.#one(['UNION', 'UNION ALL', 'INTERSECT', 'EXCEPT']);
    const order = this.#chance(3) ? ' ORDER BY 1' : '';
    return { columns: left.columns, write: (name) => `(${left.write(name)}) ${operator} (${right.write(name)})${order}` };
  }

  /** A SELECT with outputs of given types. */
  #plain(depth: number, outer: Visible[], types: readonly Type[]): Built {
    const from = this.#from(depth);
    const scope = [...from.visible, ...outer];
    const outputs = types.map((type) => ({ id: this.#id(), write: this.#expression(type, scope, 1), type }));
    const where = this.#where(scope, depth);
    return {
      columns: outputs.map(({ id, type }) => ({ label: id, type })),
      write: (name) => `SELECT ${outputs.map(({ id, write }) => `${write(name)} AS ${name(id)}`).join(', ')} FROM ${from.write(name)}${where(name)}`,
    };
  }

  #select(depth: number, outer: Visible[], top: boolean): Built {
    const from = this.#from(depth);
    const scope = [...from.visible, ...outer];
    if (this.#chance(3)) return this.#grouped(from, scope, depth);
    const star = this.#chance(5) ? this.#star(from.visible) : null;
    const bare = this.#chance(4);
    const outputs = star ? [] : distinctLabels(Array.from({ length: 1 + this.#choose(4) }, () => (bare ? this.#bare(scope) : null) ?? this.#output(scope, depth, top)));
    const columns = star ? star.columns : outputs.map(({ column }) => column);
    const shown = star ? [star.write] : outputs.map(({ write }) => write);
    const where = this.#where(scope, depth);
    const distinct = this.#chance(8) ? 'DISTINCT ' : '';
    const aliased = columns.find((column) => typeof column.label === 'number');
    const orderBy = this.#chance(3) ? this.#one([(): string => ' ORDER BY 1', (name: Naming): string => (aliased ? ` ORDER BY ${label(aliased, name)} DESC` : '')]) : (): string => '';
    const limit = this.#chance(5) ? ` LIMIT ${1 + this.#choose(50)}` : '';
    return { columns, write: (name) => `SELECT ${distinct}${shown.map((write) => write(name)).join(', ')} FROM ${from.write(name)}${where(name)}${orderBy(name)}${limit}` };
  }

  /** `*` where no two columns have one name. */
  #star(visible: readonly Visible[]): Built | null {
    const [only, another] = visible;
    const all = visible.flatMap(({ columns }) => columns);
    const sorts = new Set(all.map((column) => typeof column.label));
    if (new Set(all.map((column) => column.label)).size !== all.length || sorts.size > 1 || !only) return null;
    return another || this.#chance(2) ? { columns: all, write: () => '*' } : { columns: only.columns, write: (name) => `${name(only.alias)}.*` };
  }

  /** A column of a table under its own name. Not beside aliases, which may be spelled the same. */
  #bare(scope: readonly Visible[]): { column: Column; write: Write } | null {
    const tables = scope.map(({ alias, columns }) => ({ alias, columns: columns.filter((column) => typeof column.label === 'string') }));
    return this.#column(tables, this.#one<Type>(['integer', 'text', 'time']));
  }

  #output(scope: readonly Visible[], depth: number, top: boolean): { column: Column; write: Write } {
    const type = this.#one<Type>(['integer', 'text', 'number', 'boolean', 'time']);
    const choice = this.#choose(10);
    const id = this.#id();
    const as = (write: Write, shown: Type = type): { column: Column; write: Write } => ({ column: { label: id, type: shown }, write: (name) => `${write(name)} AS ${name(id)}` });
    if (choice === 3) return as(this.#window(scope), 'number');
    if (choice === 4 && depth > 1) return as(this.#scalar(type, scope), type);
    if (choice === 5 && top) {
      const relation = scope[this.#choose(scope.length)];
      if (relation) return as((name) => `to_json(${name(relation.alias)}.*)::text`, 'text');
    }
    return as(this.#expression(type, scope, 2));
  }

  #grouped(from: From, scope: Visible[], depth: number): Built {
    const keys = Array.from({ length: this.#choose(3) }, () => ({ id: this.#id(), type: 'text' as const, write: this.#expression('text', scope, 1) }));
    const aggregates = Array.from({ length: 1 + this.#choose(2) }, () => ({ id: this.#id(), ...this.#aggregate(scope) }));
    const where = this.#where(scope, depth);
    const having = this.#chance(4) ? this.#aggregate(scope) : null;
    const group = keys.length === 0 ? '' : ` GROUP BY ${this.#one([keys.map((_, position) => position + 1).join(', '), keys.length === 2 ? 'ROLLUP (1, 2)' : '1'])}`;
    const all = group.endsWith(' 1') ? keys.slice(0, 1) : keys;
    const outputs = [...all, ...aggregates];
    return {
      columns: outputs.map(({ id, type }) => ({ label: id, type })),
      write: (name) =>
        `SELECT ${outputs.map(({ id, write }) => `${write(name)} AS ${name(id)}`).join(', ')} FROM ${from.write(name)}${where(name)}` +
        `${group}${having ? ` HAVING ${having.write(name)} > 3` : ''}`,
    };
  }

  #aggregate(scope: readonly Visible[]): { type: Type; write: Write } {
    const filter = this.#chance(4) ? this.#condition(scope, 1, 0) : null;
    const end = (name: Naming): string => (filter ? ` FILTER (WHERE ${filter(name)})` : '');
    const value = this.#expression('number', scope, 1);
    const text = this.#expression('text', scope, 1);
    return this.#one<{ type: Type; write: Write }>([
      { type: 'integer', write: (name) => `count(*)${end(name)}` },
      { type: 'integer', write: (name) => `count(DISTINCT ${text(name)})${end(name)}` },
      { type: 'number', write: (name) => `sum(${value(name)})${end(name)}` },
      { type: 'number', write: (name) => `avg(CASE WHEN ${value(name)} > 5 THEN ${value(name)} END)` },
      { type: 'integer', write: (name) => `length(string_agg(${text(name)}, ', ' ORDER BY ${value(name)}))` },
    ]);
  }

  #window(scope: readonly Visible[]): Write {
    const value = this.#expression('number', scope, 1);
    const part = this.#expression('text', scope, 0);
    const order = this.#expression('time', scope, 0);
    return this.#one<Write>([
      (name) => `sum(${value(name)}) OVER (PARTITION BY ${part(name)})`,
      (name) => `lag(${value(name)}) OVER (PARTITION BY ${part(name)} ORDER BY ${order(name)})`,
      (name) => `(row_number() OVER (ORDER BY ${order(name)} DESC))::numeric`,
    ]);
  }

  #scalar(type: Type, scope: readonly Visible[]): Write {
    const from = this.#from(0);
    const inner = this.#expression(type, from.visible, 1);
    const where = this.#condition([...from.visible, ...scope], 1, 0);
    return (name) => `(SELECT ${inner(name)} FROM ${from.write(name)} WHERE ${where(name)} LIMIT 1)`;
  }

  #where(scope: readonly Visible[], depth: number): Write {
    if (this.#chance(3)) return () => '';
    const condition = this.#condition(scope, 2, depth);
    return (name) => ` WHERE ${condition(name)}`;
  }

  #condition(scope: readonly Visible[], size: number, depth: number): Write {
    const choice = this.#choose(depth > 1 ? 11 : 9);
    const type = this.#one<Type>(['integer', 'text', 'number', 'time']);
    const [a, b] = [this.#expression(type, scope, Math.min(1, size)), this.#expression(type, scope, Math.min(1, size))];
    if (choice < 2 && size > 0) {
      const [one, other] = [this.#condition(scope, size - 1, depth), this.#condition(scope, size - 1, depth)];
      const operator = this.#one(['AND', 'AND', 'OR']);
      return (name) => `(${one(name)} ${operator} ${other(name)})`;
    }
    if (choice < 5) {
      const operator = this.#one(['=', '<>', '<', '>=', 'IS DISTINCT FROM']);
      return (name) => `${a(name)} ${operator} ${b(name)}`;
    }
    if (choice === 5) return (name) => `${a(name)} IS ${size > 1 ? 'NOT ' : ''}NULL`;
    if (choice === 6) {
      const [low, high] = [this.#constant(type), this.#constant(type)];
      return (name) => `${a(name)} BETWEEN ${low} AND ${high}`;
    }
    if (choice === 7) {
      const list = Array.from({ length: 1 + this.#choose(4) }, () => this.#constant(type));
      return (name) => `${a(name)} IN (${list.join(', ')})`;
    }
    if (choice === 8) {
      const inner = this.#expression('boolean', scope, Math.min(1, size));
      return (name) => `NOT ${inner(name)}`;
    }
    return this.#subqueryCondition(choice === 9, type, a, scope);
  }

  #subqueryCondition(exists: boolean, type: Type, tested: Write, scope: readonly Visible[]): Write {
    const from = this.#from(0);
    const where = this.#condition([...from.visible, ...scope], 1, 0);
    if (exists) return (name) => `EXISTS (SELECT 1 FROM ${from.write(name)} WHERE ${where(name)})`;
    const inner = this.#expression(type, from.visible, 0);
    return (name) => `${tested(name)} IN (SELECT ${inner(name)} FROM ${from.write(name)} WHERE ${where(name)})`;
  }

  #constant(type: Type): string {
    const n = this.#choose(1000);
    return { integer: String(n), text: `'state ${n}'`, number: `${n}.5`, boolean: n % 2 === 0 ? 'true' : 'false', time: `timestamptz '2026-01-${String(1 + (n % 28)).padStart(2, '0')}'` }[type];
  }

  #column(scope: readonly Visible[], type: Type): { column: Column; write: Write } | null {
    const found = scope.flatMap((relation) => relation.columns.filter((column) => column.type === type).map((column) => ({ relation, column })));
    const one = found[this.#choose(found.length)];
    return one ? { column: one.column, write: (name) => `${name(one.relation.alias)}.${label(one.column, name)}` } : null;
  }

  #expression(type: Type, scope: readonly Visible[], size: number): Write {
    const leaf = this.#column(scope, type)?.write ?? ((): Write => {
      const constant = this.#constant(type);
      return () => constant;
    })();
    if (size === 0 || this.#chance(2)) return leaf;
    const inner = this.#expression(type, scope, size - 1);
    const text = this.#expression('text', scope, size - 1);
    const condition = this.#condition(scope, 0, 0);
    const constant = this.#constant(type);
    const choose: Write = (name) => `CASE WHEN ${condition(name)} THEN ${inner(name)} ELSE ${leaf(name)} END`;
    const first: Write = (name) => `coalesce(${inner(name)}, ${constant})`;
    switch (type) {
      case 'integer':
        return this.#one<Write>([choose, first, (name) => `${leaf(name)} + ${inner(name)}`, (name) => `length(${text(name)})`, (name) => `- ${leaf(name)}`]);
      case 'number':
        return this.#one<Write>([choose, first, (name) => `round(${inner(name)} * 1.2, 2)`, (name) => `${leaf(name)} / nullif(${inner(name)}, 0)`]);
      case 'text':
        return this.#one<Write>([choose, first, (name) => `lower(${inner(name)})`, (name) => `${leaf(name)} || ' ' || ${inner(name)}`, (name) => `md5(${inner(name)})`, (name) => `substring(${inner(name)} FROM 1 FOR 3)`]);
      case 'boolean':
        return this.#one<Write>([choose, first, (name) => `(${leaf(name)} AND ${condition(name)})`]);
      case 'time':
        return this.#one<Write>([choose, first, (name) => `date_trunc('month', ${inner(name)})`, (name) => `(${inner(name)} + interval '1 day')`]);
    }
  }

  #from(depth: number): From {
    if (depth > 0 && this.#chance(5)) return this.#using();
    let from = this.#item(depth);
    for (let more = this.#choose(depth > 0 ? 3 : 2); more > 0; more--) from = this.#join(from, depth);
    return from;
  }

  #using(): From {
    const [left, right, column] = this.#one<(typeof SHARED)[number]>([SHARED[0] ?? ['task', 'case_file', 'case_id'], ...SHARED.slice(1)]);
    const [a, b] = [this.#id(), this.#id()];
    const kind = this.#one(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN']);
    return { visible: [stored(a, left), stored(b, right)], write: (name) => `app.${left} AS ${name(a)} ${kind} app.${right} AS ${name(b)} USING (${column})` };
  }

  #join(left: From, depth: number): From {
    const lateral = depth > 1 && this.#chance(5);
    const right = lateral ? this.#lateral(left) : this.#item(depth - 1);
    const visible = [...left.visible, ...right.visible];
    if (lateral || this.#chance(4)) return { visible, write: (name) => `${left.write(name)} CROSS JOIN ${right.write(name)}` };
    const kind = this.#one(['JOIN', 'LEFT JOIN', 'RIGHT JOIN']);
    const on = this.#condition(visible, 1, 0);
    return { visible, write: (name) => `${left.write(name)} ${kind} ${right.write(name)} ON ${on(name)}` };
  }

  #lateral(left: From): From {
    const alias = this.#id();
    const holder = left.visible.find(({ columns }) => columns.some(({ label: own }) => own === 'status'));
    if (holder && this.#chance(2)) {
      const tag = this.#id();
      const columns: Column[] = [{ label: tag, type: 'text' }];
      return { visible: [{ alias, columns }], write: (name) => `LATERAL regexp_split_to_table(${name(holder.alias)}.status, ' ') AS ${name(alias)}(${name(tag)})` };
    }
    const { write, columns } = this.#plain(0, left.visible, [this.#one<Type>(['integer', 'text', 'time'])]);
    return { visible: [{ alias, columns }], write: (name) => `LATERAL (${write(name)}) AS ${name(alias)}` };
  }

  #item(depth: number): From {
    const choice = this.#choose(8);
    const alias = this.#id();
    const common = this.#common[this.#choose(this.#common.length)];
    if (common && choice < 4) {
      this.#read.add(common.alias);
      return { visible: [{ alias, columns: common.columns }], write: (name) => `${name(common.alias)} AS ${name(alias)}` };
    }
    if (choice === 4) {
      const value = this.#id();
      return { visible: [{ alias, columns: [{ label: value, type: 'integer' }] }], write: (name) => `generate_series(1::bigint, 3) AS ${name(alias)}(${name(value)})` };
    }
    if (choice === 5 && depth > 0) {
      const [code, text] = [this.#id(), this.#id()];
      const columns: Column[] = [{ label: code, type: 'integer' }, { label: text, type: 'text' }];
      return { visible: [{ alias, columns }], write: (name) => `(VALUES (1::bigint, 'a'), (2, 'b')) AS ${name(alias)}(${name(code)}, ${name(text)})` };
    }
    if (choice > 5 && depth > 0) {
      const { write, columns } = this.query(depth - 1, []);
      const renamed = this.#chance(4) ? columns.map(({ type }): Column => ({ label: this.#id(), type })) : null;
      const list = (name: Naming): string => (renamed ? `(${renamed.map((column) => label(column, name)).join(', ')})` : '');
      return { visible: [{ alias, columns: renamed ?? columns }], write: (name) => `(${write(name)}) AS ${name(alias)}${list(name)}` };
    }
    const table = this.#one(['case_file', 'officer', 'task', 'unit']);
    return { visible: [stored(alias, table)], write: (name) => `app.${table} AS ${name(alias)}` };
  }
}

interface From {
  visible: Visible[];
  write: Write;
}

function stored(alias: number, table: string): Visible {
  return { alias, columns: Object.entries(TABLES[table] ?? {}).map(([name, type]) => ({ label: name, type })) };
}

/** The first output of each name; a name beside aliases only where it is the first. */
function distinctLabels<T extends { column: Column }>(outputs: readonly T[]): T[] {
  const sort = typeof outputs[0]?.column.label;
  return outputs.filter(({ column }, position) => typeof column.label === sort && outputs.findIndex((other) => other.column.label === column.label) === position);
}
