import type pg from 'pg';
import { type LabelledExpression, PEOPLE } from './run.js';

/** What a server gave for one expression over invented people. */
export interface Evidence {
  /** Distinct outputs to distinct values; of groups: outputs to groups. */
  distinctShare: number;
  /** Share of the outputs in which a value (of a group: one of its values) stands, apart from punctuation and case. */
  holdsValueShare: number;
  /** Distinct outputs, null among them. */
  outputs: number;
  /** Distinct outputs to distinct shapes of values; above 1 more than the shape is left. */
  outputsPerShape: number;
}

const PERSONS = 2000;

/** Fills the tables with invented people, every value distinct where a person's is. */
export async function createPeople(client: pg.Client): Promise<void> {
  await client.query(`CREATE EXTENSION IF NOT EXISTS pgcrypto; ${PEOPLE}
    SET audit.pepper = 'only-on-the-server';
    INSERT INTO vault.secret VALUES ('kept-elsewhere');
    CREATE FUNCTION public.mask_name(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
    CREATE SCHEMA security;
    CREATE FUNCTION security.md5(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
    CREATE FUNCTION pg_temp.digits(n integer, length integer) RETURNS text LANGUAGE sql AS
      $$SELECT lpad((abs(hashtextextended(n::text, length)) % (10 ^ length)::bigint)::text, length, '7')$$;
    INSERT INTO people.person
    SELECT n, lower(f || '.' || l) || CASE WHEN n % 2 = 0 THEN n::text ELSE translate(n::text, '0123456789', 'bcdfghjkmn') END || '@' || d,
      '+' || 30 + n % 20 || ' ' || pg_temp.digits(n, 10), pg_temp.digits(n, 9), f || ' ' || l, f, l, date '1940-01-01' + n * 4,
      timestamptz '1940-01-01 08:00Z' + n * interval '4 days', pg_temp.digits(n, 5), pg_temp.digits(n, 5), c,
      (10 + n % 3 || '.' || n % 50 || '.' || n / 50 % 4 || '.' || n / 200 + 1)::inet, (10 + n % 3 || '.' || n % 200 || '.0.0/16')::cidr,
      40 + (n % 2000) / 100.0 + n / 1000000.0, 20000 + n + n % 97 / 100.0, 18 + n % 70, pg_temp.digits(n, 16), 'DE' || pg_temp.digits(n, 18) || '00',
      'note ' || repeat('x', n % 60) || n, (array['f', 'm', 'x'])[1 + n % 3], 'https://' || d || '/u/' || n, n % 2 = 0, 'salt' || n, array['a' || n],
      jsonb_build_object('id', n), 'Lindenstr. ' || n
    FROM generate_series(1, ${PERSONS}) n,
      LATERAL (SELECT (array['Maria', 'Pedro', 'Ingrid', 'Bartek', 'Aiko'])[1 + n % 5] f, (array['Keller', 'Santos', 'Kovacs', 'Lindqvist'])[1 + n / 5 % 4] l,
        (array['rivers.org', 'valley.net', 'harbour.io'])[1 + n % 3] d, (array['DE', 'ES', 'PL'])[1 + n % 3] c) invented`);
}

/** Asks the server for every person, or for groups of ten, what an expression shows and what it was made of. */
export async function gather(client: pg.Client, { form, column, expression }: Pick<LabelledExpression, 'form' | 'column' | 'expression'>): Promise<Evidence> {
  const value = `lower(regexp_replace(p.${column}::text, '[^[:alnum:]]', '', 'g'))`;
  const text = form === 'group'
    ? `SELECT (${expression})::text AS shown, array_agg(DISTINCT ${value}) AS held FROM people.person p CROSS JOIN vault.secret k GROUP BY p.person_id / 10`
    : `SELECT (${expression})::text AS shown, array[${value}] AS held FROM people.person p CROSS JOIN vault.secret k`;
  const { rows } = await client.query<{ distinct_share: string; holds: string; outputs: string; shapes: string }>(`
    WITH judged AS (${text}), shaped AS (
      SELECT *, lower(regexp_replace(shown, '[^[:alnum:]]', '', 'g')) AS letters, (SELECT string_agg(regexp_replace(translate(h, '123456789', '000000000'), '[a-z]', 'a', 'g'), ',') FROM unnest(held) h) AS shape FROM judged)
    SELECT count(DISTINCT coalesce(shown, '<null>'))::numeric / count(DISTINCT held) AS distinct_share, count(DISTINCT coalesce(shown, '<null>')) AS outputs,
      avg((EXISTS (SELECT FROM unnest(held) h WHERE h <> '' AND strpos(letters, h) > 0))::int) AS holds, count(DISTINCT shape) AS shapes FROM shaped`);
  const [row] = rows;
  if (!row) throw new Error('no evidence');
  return {
    distinctShare: Number(row.distinct_share), holdsValueShare: Number(row.holds), outputs: Number(row.outputs), outputsPerShape: Number(row.outputs) / Number(row.shapes),
  };
}

/** What speaks against a label; null where the evidence bears it out. */
export function contradiction({ level, form }: Pick<LabelledExpression, 'level' | 'form'>, evidence: Evidence): string | null {
  const { distinctShare, holdsValueShare, outputs, outputsPerShape } = evidence;
  const whole = holdsValueShare >= 0.3 || distinctShare >= 0.95;
  switch (level) {
    case 'raw':
      return whole ? null : 'neither holds the value nor tells people apart';
    case 'reversible':
      return distinctShare >= 0.95 ? null : 'does not tell people apart';
    case 'pseudonymous-weak':
    case 'pseudonymous-keyed':
      return holdsValueShare >= 0.3 ? 'holds the value' : distinctShare < 0.9 ? 'does not tell people apart' : null;
    case 'partial':
      return holdsValueShare >= 0.3 ? 'holds the value' : form === 'row' && distinctShare >= 0.95 ? 'tells people apart' : outputs < 2 ? 'shows nothing' : null;
    case 'aggregate':
      return holdsValueShare >= 0.3 ? 'holds the value' : null;
    case 'predicate':
      return outputs <= 3 ? null : 'shows more than one bit';
    case 'constant':
      return outputsPerShape <= 1 ? null : 'shows more than the shape';
  }
}
