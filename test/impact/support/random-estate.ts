/** A small shop whose tables, views, queries and migrations are drawn by lot. One seed gives one estate. */
export interface RandomEstate {
  /** Tables and views, then rows. */
  ddl: string[];
  rows: string[];
  queries: string[];
  migration: string;
}

interface Column {
  name: string;
  kind: 'id' | 'text' | 'enum' | 'number' | 'whole' | 'flag' | 'moment' | 'day';
  type: string;
  nullable: boolean;
  unique?: boolean;
  values?: readonly string[];
  more?: string;
}

interface Table {
  name: string;
  columns: Column[];
  isView: boolean;
}

/** mulberry32: the same on every machine. */
export class Lot {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  one<T>(choices: readonly T[]): T {
    const found = choices[this.below(choices.length)];
    if (found === undefined) throw new Error('a choice needs something to choose from');
    return found;
  }

  some<T>(choices: readonly T[], least: number): T[] {
    const left = [...choices];
    const wanted = Math.min(left.length, least + this.below(2));
    return Array.from({ length: wanted }, () => left.splice(this.below(left.length), 1)).flat();
  }
}

const TIERS = ['BASIC', 'PLUS', 'GOLD'];
const STATES = ['NEW', 'PAID', 'SENT', 'VOID'];
const SKUS = ['A-1', 'A-2', 'B-1', 'C-9'];

function tablesOf(lot: Lot): Table[] {
  const text = (name: string, values: readonly string[], nullable = lot.chance(0.5)): Column => ({ name, kind: 'text', type: 'text', nullable, values });
  const tier: Column = { ...text('tier', TIERS), more: `CONSTRAINT tier_check CHECK (tier IN (${TIERS.map(quoted).join(', ')}))` };
  const state: Column = { name: 'state', kind: 'enum', type: 'shop.order_state', nullable: lot.chance(0.3), values: STATES };
  const customers = [
    { name: 'customer_id', kind: 'id', type: 'integer', nullable: false, more: 'PRIMARY KEY' },
    text('name', ['Ada', 'Bo', 'Cy'], false), { ...text('code', ['x1', 'x2', 'x3', 'x4', 'x5', 'x6', 'x7', 'x8']), unique: true },
    tier, text('region', ['N', 'S', 'W']), { name: 'credit', kind: 'number', type: 'numeric(10,2)', nullable: lot.chance(0.5) }, { name: 'active', kind: 'flag', type: 'boolean', nullable: lot.chance(0.3) },
  ] satisfies Column[];
  const orders = [
    { name: 'order_id', kind: 'id', type: 'bigint', nullable: false, more: 'PRIMARY KEY' },
    { name: 'customer_id', kind: 'whole', type: 'integer', nullable: lot.chance(0.4), more: 'CONSTRAINT order_customer_fk REFERENCES shop.customers' },
    state, { name: 'total', kind: 'number', type: 'numeric(12,2)', nullable: lot.chance(0.3) }, { name: 'placed_at', kind: 'moment', type: 'timestamptz', nullable: lot.chance(0.2) },
    { name: 'due_on', kind: 'day', type: 'date', nullable: true }, text('note', ['gift', 'call', 'fast']),
  ] satisfies Column[];
  const items = [
    { name: 'item_id', kind: 'id', type: 'bigint', nullable: false, more: 'PRIMARY KEY' },
    { name: 'order_id', kind: 'whole', type: 'bigint', nullable: false, more: 'REFERENCES shop.orders' },
    text('sku', SKUS, false), { name: 'quantity', kind: 'whole', type: 'integer', nullable: lot.chance(0.3) }, { name: 'price', kind: 'number', type: 'numeric(8,2)', nullable: lot.chance(0.3) }, text('note', ['gift', 'call']),
  ] satisfies Column[];
  const thin = (columns: Column[]): Column[] => columns.filter(({ name, more }) => more?.includes('KEY') === true || name.endsWith('_id') || lot.chance(0.85));
  return [{ name: 'customers', columns: thin(customers), isView: false }, { name: 'orders', columns: thin(orders), isView: false }, { name: 'items', columns: thin(items), isView: false }];
}

export function quoted(value: string): string {
  return `'${value}'`;
}

function createTable({ name, columns }: Table): string {
  return `CREATE TABLE shop.${name} (${columns.map((column) => `${column.name} ${column.type}${column.nullable || column.more === 'PRIMARY KEY' ? '' : ' NOT NULL'}${column.unique === true ? ` CONSTRAINT ${name}_${column.name}_key UNIQUE` : ''}${column.more === undefined ? '' : ` ${column.more}`}`).join(', ')});`;
}

