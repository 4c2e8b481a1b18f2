import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dialectFromString, init, Parser } from '@guanmingchiu/sqlparser-ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSql } from '../../../src/stores/sql/load.js';

/** What the holes of the texts hold; a hole that is missing here is looked for as a file, and fails. */
const VALUES: Record<string, string> = {
  database: '"CASEWORK"', database_text: "'CASEWORK'", row_max: '5001', days: '7', tag: "'tidemark'", relation: '"CASEWORK"."ANALYTICS"."CASE_FILE"', schema: '"CASEWORK"."ANALYTICS"',
  relation_text: "'CASEWORK.ANALYTICS.CASE_FILE'", domain: "'TABLE'", pattern: "'CASE_FILE'", relations: "('ANALYTICS', 'CASE_FILE')",
  scope: '`regulator-pay`.`analytics`', jobs: '`regulator-pay`.`region-eu`.INFORMATION_SCHEMA.JOBS', label: "'tidemark'", text_max: '100000', texts_max: '64000000', dataset: "and destination_table.dataset_id = 'analytics'", dataset_text: "'analytics'",
};
/** Parts of other texts. */
const PARTS = new Set(['statements_of_dataset']);
/** The parser has no reading of these, which Snowflake's reference shows as they are. */
const UNKNOWN = /^show (?:primary|unique|imported) keys|^show objects|^show warehouses/;

const namesOf = (engine: string): string[] =>
  readdirSync(fileURLToPath(new URL(`../../../src/stores/sql/${engine}/`, import.meta.url))).map((file) => file.replace(/\.sql$/, '')).filter((name) => !PARTS.has(name));

beforeAll(() => init());

describe.each(['snowflake', 'bigquery'])('each text for %s', (engine) => {
  it.each(namesOf(engine))('%s is SQL of its dialect', (name) => {
    const sql = loadSql(engine, name, 0, VALUES);
    if (UNKNOWN.test(sql)) return expect(sql).toMatch(/^show warehouses$| (?:in database "CASEWORK"|in schema "CASEWORK"."ANALYTICS")$/);
    const dialect = dialectFromString(engine);
    if (!dialect) throw new Error(`${engine} is no dialect of the parser`);
    const statements: unknown = new Parser(dialect).parse(sql);
    return expect(statements).toHaveLength(1);
  });
});
