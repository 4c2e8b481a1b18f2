import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MetricComparison } from '../../../src/model/metric-verdict.js';
import { Bench } from './bench.js';

const DEFINITIONS = {
  A: "SELECT count(*) FROM app.case_file WHERE status <> 'CLOSED'",
  B: 'SELECT count(*) FROM app.case_file WHERE closed_at IS NULL',
  C: "SELECT count(*) FROM app.case_file WHERE status IN ('OPEN', 'IN_REVIEW', 'ESCALATED')",
  D: "SELECT count(*) FROM app.case_file WHERE status NOT IN ('CLOSED', 'CANCELLED', 'DUPLICATE')",
};
const NAMES = ['A', 'B', 'C', 'D'];

const CHECK = "CONSTRAINT case_file_closed CHECK ((status = 'CLOSED') = (closed_at IS NOT NULL))";
const LIST = "CONSTRAINT case_file_status CHECK (status IN ('OPEN', 'IN_REVIEW', 'ESCALATED', 'CLOSED', 'CANCELLED', 'DUPLICATE'))";

function ddl(status: string, ...constraints: string[]): string {
  const columns = [
    'case_id bigint PRIMARY KEY', 'case_number text NOT NULL UNIQUE', 'tenant_id bigint NOT NULL', 'case_type_code text NOT NULL', `status text ${status}`, 'priority text NOT NULL',
    'opened_at timestamptz NOT NULL', 'closed_at timestamptz', 'version bigint NOT NULL DEFAULT 0', ...constraints,
  ];
  return `CREATE SCHEMA app; CREATE TABLE app.case_file (${columns.join(', ')})`;
}

const SCHEMAS = {
  'with the CHECK': ddl('NOT NULL', CHECK),
  'without any CHECK': ddl('NOT NULL'),
  'with the CHECK and a closed list of statuses': ddl('NOT NULL', CHECK, LIST),
  'with the CHECK, but status may be NULL': ddl('', CHECK),
};

const VERDICTS: Record<keyof typeof SCHEMAS, Record<string, MetricComparison['verdict']>> = {
  'with the CHECK': { AB: 'equal-under', AC: 'looser', AD: 'looser', BC: 'looser', BD: 'looser', CD: 'stricter' },
  'without any CHECK': { AB: 'overlapping', AC: 'looser', AD: 'looser', BC: 'overlapping', BD: 'overlapping', CD: 'stricter' },
  'with the CHECK and a closed list of statuses': { AB: 'equal-under', AC: 'looser', AD: 'looser', BC: 'looser', BD: 'looser', CD: 'equal-under' },
  'with the CHECK, but status may be NULL': { AB: 'stricter', AC: 'looser', AD: 'looser', BC: 'looser', BD: 'looser', CD: 'stricter' },
};

const PAIRS = ['AB', 'AC', 'AD', 'BC', 'BD', 'CD'];

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.start();
});

afterAll(async () => {
  await bench.end();
});

describe.each(Object.entries(SCHEMAS))('four definitions of open cases %s', (name, schema) => {
  test('each pair by itself', async () => {
    const found: [string, string][] = [];
    for (const pair of PAIRS) {
      const [a = '', b = ''] = pair;
      const { verdict } = await bench.pair(schema, definitionOf(a), definitionOf(b));
      found.push([pair, verdict]);
    }
    expect(Object.fromEntries(found)).toEqual(expectedOf(name));
  });

  test('all four together', async () => {
    const compared = await bench.all(schema, Object.values(DEFINITIONS), NAMES);
    expect(Object.fromEntries(PAIRS.map((pair) => [pair, compared.pair(NAMES.indexOf(pair[0] ?? ''), NAMES.indexOf(pair[1] ?? '')).verdict]))).toEqual(expectedOf(name));
  });
});

