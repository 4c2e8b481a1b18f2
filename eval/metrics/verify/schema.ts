import type { Client } from 'pg';
import { z } from 'zod';
import { rowsOf } from './session.js';

export interface TestColumn {
  name: string;
  /** As SQL writes it, with length and scale. */
  type: string;
  /** The name of the base type, below domains: `int4`, `text`, `timestamptz`; `enum` for an enum, `array` for an array. */
  base: string;
  /** numeric: digits after the point; text types: length. Null where there is none. */
  scale: number | null;
  length: number | null;
  nullable: boolean;
  generated: boolean;
  members: string[];
}

export interface TestTable {
  /** As SQL writes it. */
  name: string;
  columns: TestColumn[];
  keys: string[][];
  references: { columns: string[]; parent: string; parentColumns: string[] }[];
  checks: { expression: string; columns: string[] }[];
}

/** A constraint of the schema, named as labels name it. */
export interface TestConstraint {
  /** `check case_file.closed_has_date`, `not_null case_file.status`, `primary_key case_file(case_id)`. */
  key: string;
  kind: string;
  table: string;
  drop: string;
  /** For a foreign key, the key of its parent that it leans on. */
  leansOn: string | null;
}

const columnRows = z.array(z.object({
  table: z.string(), name: z.string(), type: z.string(), base: z.string(), typtype: z.string(), category: z.string(), typmod: z.coerce.number(),
  notnull: z.boolean(), generated: z.string(), members: z.array(z.string()).nullable(),
}));

/** Unique indexes over all rows that no constraint owns. */
const WHOLE_UNIQUE = `i.indisunique and i.indpred is null and i.indexprs is null and not exists (select from pg_constraint k where k.conindid = i.indexrelid)`;

/** Tables of the schema; partitions are written and constrained through their parent. */
const USER = `n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'verify') and not c.relispartition`;

/** Every table with its columns, keys and checks, parents before children where that can be. */
export async function readSchema(client: Client): Promise<TestTable[]> {
  const columns = columnRows.parse(await rowsOf(client, `
    with recursive base as (
      select oid as root, oid, typtype, typbasetype, typtypmod, typnotnull from pg_type
      union all
      select base.root, t.oid, t.typtype, t.typbasetype, case when t.typtypmod >= 0 then t.typtypmod else base.typtypmod end, base.typnotnull or t.typnotnull
      from base join pg_type t on t.oid = base.typbasetype and base.typtype = 'd'
    )
    select c.oid::regclass::text as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type, t.typname as base, t.typtype, t.typcategory as category,
      case when a.atttypmod >= 0 then a.atttypmod else b.typtypmod end as typmod, (a.attnotnull or b.typnotnull) as "notnull", a.attgenerated as generated,
      (select array_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)::text[] as members
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join base b on b.root = a.atttypid and b.typtype <> 'd' join pg_type t on t.oid = b.oid
    where c.relkind in ('r', 'p') and ${USER} order by c.oid, a.attnum`));
  const constraints = z.array(z.object({
    table: z.string(), contype: z.string(), columns: z.array(z.string()), parent: z.string().nullable(), parentColumns: z.array(z.string()).nullable(), expression: z.string().nullable(),
  })).parse(await rowsOf(client, `
    select c.oid::regclass::text as "table", k.contype,
      (select coalesce(array_agg(a.attname order by array_position(k.conkey, a.attnum)), '{}') from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any (k.conkey))::text[] as columns,
      k.confrelid::regclass::text as parent,
      (select array_agg(a.attname order by array_position(k.confkey, a.attnum)) from pg_attribute a where a.attrelid = k.confrelid and a.attnum = any (k.confkey))::text[] as "parentColumns",
      pg_get_expr(k.conbin, k.conrelid) as expression
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace where ${USER} order by k.oid`));
  const indexes = z.array(z.object({ table: z.string(), columns: z.array(z.string()) })).parse(await rowsOf(client, `
    select i.indrelid::regclass::text as "table", (select array_agg(a.attname) from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any (i.indkey::int2[]))::text[] as columns
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace where ${WHOLE_UNIQUE} and ${USER}`));
  const names = [...new Set(columns.map(({ table }) => table))];
  const tables = names.map((name): TestTable => {
    const own = constraints.filter(({ table }) => table === name);
    return {
      name,
      columns: columns.filter(({ table }) => table === name).map((column) => ({
        name: column.name, type: column.type, nullable: !column.notnull, generated: column.generated !== '', members: column.members ?? [],
        base: column.typtype === 'e' ? 'enum' : column.category === 'A' ? 'array' : column.base,
        scale: column.base === 'numeric' && column.typmod >= 4 ? (column.typmod - 4) & 0xffff : null,
        length: column.base.endsWith('char') && column.typmod >= 4 ? column.typmod - 4 : null,
      })),
      keys: [...own.filter(({ contype }) => contype === 'p' || contype === 'u'), ...indexes.filter(({ table }) => table === name)].map((key) => key.columns),
      references: own.filter(({ contype }) => contype === 'f').map((key) => ({ columns: key.columns, parent: key.parent ?? '', parentColumns: key.parentColumns ?? [] })),
      checks: own.filter(({ contype }) => contype === 'c').map((check) => ({ expression: check.expression ?? 'true', columns: check.columns })),
    };
  });
  return parentsFirst(tables);
}