function valueOf(lot: Lot, { kind, values, nullable, unique }: Column, at: number): string {
  if (nullable && lot.chance(0.25)) return 'NULL';
  switch (kind) {
    case 'text':
    case 'enum':
      return quoted(unique === true ? (values?.[at] ?? `x${at}`) : lot.one(values ?? ['?']));
    case 'number':
      return `${lot.below(40)}.${lot.one(['00', '25', '50', '99'])}`;
    case 'flag':
      return lot.one(['true', 'false']);
    case 'moment':
      return quoted(`2026-0${1 + lot.below(9)}-1${lot.below(9)} ${lot.one(['00:30', '12:00', '23:30'])}:00+00`);
    case 'day':
      return quoted(`2026-0${1 + lot.below(9)}-1${lot.below(9)}`);
    default:
      return String(lot.below(6) + 1);
  }
}

function rowsOf(lot: Lot, { name, columns }: Table): string {
  const rows = Array.from({ length: 6 }, (_, at) => `(${columns.map((column) => (column.kind === 'id' ? String(at + 1) : valueOf(lot, column, at))).join(', ')})`);
  return `INSERT INTO shop.${name} (${columns.map((column) => column.name).join(', ')}) VALUES ${rows.join(', ')};`;
}

function viewsOf(lot: Lot, tables: readonly Table[]): { table: Table; sql: string }[] {
  const found: { table: Table; sql: string }[] = [];
  const [customers, orders] = tables;
  if (customers === undefined || orders === undefined) return found;
  if (lot.chance(0.6)) {
    const of = lot.one(tables);
    const columns = lot.some(of.columns, 2);
    const where = lot.chance(0.5) ? ` WHERE ${condition(lot, '', of)}` : '';
    found.push({ table: { name: 'v_short', columns, isView: true }, sql: `CREATE VIEW shop.v_short AS SELECT ${columns.map(({ name }) => name).join(', ')} FROM shop.${of.name}${where};` });
  }
  if (lot.chance(0.4)) {
    const of = lot.one(tables);
    found.push({ table: { name: 'v_all', columns: [...of.columns], isView: true }, sql: `CREATE VIEW shop.v_all AS SELECT * FROM shop.${of.name};` });
  }
  if (lot.chance(0.4)) {
    const columns: Column[] = [...orders.columns.filter(({ name }) => name === 'customer_id'), { name: 'orders', kind: 'whole', type: 'bigint', nullable: false }];
    found.push({ table: { name: 'v_per_customer', columns, isView: true }, sql: 'CREATE VIEW shop.v_per_customer AS SELECT c.customer_id, count(*) AS orders FROM shop.customers c JOIN shop.orders o ON o.customer_id = c.customer_id GROUP BY c.customer_id;' });
  }
  return found;
}

/** A condition on one column of a table, with `prefix` such as `o.`. */
function condition(lot: Lot, prefix: string, { columns }: Table): string {
  const column = lot.one(columns);
  const name = `${prefix}${column.name}`;
  if (column.nullable && lot.chance(0.2)) return `${name} IS ${lot.one(['', 'NOT '])}NULL`;
  switch (column.kind) {
    case 'text':
    case 'enum': {
      const values = column.values ?? ['?'];
      const some = lot.some(values, 1).map(quoted).join(', ');
      const forms = [`${name} = ${quoted(lot.one(values))}`, `${name} <> ${quoted(lot.one(values))}`, `${name} IN (${some})`, `${name} NOT IN (${some})`, `coalesce(${name}::text, '-') = ${quoted(lot.one(values))}`];
      return lot.one(column.kind === 'text' ? [...forms, `${name} LIKE 'A%'`, `lower(${name}) = 'gift'`, `length(${name}) > 2`] : [...forms, `${name} > 'NEW'`]);
    }
    case 'number':
      return lot.one([`${name} > 20`, `${name} BETWEEN 5 AND 25.5`, `${name} = 10.25`, `round(${name}) = 20`]);
    case 'flag':
      return lot.one([name, `NOT ${name}`, `${name} IS TRUE`]);
    case 'moment':
      return lot.one([`${name} >= '2026-04-01'`, `date_trunc('day', ${name}) = '2026-05-11'`, `${name}::date > date '2026-05-01'`, `extract(month FROM ${name}) < 6`]);
    case 'day':
      return lot.one([`${name} >= '2026-04-01'`, `${name} - 1 > date '2026-05-01'`, `${name} = '2026-05-11'`]);
    default:
      return lot.one([`${name} > 2`, `${name} IN (1, 2, 3)`, `${name} % 2 = 0`, `${name}::text = '3'`]);
  }
}

