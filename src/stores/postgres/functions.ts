import { z } from 'zod';
import type { StoredFunction } from '../../model/catalog.js';
import { executesBuiltSql } from '../../sql/lexer.js';

const names = z.array(z.string());

export const functionRow = z.object({
  id: z.number(),
  schema: z.string(),
  name: z.string(),
  kind: z.string(),
  language: z.string(),
  names: names.nullable(),
  modes: names.nullable(),
  defaults: z.number(),
  types: names,
  returns: z.string(),
  returns_set: z.boolean(),
  row_names: names,
  row_types: names,
  may_build_sql: z.boolean(),
});
export type FunctionRow = z.infer<typeof functionRow>;

const KINDS: Readonly<Record<string, StoredFunction['kind']>> = { f: 'function', p: 'procedure', a: 'aggregate', w: 'window' };

/** `t`, a column of RETURNS TABLE, is no argument. */
const MODES: Readonly<Record<string, StoredFunction['arguments'][number]['mode']>> = { i: 'in', o: 'out', b: 'inout', v: 'variadic' };

/** Whether its text must be read: for what it says (SQL), or for whether it builds SQL (PL/pgSQL), which is all that is kept of it. */
export function needsText({ language, kind, may_build_sql }: FunctionRow): boolean {
  return kind !== 'a' && (language === 'sql' || (language === 'plpgsql' && may_build_sql));
}

/** @param text as the server has it; null where it was not read or could not be */
export function toFunction(row: FunctionRow, text: string | null): StoredFunction {
  const parameters = row.types.map((type, at) => ({ name: row.names?.[at] ?? '', type, mode: row.modes?.[at] ?? 'i' }));
  const given = parameters.filter(({ mode }) => mode === 'o' || mode === 'b' || mode === 't').map(({ name, type }) => ({ name, type }));
  const ofType = row.row_names.map((name, at) => ({ name, type: row.row_types[at] ?? '' }));
  const columns = given.length > 0 ? given : ofType;
  return {
    schema: row.schema,
    name: row.name,
    kind: KINDS[row.kind] ?? 'function',
    language: row.language,
    arguments: parameters.flatMap(({ name, type, mode: letter }) => {
      const mode = MODES[letter];
      return mode ? [{ name, type, mode }] : [];
    }),
    defaults: row.defaults,
    columns: columns.length > 0 ? columns : null,
    returns: row.returns,
    returnsSet: row.returns_set,
    body: row.language === 'sql' && text !== null ? plainBody(text) : null,
    // A PL/pgSQL text that could not be read may do anything.
    dynamic: row.language === 'plpgsql' ? row.may_build_sql && (text === null || executesBuiltSql(text)) : row.may_build_sql,
  };
}

/** A body in the SQL standard's form, as pg_get_function_sqlbody prints it, as plain statements. */
function plainBody(text: string): string {
  const atomic = /^\s*BEGIN ATOMIC\s+([\s\S]*?)\s*END\s*$/.exec(text);
  if (atomic) return atomic[1] ?? '';
  return text.replace(/^\s*RETURN\s/, 'SELECT ');
}
