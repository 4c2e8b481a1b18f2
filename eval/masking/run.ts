import { readFileSync } from 'node:fs';
import type { DialectId } from '../../src/sql/dialect.js';
import { dialectOf, POSTGRES } from '../../src/sql/dialect.js';
import { MASK_LEVELS } from '../../src/model/masking.js';
import { type MaskLevel } from '../../src/sql/flow.js';
import { lineageContext, resolveStatement } from '../../src/sql/lineage.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { SchemaIndex } from '../../src/sql/schema-index.js';

/** One labelled expression: what it leaves of one of its columns. */
export interface LabelledExpression {
  set: 'tuned' | 'held-out';
  /** `anon`: PostgreSQL with postgresql_anonymizer, which no server here has. */
  dialect: DialectId | 'anon';
  /** `group`: it stands over groups of rows. */
  form: 'row' | 'group';
  column: string;
  level: MaskLevel;
  expression: string;
}

export interface MaskingFigures {
  expressions: number;
  right: number;
  /** Judged to leave less than they do, which hides a leak; and to leave more, which is a false alarm. */
  tooMild: string[];
  tooStrict: string[];
}

/** The tables that the expressions read. */
export const PEOPLE = `
  CREATE SCHEMA people;
  CREATE SCHEMA vault;
  CREATE TABLE people.person (person_id bigint, email text, phone text, ssn text, full_name text, first_name text, last_name text, dob date,
    born_at timestamptz, zip text, postcode char(5), country_code char(2), ip inet, subnet cidr, lat numeric(9,6), salary numeric(10,2), age integer,
    card text, iban text, notes text, gender text, referrer text, consent boolean, salt text, tags text[], profile jsonb, street_address text);
  CREATE TABLE vault.secret (key text);
`;

export function readExpressions(): LabelledExpression[] {
  const lines = readFileSync(new URL('expressions.tsv', import.meta.url), 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [set = '', dialect = '', form = '', column = '', written = '', expression = ''] = line.split('\t');
    const level = MASK_LEVELS.find((known) => known === written);
    if (level === undefined || (set !== 'tuned' && set !== 'held-out') || (form !== 'row' && form !== 'group')) throw new Error(`expressions.tsv: cannot be read: ${line}`);
    const known = dialect === 'anon' ? 'anon' : dialectOf(dialect)?.id;
    if (known === undefined) throw new Error(`expressions.tsv: no dialect is called ${dialect}`);
    return { set, dialect: known, form, column, level, expression };
  });
}

/** A statement that shows the expression alone. */
export function statementOf(expression: string): string {
  return `SELECT ${expression} AS shown FROM people.person p CROSS JOIN vault.secret k`;
}

/**
 * Judges labelled expressions through the whole resolver and compares. Every text is parsed with `parse`: the functions are those of the
 * dialect, written so that one grammar reads them all. The held-out part was labelled before the first run (then 134 of 140 were right, one was
 * too mild); three of its cases led to changes and stand in the tuned part since.
 */
export async function evaluateMasking(parse: Parse): Promise<Record<LabelledExpression['set'], MaskingFigures>> {
  const index = new SchemaIndex(await catalogFromDdl(PEOPLE));
  const figures: Record<LabelledExpression['set'], MaskingFigures> = {
    tuned: { expressions: 0, right: 0, tooMild: [], tooStrict: [] },
    'held-out': { expressions: 0, right: 0, tooMild: [], tooStrict: [] },
  };
  for (const { set, dialect, column, level, expression } of readExpressions()) {
    const statement = parse(statementOf(expression)).statements[0]?.statement;
    if (!statement) throw new Error(`expressions.tsv: cannot be parsed: ${expression}`);
    const { outputs, uses } = resolveStatement(statement, lineageContext(index, parse, { dialect: { ...POSTGRES, id: dialect === 'anon' ? 'postgres' : dialect } }));
    const key = `people.person.${column}`;
    // What only decides inside of the expression tells one bit; what no value is left in need not be named.
    const said = outputs[0]?.flows.get(key)?.mask ?? (uses.some((use) => use.column === key) ? 'predicate' : 'constant');
    const into = figures[set];
    into.expressions++;
    const text = `${dialect}: ${expression}: ${column} is ${said}, labelled ${level}`;
    if (said === level) into.right++;
    else (MASK_LEVELS.indexOf(said) > MASK_LEVELS.indexOf(level) ? into.tooMild : into.tooStrict).push(text);
  }
  return figures;
}