test('what each verdict says', async () => {
  const told: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const compared = await bench.all(schema, Object.values(DEFINITIONS), NAMES);
    for (const pair of PAIRS) {
      const { kind, restsOn, region, witness } = compared.pair(NAMES.indexOf(pair[0] ?? ''), NAMES.indexOf(pair[1] ?? ''));
      told[`${pair} ${name}`] = witness === null ? restsOn.map(({ text }) => text) : [kind, witness.words, region?.onlyA ?? null, region?.onlyB ?? null];
    }
  }
  expect(told).toMatchInlineSnapshot(`
    {
      "AB with the CHECK": [
        "CHECK case_file_closed on app.case_file: (status = 'CLOSED') = (closed_at IS NOT NULL)",
        "NOT NULL on app.case_file.status",
      ],
      "AB with the CHECK and a closed list of statuses": [
        "CHECK case_file_closed on app.case_file: (status = 'CLOSED') = (closed_at IS NOT NULL)",
        "NOT NULL on app.case_file.status",
      ],
      "AB with the CHECK, but status may be NULL": [
        "population",
        "a case_file without status or closed_at is counted by B and not by A",
        null,
        "status is null and closed_at is null",
      ],
      "AB without any CHECK": [
        "population",
        "a case_file with another status (h) and closed_at 1999-12-31 00:00Z is counted by A and not by B",
        "status is any other value and closed_at is not null",
        "status = CLOSED and closed_at is null",
      ],
      "AC with the CHECK": [
        "population",
        "a case_file with another status (h) is counted by A and not by C",
        "status is any other value",
        null,
      ],
      "AC with the CHECK and a closed list of statuses": [
        "population",
        "a case_file with status CANCELLED is counted by A and not by C",
        "status in (CANCELLED, DUPLICATE)",
        null,
      ],
      "AC with the CHECK, but status may be NULL": [
        "population",
        "a case_file with another status (h) is counted by A and not by C",
        "status is any other value",
        null,
      ],
      "AC without any CHECK": [
        "population",
        "a case_file with another status (h) is counted by A and not by C",
        "status is any other value",
        null,
      ],
      "AD with the CHECK": [
        "population",
        "a case_file with status CANCELLED is counted by A and not by D",
        "status in (CANCELLED, DUPLICATE)",
        null,
      ],
      "AD with the CHECK and a closed list of statuses": [
        "population",
        "a case_file with status CANCELLED is counted by A and not by D",
        "status in (CANCELLED, DUPLICATE)",
        null,
      ],
      "AD with the CHECK, but status may be NULL": [
        "population",
        "a case_file with status CANCELLED is counted by A and not by D",
        "status in (CANCELLED, DUPLICATE)",
        null,
      ],
      "AD without any CHECK": [
        "population",
        "a case_file with status CANCELLED is counted by A and not by D",
        "status in (CANCELLED, DUPLICATE)",
        null,
      ],
      "BC with the CHECK": [
        "population",
        "a case_file with another status (h) and no closed_at is counted by B and not by C",
        "status is any other value",
        null,
      ],
      "BC with the CHECK and a closed list of statuses": [
        "population",
        "a case_file with status CANCELLED and no closed_at is counted by B and not by C",
        "status in (CANCELLED, DUPLICATE)",
        null,
      ],
      "BC with the CHECK, but status may be NULL": [
        "population",
        "a case_file without status or closed_at is counted by B and not by C",
        "closed_at is null and (status is any other value or is null)",
        null,
      ],
      "BC without any CHECK": [
        "population",
        "a case_file with another status (h) and no closed_at is counted by B and not by C",
        "closed_at is null and status is any other value",
        "closed_at is not null and status in (ESCALATED, IN_REVIEW, OPEN)",
      ],
      "BD with the CHECK": [
        "population",
        "a case_file with status CANCELLED and no closed_at is counted by B and not by D",
        "status in (CANCELLED, DUPLICATE)",
        null,
      ],
      "BD with the CHECK and a closed list of statuses": [
        "population",
        "a case_file with status CANCELLED and no closed_at is counted by B and not by D",
        "status in (CANCELLED, DUPLICATE)",
        null,
      ],
      "BD with the CHECK, but status may be NULL": [
        "population",
        "a case_file with status CANCELLED and no closed_at is counted by B and not by D",
        "closed_at is null and (status in (CANCELLED, DUPLICATE) or is null)",
        null,
      ],
      "BD without any CHECK": [
        "population",
        "a case_file with status CANCELLED and no closed_at is counted by B and not by D",
        "closed_at is null and status in (CANCELLED, CLOSED, DUPLICATE)",
        "closed_at is not null and status is any other value",
      ],
      "CD with the CHECK": [
        "population",
        "a case_file with another status (h) is counted by D and not by C",
        null,
        "status is any other value",
      ],
      "CD with the CHECK and a closed list of statuses": [
        "CHECK case_file_status on app.case_file: status IN ('OPEN', 'IN_REVIEW', 'ESCALATED', 'CLOSED', 'CANCELLED', 'DUPLICATE')",
      ],
      "CD with the CHECK, but status may be NULL": [
        "population",
        "a case_file with another status (h) is counted by D and not by C",
        null,
        "status is any other value",
      ],
      "CD without any CHECK": [
        "population",
        "a case_file with another status (h) is counted by D and not by C",
        null,
        "status is any other value",
      ],
    }
  `);
});

function definitionOf(name: string): string {
  return Object.entries(DEFINITIONS).find(([key]) => key === name)?.[1] ?? '';
}

function expectedOf(name: string): Record<string, string> | undefined {
  return Object.entries(VERDICTS).find(([key]) => key === name)?.[1];
}
