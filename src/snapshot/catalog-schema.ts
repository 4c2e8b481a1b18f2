import { z } from 'zod';

const text = z.string();
const maybeText = z.string().nullable();
const texts = z.array(text);
const number = z.number();
const maybeNumber = z.number().nullable();
const flag = z.boolean();

const column = z.object({
  name: text,
  type: text,
  nullable: flag,
  comment: maybeText,
  label: maybeText,
  enumValues: texts.nullable(),
  // What is absent here is what the catalogue does not tell, in bundles of before too.
  fields: texts.exactOptional(),
  domain: text.exactOptional(),
  baseType: text.exactOptional(),
  generated: text.exactOptional(),
  default: text.exactOptional(),
});

const relation = z.object({
  schema: text,
  name: text,
  kind: z.enum(['table', 'partitioned_table', 'partition', 'view', 'materialized_view', 'foreign_table']),
  owner: maybeText,
  comment: maybeText,
  columns: z.array(column),
  definition: maybeText,
  rows: maybeNumber,
  size_bytes: maybeNumber,
  rowSecurity: flag,
  rowSecurityForced: flag,
  options: texts,
  partitionOf: maybeText,
  recordedColumns: texts.nullable().default(null),
});

const constraint = z.object({
  schema: text,
  relation: text,
  name: text,
  kind: z.enum(['primary_key', 'unique', 'foreign_key', 'check', 'not_null', 'exclusion']),
  columns: texts,
  expression: maybeText,
  references: z.object({ schema: text, relation: text, columns: texts }).nullable(),
  validated: flag,
  enforced: flag,
  nullsNotDistinct: z.literal(true).exactOptional(),
});

const index = z.object({
  schema: text,
  relation: text,
  name: text,
  columns: z.array(maybeText),
  unique: flag,
  primary: flag,
  predicate: maybeText,
  valid: flag,
  nullsNotDistinct: z.literal(true).exactOptional(),
  scans: maybeNumber,
  size_bytes: maybeNumber,
});

const role = z.object({
  name: text,
  superuser: flag,
  canLogin: flag,
  inherits: flag,
  replication: flag,
  bypassesRowSecurity: flag,
  connectionLimit: maybeNumber,
  settings: z.record(text, text),
  memberOf: texts,
});

/** A `Catalog`. */
export const catalog = z.object({
  relations: z.array(relation),
  constraints: z.array(constraint),
  indexes: z.array(index),
  roles: z.array(role),
  grants: z.array(z.object({ grantee: text, schema: text, relation: text, privileges: texts })),
  policies: z.array(z.object({ schema: text, relation: text, name: text, command: text, roles: texts, using: maybeText })),
  extensions: z.array(z.object({ name: text, version: text, schema: text })),
  publications: z.array(
    z.object({
      name: text,
      allTables: flag,
      tables: z.array(z.object({ schema: text, relation: text, columns: texts.nullable(), rowFilter: maybeText })),
    }),
  ),
  settings: z.record(text, text),
  // Bundles written before functions were collected have none.
  functions: z
    .array(
      z.object({
        schema: text,
        name: text,
        kind: z.enum(['function', 'procedure', 'aggregate', 'window']),
        language: text,
        arguments: z.array(z.object({ name: text, type: text, mode: z.enum(['in', 'out', 'inout', 'variadic']) })),
        defaults: number,
        columns: z.array(z.object({ name: text, type: text })).nullable(),
        returns: text,
        returnsSet: flag,
        body: maybeText,
        dynamic: flag,
      }),
    )
    .default([]),
});
