import { z } from 'zod';
import { asserted } from './metric-schema.js';
import { connection, origin } from './query-schema.js';

const text = z.string();
const maybeText = z.string().nullable();
const flag = z.boolean();

const contractedColumn = z.object({
  name: text,
  classification: maybeText,
  pii: flag,
  type: text.optional(),
  isLogicalType: z.literal(true).optional(),
  required: flag.optional(),
});

/** A `DeclaredContract`. */
export const contract = z.object({
  id: text,
  name: text,
  version: maybeText,
  status: maybeText,
  owner: maybeText,
  connection,
  relations: z.array(z.object({ schema: maybeText, name: text, columns: z.array(contractedColumn), asserts: z.array(asserted).optional() })),
  origin,
});

/** A `ContractRegistry`. */
export const contractRegistry = z.object({
  relation: text,
  isPartial: z.literal(true).optional(),
  rows: z.array(
    z.object({
      name: text,
      version: maybeText,
      owner: maybeText,
      policy: maybeText,
      columns: z.array(z.object({ name: text, type: maybeText, isLogicalType: z.literal(true).optional(), nullable: flag.nullable() })).nullable(),
      deprecatedAt: maybeText,
    }),
  ),
});

/** A `ColumnDeclaration`. */
export const columnDeclaration = z.object({
  schema: maybeText,
  relation: text,
  column: text,
  verdict: z.enum(['personal', 'secret', 'harmless']),
  kind: maybeText,
  words: text,
  by: text,
  store: maybeText,
});
