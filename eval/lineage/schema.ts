import { readFileSync } from 'node:fs';
import type { Catalog, Relation } from '../../src/model/catalog.js';
import { emptyCatalog } from '../../src/sql/catalog.js';

/** The tables that the cases of a file speak of. */
export interface LabelledSchema {
  /** The file `schema/<file>.sql`. */
  file: string;
  /** The schema of tables that labels name without one. */
  name: string;
  ddl: string;
  /** `schema.table` → its columns in order. Tables only: labels follow views to them. */
  tables: Map<string, string[]>;
  /** `schema.table.column` → its type as written. */
  types: Map<string, string>;
}

const read = new Map<string, LabelledSchema>();

/** Reads one DDL. Its columns are read here and not by the program, whose reading is what is tried. */
export function readSchema(file: string): LabelledSchema {
  const known = read.get(file);
  if (known) return known;
  const ddl = readFileSync(new URL(`schema/${file}.sql`, import.meta.url), 'utf8');
  const name = /^-- schema (\S+)/m.exec(ddl)?.[1];
  if (name === undefined) throw new Error(`schema/${file}.sql does not begin with its schema`);
  const tables = new Map<string, string[]>();
  const types = new Map<string, string>();
  for (const [, table = '', rest = ''] of ddl.matchAll(/^CREATE TABLE (\S+) ([^;]*);/gms)) {
    const inherited = /\b(?:PARTITION OF|INHERITS \()\s*([\w.]+)/.exec(rest)?.[1];
    const own = rest.startsWith('(') ? columnsIn(rest) : [];
    const key = table.replaceAll('"', '');
    tables.set(key, [...(inherited === undefined ? [] : (tables.get(inherited) ?? [])), ...own.map((column) => column.name)]);
    for (const column of own) types.set(`${key}.${column.name}`, column.type);
  }
  const schema = { file, name, ddl, tables, types };
  read.set(file, schema);
  return schema;
}

/** The columns in `(a bigint, b numeric(10, 2), PRIMARY KEY (a, b)) …`. */
function columnsIn(text: string): { name: string; type: string }[] {
  const elements: string[] = [];
  let depth = 0;
  let from = 1;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '(' || character === '<') depth++;
    else if (character === ')' || character === '>') depth--;
    if ((character === ',' && depth === 1) || depth === 0) {
      elements.push(text.slice(from, at).trim());
      from = at + 1;
      if (depth === 0) break;
    }
  }
  return elements
    .filter((element) => !/^(?:PRIMARY KEY|UNIQUE|CHECK|FOREIGN KEY)\b/i.test(element))
    .map((element) => {
      const [, quoted, plain = '', type = ''] = /^(?:"([^"]+)"|(\S+))\s+(.*)$/s.exec(element) ?? [];
      return { name: quoted ?? plain, type };
    });
}

/** A catalogue of the tables alone, for dialects whose DDL is not PostgreSQL's. */
export function catalogOfTables(schema: LabelledSchema): Catalog {
  const relations = [...schema.tables].map(([key, columns]): Relation => {
    const [schemaName = '', name = ''] = key.split('.');
    return {
      schema: schemaName, name, kind: 'table', owner: null, comment: null, definition: null, rows: null, size_bytes: null, rowSecurity: false,
      rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
      columns: columns.map((column) => ({ name: column, type: schema.types.get(`${key}.${column}`) ?? '', nullable: true, comment: null, label: null, enumValues: null })),
    };
  });
  return { ...emptyCatalog(), relations };
}
