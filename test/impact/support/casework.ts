import { buildBoundary, type StoreBoundary } from '../../../src/graph/boundary.js';
import { type ImpactInput, impactOf } from '../../../src/impact/index.js';
import { applyMigrations, readMigrations } from '../../../src/migrations/index.js';
import type { Catalog } from '../../../src/model/catalog.js';
import type { ImpactReport } from '../../../src/model/impact-report.js';
import type { CollectedQuery } from '../../../src/model/query.js';
import type { StatementStatistics } from '../../../src/model/statement.js';
import { emptyCatalog } from '../../../src/sql/catalog.js';
import { POSTGRES } from '../../../src/sql/dialect.js';
import type { Parsers } from '../../../src/sql/parse/parsers.js';
import { card, configuration, store } from '../../support/estate.js';

/** The case work of a regulator: tables, contract views, a function. */
export const SCHEMA = `
  CREATE TYPE app.priority AS ENUM ('LOW', 'NORMAL', 'HIGH');
  CREATE TABLE app.region (region_code text PRIMARY KEY, name text NOT NULL);
  CREATE TABLE app.officer (officer_id integer PRIMARY KEY, email text NOT NULL UNIQUE, display_name text);
  CREATE TABLE app.case_file (
    case_id bigint PRIMARY KEY,
    case_number text NOT NULL CONSTRAINT case_number_key UNIQUE,
    status text NOT NULL DEFAULT 'OPEN' CONSTRAINT case_status_check CHECK (status IN ('OPEN', 'IN_REVIEW', 'CLOSED')),
    priority app.priority NOT NULL DEFAULT 'NORMAL',
    region_code text CONSTRAINT case_region_fk REFERENCES app.region,
    officer_id integer REFERENCES app.officer,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    due_on date,
    fee numeric(10,2) NOT NULL,
    score integer,
    note text,
    CONSTRAINT case_closed_at_check CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL)));
  CREATE TABLE app.task (
    task_id bigint PRIMARY KEY,
    case_id bigint NOT NULL CONSTRAINT task_case_fk REFERENCES app.case_file,
    state text NOT NULL,
    done_at timestamp);
  CREATE TABLE app.holiday (day date PRIMARY KEY);
  CREATE FUNCTION app.weight(score integer) RETURNS integer LANGUAGE sql AS $$ SELECT score * 2 $$;
  CREATE VIEW integration.v_case_v1 AS SELECT case_id, case_number, status, region_code, opened_at FROM app.case_file;
  CREATE VIEW integration.v_open_case_v1 AS SELECT case_id, region_code FROM app.case_file WHERE status IN ('OPEN', 'IN_REVIEW');
`;

/** Titles of cards with their SQL. */
export const CARDS: Readonly<Record<string, string>> = {
  'Open cases': "SELECT count(*) FROM app.case_file WHERE status <> 'CLOSED'",
  'Open cases of the board': 'SELECT count(*) AS open_cases FROM app.case_file WHERE closed_at IS NULL',
  'Cases by region': 'SELECT region_code, count(*) FROM app.case_file GROUP BY 1',
  'Region names': 'SELECT r.name, count(*) FROM app.case_file c JOIN app.region r ON r.region_code = c.region_code GROUP BY 1',
  'Backlog list': "SELECT * FROM app.case_file WHERE status IN ('OPEN', 'IN_REVIEW')",
  'Fee per point': 'SELECT sum(fee) / sum(score) FROM app.case_file',
  'Priorities': "SELECT CASE priority WHEN 'LOW' THEN 'low' WHEN 'NORMAL' THEN 'normal' WHEN 'HIGH' THEN 'high' END AS level, count(*) FROM app.case_file GROUP BY 1",
  'Opened per day': "SELECT date_trunc('day', opened_at) AS day, count(*) FROM app.case_file GROUP BY 1",
  'Open contract cases': 'SELECT count(*) FROM integration.v_open_case_v1',
  'Contract regions': 'SELECT region_code, count(*) FROM integration.v_case_v1 GROUP BY 1',
  'Tasks of cases': 'SELECT case_number, count(*) FROM app.case_file JOIN app.task USING (case_id) GROUP BY 1',
  'Tasks done': "SELECT date_trunc('day', done_at) AS day, count(*) FROM app.task WHERE state <> 'OPEN' GROUP BY 1",
  'Officers': 'SELECT display_name, email FROM app.officer',
  'Officers with cases': 'SELECT display_name FROM app.officer WHERE officer_id NOT IN (SELECT officer_id FROM app.case_file WHERE officer_id IS NOT NULL)',
  'High scores': 'SELECT count(*) FROM app.case_file WHERE score = 3',
  'Holidays and tasks': 'SELECT count(*) FROM app.holiday NATURAL JOIN app.task',
  Weights: 'SELECT app.weight(3)',
  'Due this week': "SELECT count(*) FROM app.case_file WHERE due_on BETWEEN date '2026-11-16' AND date '2026-11-22'",
};

export const CLERK_INSERT = 'INSERT INTO app.case_file (case_id, case_number, opened_at, fee) VALUES ($1, $2, $3, $4)';

export interface Around extends Partial<Omit<ImpactInput, 'boundary' | 'after' | 'files' | 'changes' | 'unknown'>> {
  cards?: Readonly<Record<string, string>>;
  statements?: StatementStatistics[];
  catalog?: Catalog;
}

let number = 0;

export function cardsOf(cards: Readonly<Record<string, string>>): CollectedQuery[] {
  return Object.entries(cards).map(([title, sql]) => card(sql, { id: `metabase:casework:card:${++number}`, title, container: null }));
}

let known: Catalog | null = null;

export async function casework(): Promise<Catalog> {
  known ??= (await applyMigrations(emptyCatalog(), await readMigrations([{ path: 'schema.sql', text: SCHEMA }]))).after;
  return known;
}

export function boundaryOf(catalog: Catalog, parsers: Parsers, { cards = CARDS, statements = [] }: Pick<Around, 'cards' | 'statements'> = {}): StoreBoundary {
  return buildBoundary(store(catalog, { statements }), cardsOf(cards), configuration(), parsers.parse(POSTGRES));
}

/** What a migration does to the case work. */
export async function impactOfSql(sql: string, parsers: Parsers, { cards, statements, catalog: given, ...more }: Around = {}): Promise<ImpactReport> {
  const catalog = given ?? (await casework());
  const boundary = boundaryOf(catalog, parsers, { ...(cards === undefined ? {} : { cards }), ...(statements === undefined ? {} : { statements }) });
  const files = await readMigrations([{ path: 'migrations/0042.sql', text: sql }]);
  const { after, changes, unknown } = await applyMigrations(catalog, files);
  return impactOf({ boundary, others: [], after, files, changes, unknown, parse: parsers.postgres, takenAt: '2026-11-22T12:00:00Z', ...more });
}

/** `breaks Cases by region`: who is hit and how, hints in brackets. */
export function hits({ impacts }: ImpactReport): string[] {
  return impacts.map(({ effect, thing, confidence }) => {
    const name = thing.kind === 'card' ? thing.name.replace(/^metabase card \d+ /, '') : `${thing.kind} ${thing.name}`;
    return confidence < 0.5 ? `(${effect} ${name})` : `${effect} ${name}`;
  }).sort();
}
