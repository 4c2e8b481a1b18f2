import { z } from 'zod';
import type { Engine } from '../../model/store.js';
import { expressionsOf } from '../../stores/expressions/index.js';
import type { RelationName } from './name.js';

/** A value as text, whatever number or text the engine gives. */
export const anyText = z.union([z.string(), z.number().transform(String), z.bigint().transform(String)]).nullable();
/** A truth, which some engines give as a number. */
export const anyTruth = z.union([z.boolean(), z.number().transform((value) => value !== 0), z.string().transform((value) => value === '1' || value === 'true')]);

/** SQL for a column of the table `t` as what `timeOf` and texts are read from, for engines without texts of their own. */
export function expressedValue(engine: Engine, { name, type }: { name: string; type: string }): string {
  const expressions = expressionsOf(engine);
  const column = `t.${expressions.name(name)}`;
  const form = expressions.formOf(type);
  return form?.kind === 'timestamp' || form?.kind === 'date' ? expressions.epochSeconds(column, form) : column;
}

export function expressedPresence(engine: Engine, { name }: { name: string }): string {
  return `case when t.${expressionsOf(engine).name(name)} is null then 0 else 1 end`;
}

/** The largest value of a column; of a time that of those which lie at most a day ahead, as later ones are placeholders. */
export function expressedMaximum(engine: Engine, relation: RelationName, { name, type }: { name: string; type: string }, now: number): string {
  const expressions = expressionsOf(engine);
  const column = `t.${expressions.name(name)}`;
  const form = expressions.formOf(type);
  const from = `from ${expressions.relation(relation)} as t`;
  if (form?.kind !== 'timestamp' && form?.kind !== 'date') return `select max(${column}) as value ${from}`;
  return `select ${expressions.epochSeconds(`max(${column})`, form)} as value ${from} where ${column} < ${expressions.moment(now + 86_400, form)}`;
}

