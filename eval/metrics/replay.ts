import type { Client } from 'pg';
import { constraintKey, type PairCase } from './pair-cases.js';
import { answerOf, freeze } from './verify/session.js';

/** Whether a witness shows a difference on real tables with the real constraints. */
export interface Replayed {
  differs: boolean;
  /** True where it shows only while the clock stands at one of the instants. */
  onlyFrozen: boolean;
  /** False where rows stood before the rows that they refer to. */
  inOrder: boolean;
  note: string;
}

const INSTANTS = ['2024-03-31 10:30:00+00', '2024-02-29 23:30:00+00'];

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `'${text.replaceAll("'", "''")}'`;
}

function inserts(rows: Record<string, Record<string, unknown>[]>): string[] {
  return Object.entries(rows).flatMap(([relation, list]) =>
    list.map((row) => {
      const names = Object.keys(row).map((name) => `"${name.replaceAll('"', '""')}"`);
      if (names.length === 0) return `insert into ${relation} default values`;
      return `insert into ${relation} (${names.join(', ')}) overriding system value values (${Object.values(row).map(literal).join(', ')})`;
    }),
  );
}

/** Writes rows in their order, and once more from the start those that were refused. @returns whether their order was right */
async function insertAll(client: Client, statements: readonly string[]): Promise<boolean> {
  for (let pending = [...statements], pass = 0; pending.length > 0; pass += 1) {
    const refused: string[] = [];
    let cause: unknown = null;
    for (const statement of pending) {
      await client.query('savepoint one');
      try {
        await client.query(statement);
      } catch (error) {
        await client.query('rollback to savepoint one');
        cause = error;
        refused.push(statement);
      }
    }
    if (refused.length === pending.length) throw cause;
    if (refused.length === 0) return pass === 0;
    pending = refused;
  }
  return true;
}

/** Schema, rows, late DDL, both queries, in one transaction that is rolled back. */
export async function witnessReplays(client: Client, pair: PairCase, rows: Record<string, Record<string, unknown>[]>): Promise<Replayed> {
  await client.query(`begin; set local timezone = 'UTC'; set local search_path = public`);
  try {
    await client.query(pair.ddl);
    const inOrder = await insertAll(client, inserts(rows));
    if (pair.late !== null) await client.query(pair.late);
    for (const [name, value] of Object.entries(pair.session)) await client.query(`set local "${name}" to '${value}'`);
    const answers: string[] = [];
    for (const instant of [null, ...INSTANTS]) {
      const at = (sql: string): string => (instant === null ? sql : freeze(sql, instant));
      const [a, b] = [await answerOf(client, at(pair.a)), await answerOf(client, at(pair.b))];
      if (a.text !== b.text && (a.rows !== null || b.rows !== null)) return { differs: true, onlyFrozen: instant !== null, inOrder, note: '' };
      answers.push(a.text);
    }
    return { differs: false, onlyFrozen: false, inOrder, note: `both answer ${answers[0] ?? ''}` };
  } catch (error) {
    return { differs: false, onlyFrozen: false, inOrder: false, note: `the rows are not admitted: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    await client.query('rollback');
  }
}

const REST = /^(NOT NULL|PRIMARY KEY|UNIQUE|FOREIGN KEY|TYPE)\b\s*(.*?)\s+(?:on|of)\s+([^()]+)$/s;
const CHECK = /^CHECK (\S+) on ([^:]+): (.*)$/s;

/**
 * A constraint of an answer as labels write it: `NOT NULL on app.case_file.status` is `not_null case_file.status`,
 * `CHECK seats_positive on public.subscription: seats > 0` is `check subscription.seats_positive`. Any other text is itself.
 */
function restKey(text: string, expected: readonly string[]): string {
  const [, name = '', table = '', expression = ''] = CHECK.exec(text.replaceAll('"', '')) ?? [];
  if (name !== '') {
    const key = constraintKey(`check ${table.split('.').at(-1) ?? ''}.${name}`);
    // The check of a domain is one of the type's, on whichever column has it.
    const typed = expected.find((each) => each.startsWith('type ') && table.toLowerCase().endsWith(each.slice('type '.length).split('.')[0] ?? '') && expression.toLowerCase().includes(each.split('.').at(-1) ?? ''));
    return expected.includes(key) ? key : (typed ?? key);
  }
  const [, kind = '', body = '', place = ''] = REST.exec(text.replace(/ NULLS NOT DISTINCT/, '')) ?? [];
  const names = place.replaceAll('"', '').split('.');
  if (kind === 'NOT NULL' || kind === 'TYPE') return constraintKey(`${kind === 'TYPE' ? 'type' : 'not_null'} ${names.at(-2) ?? ''}.${names.at(-1) ?? ''}`);
  const columns = (/^\(([^)]*)\)/.exec(body)?.[1] ?? '').replaceAll('"', '');
  return kind === '' ? text : constraintKey(`${kind.replace(' ', '_')} ${names.at(-1) ?? ''}(${columns})`);
}

/** The keys that `FOREIGN KEY (a, b) REFERENCES app.region (c, d) on …` leans on, as labels write them. */
function parentKeys(text: string): string[] {
  const [, relation = '', columns = ''] = /^FOREIGN KEY \([^)]*\) REFERENCES ([^()]+?) ?\(([^)]*)\)/.exec(text.replaceAll('"', '')) ?? [];
  const name = relation.split('.').at(-1) ?? '';
  return ['primary_key', 'unique'].map((kind) => constraintKey(`${kind} ${name}(${columns})`));
}

/** True where the constraints of an answer are one of the sets of the label. */
export function restsAsLabelled(pair: PairCase, rests: readonly string[]): boolean {
  const sets = pair.rests ?? [];
  const keys = rests.map((text) => restKey(text, sets.flat()));
  // A foreign key cannot be without the key that it refers to, so whether that one is named too makes no difference.
  const parents = new Set(rests.flatMap((text) => parentKeys(text)));
  const without = (set: readonly string[]): string => set.filter((key) => !parents.has(key)).sort().join(';');
  return sets.some((set) => without(set) === without(keys));
}
