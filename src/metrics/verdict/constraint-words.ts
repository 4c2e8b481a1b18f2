import type { Catalog } from '../../model/catalog.js';
import type { RestsOn } from '../../model/metric-verdict.js';

/** In UTF-16 units: a longer condition is left as the server prints it. */
const LENGTH_MAX = 4_000;

const STRING = `'(?:[^']|'')*'`;
/** What the server adds to a literal: `'CLOSED'::text`, `'LOW'::app.priority`. */
const CAST_LITERAL = new RegExp(`(${STRING})::(?:text|character varying|bpchar|"?[\\w$]+"?\\."?[\\w$]+"?)(?!\\[|[\\w.(])`, 'g');
/** And to a column of varchar: `(status)::text`. */
const CAST_COLUMN = new RegExp(`(${STRING})|\\(("?[\\p{L}_][\\p{L}\\p{N}_$]*"?)\\)::text(?!\\[|\\w)`, 'gu');
/** `= ANY (ARRAY['A', 'B'])`, with casts of the array around it where the column is a varchar. */
const ANY = new RegExp(`= ANY \\(\\(?ARRAY\\[((?:${STRING}(?:, )?)+)\\]\\)?(?:::text\\[\\])?\\)`, 'g');

/** A condition as its author most likely wrote it: without the casts and arrays that the server prints. */
export function conditionWords(expression: string): string {
  if (expression.length > LENGTH_MAX) return expression;
  return expression.replace(CAST_LITERAL, '$1').replace(CAST_COLUMN, (whole: string, string: string | undefined, column: string | undefined) => string ?? column ?? whole).replace(ANY, 'IN ($1)');
}

/** A constraint as people read it: a CHECK by its name, with its condition as it was written. */
export function readable(rest: RestsOn, { constraints }: Catalog): RestsOn {
  if (rest.kind !== 'check') return rest;
  const found = constraints.find(({ kind, schema, relation, name }) => kind === 'check' && schema === rest.schema && relation === rest.relation && name === rest.name);
  if (found?.expression == null) return { ...rest, text: conditionWords(rest.text) };
  return { ...rest, text: `CHECK ${found.name} on ${found.schema}.${found.relation}: ${conditionWords(found.expression)}` };
}

/** Without keys that a foreign key among them references: it cannot exist without its key. */
export function withoutImplied(restsOn: readonly RestsOn[], { constraints }: Catalog): RestsOn[] {
  const referenced = restsOn.flatMap((rest) => {
    if (rest.kind !== 'foreign_key') return [];
    const found = constraints.find(({ kind, schema, relation, name }) => kind === 'foreign_key' && schema === rest.schema && relation === rest.relation && name === rest.name);
    return found?.references == null ? [] : [keyOf(found.references.schema, found.references.relation, found.references.columns)];
  });
  return restsOn.filter(({ kind, schema, relation, columns }) => (kind !== 'primary_key' && kind !== 'unique') || !referenced.includes(keyOf(schema, relation, columns)));
}

function keyOf(schema: string, relation: string, columns: readonly string[]): string {
  return JSON.stringify([schema, relation, [...columns].sort()]);
}