function shown(lot: Lot, prefix: string, column: Column): string {
  const name = `${prefix}${column.name}`;
  if (column.kind === 'enum' && lot.chance(0.3)) return `CASE ${name} WHEN 'NEW' THEN 'n' WHEN 'PAID' THEN 'p' END AS letter`;
  if (column.kind === 'text' && lot.chance(0.2)) return `upper(${name}) AS upper_${column.name}`;
  if (column.kind === 'number' && lot.chance(0.3)) return `${name} / 3 AS third`;
  if (column.kind === 'moment' && lot.chance(0.4)) return `date_trunc('month', ${name}) AS month`;
  return name;
}

function measured(lot: Lot, prefix: string, columns: readonly Column[]): string {
  const column = lot.one(columns);
  const name = `${prefix}${column.name}`;
  if (column.kind === 'number' || column.kind === 'whole') return lot.one([`sum(${name})`, `avg(${name})`, `max(${name})`, `count(DISTINCT ${name})`]);
  return lot.one(['count(*)', `count(${name})`, `count(DISTINCT ${name})`, `min(${name}::text)`]);
}

/** The two tables of a join and how they are written. */
function joined(lot: Lot, tables: readonly Table[]): { from: string; left: Table; right: Table } | null {
  const [customers, orders, items] = tables;
  if (customers === undefined || orders === undefined || items === undefined) return null;
  const [left, right, key] = lot.one([[customers, orders, 'customer_id'] as const, [orders, items, 'order_id'] as const]);
  const kind = lot.one(['JOIN', 'LEFT JOIN', 'JOIN']);
  const how = lot.below(4);
  if (how === 0) return { left, right, from: `shop.${left.name} a NATURAL ${kind} shop.${right.name} b` };
  return { left, right, from: `shop.${left.name} a ${kind} shop.${right.name} b ${how < 3 ? `USING (${key})` : `ON a.${key} = b.${key}`}` };
}

function queryOf(lot: Lot, tables: readonly Table[], all: readonly Table[]): string {
  const where = (text: string): string => (lot.chance(0.5) ? ` WHERE ${text}` : '');
  const join = lot.chance(0.4) ? joined(lot, tables) : null;
  if (join !== null) {
    const { from, left, right } = join;
    const bare = lot.chance(0.5);
    const [of, prefix] = lot.one([[left, 'a.'], [right, 'b.']] as const);
    const pick = bare ? '' : prefix;
    if (lot.chance(0.15)) return `SELECT * FROM ${from}`;
    if (lot.chance(0.15)) return `SELECT a.*, ${shown(lot, pick, lot.one(of.columns))} FROM ${from}`;
    if (lot.chance(0.4)) {
      const group = `${pick}${lot.one(of.columns).name}`;
      return `SELECT ${group}, ${measured(lot, 'b.', right.columns)} FROM ${from}${where(condition(lot, 'a.', left))} GROUP BY ${group}`;
    }
    return `SELECT ${lot.some(of.columns, 1).map((column) => shown(lot, pick, column)).join(', ')} FROM ${from}${where(condition(lot, pick, of))}`;
  }
  const of = lot.one(all);
  const name = `shop.${of.name}`;
  const parent = tables.find((table) => table.columns[0]?.name === 'customer_id');
  switch (lot.below(8)) {
    case 0:
      return `SELECT * FROM ${name}${where(condition(lot, '', of))}`;
    case 1:
      return `SELECT count(*) FROM ${name}${where(condition(lot, '', of))}`;
    case 2: {
      const group = lot.one(of.columns).name;
      return `SELECT ${group}, ${measured(lot, '', of.columns)} FROM ${name} GROUP BY ${group} HAVING count(*) > 0`;
    }
    case 3: {
      const columns = lot.some(of.columns, 2);
      return `WITH base AS (SELECT ${columns.map((column) => column.name).join(', ')} FROM ${name}) SELECT count(${columns[0]?.name ?? '*'}) FROM base${where(condition(lot, '', { ...of, columns }))}`;
    }
    case 4:
      return parent === undefined ? `SELECT 1 FROM ${name}` : `SELECT count(*) FROM shop.customers WHERE customer_id ${lot.one(['IN', 'NOT IN'])} (SELECT customer_id FROM shop.orders${where(condition(lot, '', tables[1] ?? of))})`;
    case 5:
      return `SELECT count(*) FROM shop.orders o WHERE EXISTS (SELECT 1 FROM shop.items i WHERE i.order_id = o.order_id AND ${condition(lot, 'i.', tables[2] ?? of)})`;
    case 6:
      return `SELECT ${shown(lot, 'x.', lot.one(of.columns))} FROM (SELECT * FROM ${name}) x${where(condition(lot, 'x.', of))}`;
    default:
      return `SELECT ${lot.some(of.columns, 1).map((column) => shown(lot, '', column)).join(', ')} FROM ${name}${where(condition(lot, '', of))} ORDER BY ${lot.one(of.columns).name}`;
  }
}

