import { z } from 'zod';

const text = z.string();
const maybeText = z.string().nullable();
const texts = z.array(text);

/** A `MetricDeclaration`. */
export const declaration = z.object({
  by: text,
  name: text,
  label: maybeText,
  intent: maybeText,
  owner: maybeText,
  version: maybeText,
  deprecated: z.object({ since: maybeText, use: maybeText }).nullable(),
  aliases: texts,
  time: z.object({ column: maybeText, kind: z.enum(['event', 'ingestion']).nullable(), zone: maybeText, grain: maybeText, latePolicy: maybeText }).nullable(),
  dimensions: texts.nullable(),
  grain: maybeText,
  fillNullsWith: maybeText,
  nonAdditive: maybeText,
  access: maybeText,
  changelog: maybeText,
  incomplete: maybeText,
});

/** An `AssertedConstraint`. */
export const asserted = z.object({
  kind: z.enum(['not_null', 'unique', 'primary_key', 'foreign_key', 'check']),
  schema: maybeText,
  relation: text,
  columns: texts,
  expression: maybeText,
  references: z.object({ schema: maybeText, relation: text, columns: texts }).nullable(),
  by: text,
});