function parentsFirst(tables: readonly TestTable[]): TestTable[] {
  const sorted: TestTable[] = [];
  const visit = (table: TestTable, path: readonly TestTable[]): void => {
    if (sorted.includes(table) || path.includes(table)) return;
    for (const { parent } of table.references) {
      const found = tables.find(({ name }) => name === parent);
      if (found !== undefined && found !== table) visit(found, [...path, table]);
    }
    sorted.push(table);
  };
  for (const table of tables) visit(table, []);
  return sorted;
}

/** Every constraint of tables that counts: validated and enforced, with the statement that drops it. Types are never among them. */
export async function readConstraints(client: Client): Promise<TestConstraint[]> {
  return z.array(z.object({ key: z.string(), kind: z.string(), table: z.string(), drop: z.string(), leansOn: z.string().nullable() })).parse(await rowsOf(client, `
    select case k.contype when 'c' then 'check' when 'f' then 'foreign_key' when 'p' then 'primary_key' when 'u' then 'unique' end as kind, c.oid::regclass::text as "table",
      case when k.contype = 'c' then 'check ' || c.relname || '.' || k.conname
        else case k.contype when 'f' then 'foreign_key ' when 'p' then 'primary_key ' else 'unique ' end || c.relname || '(' ||
          (select string_agg(a.attname, ',' order by array_position(k.conkey, a.attnum)) from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any (k.conkey)) || ')' end as key,
      format('alter table %s drop constraint %I cascade', c.oid::regclass, k.conname) ||
        case when k.contype <> 'p' then '' else (select string_agg(format('; alter table %s alter column %I drop identity if exists; alter table %s alter column %I drop not null', c.oid::regclass, a.attname, c.oid::regclass, a.attname), '') from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any (k.conkey)) end as drop,
      (select case p.contype when 'p' then 'primary_key ' else 'unique ' end || pc.relname || '(' ||
          (select string_agg(a.attname, ',' order by array_position(p.conkey, a.attnum)) from pg_attribute a where a.attrelid = p.conrelid and a.attnum = any (p.conkey)) || ')'
        from pg_constraint p join pg_class pc on pc.oid = p.conrelid where k.contype = 'f' and p.conindid = k.conindid and p.contype in ('p', 'u') limit 1) as "leansOn"
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    where k.contype in ('c', 'f', 'p', 'u') and ${USER}
    union all
    select 'unique', i.indrelid::regclass::text, 'unique ' || c.relname || '(' ||
        (select string_agg(a.attname, ',' order by array_position(i.indkey::int2[], a.attnum)) from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any (i.indkey::int2[])) || ')',
      format('drop index %s', i.indexrelid::regclass), null
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
    where ${WHOLE_UNIQUE} and ${USER}
    union all
    select 'not_null', c.oid::regclass::text, 'not_null ' || c.relname || '.' || a.attname, format('alter table %s alter column %I drop identity if exists; alter table %s alter column %I drop not null', c.oid::regclass, a.attname, c.oid::regclass, a.attname), null
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'p') and a.attnotnull and ${USER}
      and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p' and a.attnum = any (k.conkey))`));
}