const TYPES: Readonly<Record<Column['kind'], readonly string[]>> = {
  id: ['bigint', 'text'], text: ['varchar(40)', 'shop.order_state'], enum: ['text'], number: ['integer', 'double precision', 'text', 'numeric(12,4)'], whole: ['bigint', 'numeric', 'text', 'smallint'], flag: ['text', 'integer'],
  moment: ['timestamp', 'date', 'text'], day: ['timestamp', 'timestamptz', 'text'],
};

function migrationOf(lot: Lot, tables: readonly Table[], views: readonly { table: Table; sql: string }[]): string {
  const table = lot.one(tables);
  const name = `shop.${table.name}`;
  const column = lot.one(table.columns);
  const cascade = lot.chance(0.5) ? ' CASCADE' : '';
  switch (lot.below(15)) {
    case 0:
    case 1:
      return `ALTER TABLE ${name} DROP COLUMN ${column.name}${cascade};`;
    case 2:
    case 3:
      return `ALTER TABLE ${name} RENAME COLUMN ${column.name} TO ${lot.one(['label', 'note', 'region', 'price'])};`;
    case 4:
      return `ALTER TABLE ${name} RENAME TO archive;`;
    case 5:
      return `DROP TABLE ${name} CASCADE;`;
    case 6:
    case 7: {
      const to = lot.one(TYPES[column.kind]);
      return `ALTER TABLE ${name} ALTER COLUMN ${column.name} TYPE ${to} USING ${column.kind === 'flag' && to === 'integer' ? `${column.name}::integer` : `${column.name}::${column.kind === 'text' && to.startsWith('shop') ? 'text::' : ''}${to}`};`;
    }
    case 8:
      return `ALTER TABLE ${name} ALTER COLUMN ${column.name} ${column.nullable ? 'SET' : 'DROP'} NOT NULL;`;
    case 9:
      return lot.one([`ALTER TYPE shop.order_state RENAME VALUE 'PAID' TO 'SETTLED';`, `UPDATE ${name} SET ${column.name} = ${valueOf(lot, { ...column, unique: false }, 0)};`, `DELETE FROM ${name} WHERE ${condition(lot, '', table)};`]);
    case 10:
    case 11:
      return `ALTER TABLE ${name} ADD COLUMN ${lot.one(['note', 'region', 'customer_id', 'price', 'state', 'label'])} ${lot.one(['text', 'integer'])};`;
    case 12:
      return lot.one([`ALTER TABLE shop.customers DROP CONSTRAINT customers_pkey CASCADE;`, `ALTER TABLE shop.customers DROP CONSTRAINT tier_check;`, 'ALTER TABLE shop.orders DROP CONSTRAINT order_customer_fk;']);
    case 13: {
      const view = views.find(({ table: own }) => own.name === 'v_short');
      if (view === undefined) return `DROP VIEW IF EXISTS shop.v_all;`;
      return `${view.sql.replace('CREATE VIEW', 'CREATE OR REPLACE VIEW').replace(/ WHERE .*;$/, ';').replace(/;$/, lot.one([';', ' LIMIT 3;', ' WHERE true;', ' WHERE 1 = 1 ORDER BY 1;']))}`;
    }
    default:
      return lot.one(['DROP VIEW IF EXISTS shop.v_short CASCADE;', 'ALTER SCHEMA shop RENAME TO store;', `ALTER TABLE ${name} SET SCHEMA public;`]);
  }
}

export function randomEstate(seed: number, queries: number): RandomEstate {
  const lot = new Lot(seed);
  const tables = tablesOf(lot);
  const views = viewsOf(lot, tables);
  const all = [...tables, ...views.map(({ table }) => table)];
  return {
    ddl: ['CREATE SCHEMA shop;', `CREATE TYPE shop.order_state AS ENUM (${STATES.map(quoted).join(', ')});`, ...tables.map(createTable), ...views.map(({ sql }) => sql)],
    rows: tables.map((table) => rowsOf(lot, table)),
    queries: Array.from({ length: queries }, () => queryOf(lot, tables, all)),
    migration: migrationOf(lot, tables, views),
  };
}
