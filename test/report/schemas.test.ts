import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Ajv from 'ajv-draft-04';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { Finding } from '../../src/model/finding.js';
import type { RenderOptions } from '../../src/report/index.js';
import { render as junit } from '../../src/report/junit.js';
import { render as sarif } from '../../src/report/sarif.js';
import { caseworkReport } from './casework-report.js';
import { checkReport } from './check-report.js';
import { hostileReport } from './hostile-report.js';

const options: RenderOptions = { width_columns: 100, color: false, all: false, quiet: false };
const schema: object = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'));
// One pattern of the schema is refused as a regular expression with the flag `u`; formats are those of addresses, which are checked here by their characters.
const isSarif = new Ajv.default({ strict: false, unicodeRegExp: false, validateFormats: false }).compile(schema);

function refusals(text: string): unknown[] {
  return isSarif(JSON.parse(text)) ? [] : (isSarif.errors ?? []);
}

const nothing = { ...caseworkReport, findings: [], gaps: [] };

test('SARIF keeps to the schema of OASIS, whatever the texts', () => {
  for (const report of [caseworkReport, checkReport, nothing]) expect(refusals(sarif(report, options))).toEqual([]);
  fc.assert(fc.property(hostileReport, (report) => {
      expect(refusals(sarif(report, options))).toEqual([]);
    }), { numRuns: 20 });
});

test('JUnit keeps to the schema of Jenkins', async () => {
  const xsd = readFileSync(new URL('junit-10.xsd', import.meta.url), 'utf8');
  const [hostile] = fc.sample(hostileReport, { numRuns: 1, seed: 10 });
  for (const report of [caseworkReport, checkReport, nothing, hostile ?? nothing]) {
    const { valid, errors } = await validateXML({ xml: [{ fileName: 'tidemark.xml', contents: junit(report, options) }], schema: [xsd] });
    expect({ valid, errors }).toEqual({ valid: true, errors: [] });
  }
});

function located(...locations: Finding['locations']): Finding {
  const [finding] = checkReport.findings;
  if (finding === undefined) throw new Error('the check of the case work has no finding');
  return { ...finding, locations };
}

test('SARIF names a file by its encoded path, and a member of an archive or an address as a logical location beside a file that exists', () => {
  const findings = [
    located({ file: 'reports/50 % of #1 ä.sql', pointer: '', line: 3, column: 9 }),
    located({ file: 'exports/metabase.zip!/cards/118.json', pointer: '/dataset_query', line: 1, column: 7 }),
    located({ file: 'https://bi.example/api/card/118', pointer: '/dataset_query', line: 1, column: 1 }),
    located(),
  ];
  const [run] = JSON.parse(sarif({ ...checkReport, findings }, { ...options, folder: 'analytics' })).runs;
  const places = run.results.slice(0, 4).map(({ locations: [{ physicalLocation, logicalLocations }] }: { locations: [{ physicalLocation: { artifactLocation: { uri: string } }; logicalLocations: { kind: string; fullyQualifiedName: string }[] }] }) => [physicalLocation.artifactLocation.uri, ...logicalLocations.filter(({ kind }) => ['resource', 'value'].includes(kind)).map(({ fullyQualifiedName }) => fullyQualifiedName)]);
  expect(places).toEqual([
    ['analytics/reports/50%20%25%20of%20%231%20%C3%A4.sql'],
    ['analytics/exports/metabase.zip', 'exports/metabase.zip!/cards/118.json', '/dataset_query'],
    ['analytics/tidemark.yaml', 'https://bi.example/api/card/118', '/dataset_query'],
    ['analytics/tidemark.yaml'],
  ]);
});

test('SARIF stays within the 25,000 results of GitHub, keeps what is new, and says what it left out', () => {
  const known: Finding = { ...located(), evidence: [], baselineState: 'unchanged' };
  const findings = [...Array.from({ length: 25_010 }, () => known), located()];
  const [run] = JSON.parse(sarif({ ...checkReport, findings }, options)).runs;
  expect(run.results).toHaveLength(25_000);
  expect(run.results[0].baselineState).toBe('new');
  expect(JSON.stringify(run.invocations)).toContain('12 results more than the 25000 that GitHub takes were left out');
});
