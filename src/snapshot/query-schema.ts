import { z } from 'zod';
import { CONTAINER_KINDS, OWNER_SOURCES, PROBLEM_CODES, QUERY_ROLES } from '../model/query.js';
import { asserted, declaration } from './metric-schema.js';

const text = z.string();
const maybeText = z.string().nullable();
const texts = z.array(text);
const number = z.number();
const maybeNumber = z.number().nullable();
const flag = z.boolean();

export const connection = z.object({ id: maybeText, name: maybeText, engine: maybeText, host: maybeText, database: maybeText }).nullable();
export const origin = z.object({ file: text, pointer: text, line: number, column: number });

const container = z.object({ kind: z.enum(CONTAINER_KINDS), id: text, title: maybeText });

/** A `CollectedQuery`. */
export const query = z.object({
  id: text,
  kind: text,
  role: z.enum(QUERY_ROLES),
  sqlKind: z.enum(['statement', 'expression', 'predicate', 'relation']),
  title: maybeText,
  description: maybeText,
  container: container.extend({ within: container.optional() }).nullable(),
  owners: z.array(
    z.object({ name: text, via: z.enum(OWNER_SOURCES), inactive: flag.optional() }),
  ),
  connection,
  origin,
  raw: text,
  reconstructed: flag,
  variants: z.array(
    z.object({
      label: text,
      sql: text,
      map: z.array(z.object({ out: number, src: number, length: number, srcEnd: number, copy: flag })),
      assumptions: texts,
    }),
  ),
  isPublic: flag,
  lifecycle: z.enum(['active', 'draft', 'archived', 'disabled']),
  usage: z.object({ views: maybeNumber, lastUsedAt: maybeText }).nullable(),
  // Bundles of before had it under another name; without it only the words of one line are poorer.
  schedule: maybeText.default(null),
  problems: z.array(
    z.object({
      code: z.enum(PROBLEM_CODES),
      message: text,
    }),
  ),
  signatures: texts.optional(),
  declaration: declaration.optional(),
  asserts: z.array(asserted).optional(),
  builds: z.object({ schema: maybeText, name: text, materialization: maybeText }).optional(),
  deliveries: z.array(z.object({ kind: z.enum(['mail', 'file', 'extract', 'message']), format: maybeText, schedule: maybeText })).optional(),
  isEmbedded: flag.optional(),
});
