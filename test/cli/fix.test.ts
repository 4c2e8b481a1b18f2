import { existsSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { VERDICTS } from '../../src/model/metric-verdict.js';
import { writeBundle } from '../../src/snapshot/bundle.js';
import { blindGap, card, production, snapshot } from './casework-snapshot.js';
import { tidemarkHere } from './in-process.js';
import { tidemark } from './tidemark.js';

const estate = fileURLToPath(new URL('../../fixtures/estate', import.meta.url));
const ESTATE = [path.join(estate, 'estate.tidemark'), '-c', path.join(estate, 'tidemark.yaml')];

const text = z.string();
const consumer = z.strictObject({
  consumer: text, owner: text.nullable(), origin: z.strictObject({ file: text, pointer: text, line: z.number(), column: z.number() }).nullable(), before: text, after: text.nullable(),
  unchanged: text.nullable(), verdict: z.looseObject({ verdict: z.enum(VERDICTS) }).nullable(), sentence: text,
});
const proposal = z.strictObject({
  concept: text, store: text, relations: z.array(text).min(1), view: text, replaces: text.nullable(), version: z.int(),
  columns: z.array(z.strictObject({ name: text, source: text, type: text, personal: text.nullable(), usedBy: z.array(text) })).min(1), predicates: z.array(text), create: text,
  grants: z.array(text), revokes: z.array(text), registryRow: text, registryTable: text.nullable(), odcs: z.strictObject({ file: text, text }), consumers: z.array(consumer), notes: z.array(text),
});
const answer = z.strictObject({
  schemaVersion: z.literal(1), tool: z.strictObject({ name: text, version: text }), takenAt: text, stores: z.array(z.strictObject({ name: text, role: text, engine: text })), proposals: z.array(proposal),
  coverage: z.strictObject({ queries: z.int(), proved: z.int(), searched: z.int(), notCompared: z.int(), unchanged: z.int() }),
  gaps: z.array(z.looseObject({ subject: text, severity: z.enum(['blind', 'partial']) })), assumptions: z.array(text),
});

let folder = '';
const file = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-fix-'));
  const hostile = { ...card("SELECT status, count(*) AS \"n\u001b[31m\" FROM app.case_file GROUP BY status"), title: 'Open\u001b]0;owned\u0007 cases\r-- DROP TABLE app.case_file;' };
  await writeBundle(file('casework.tidemark'), snapshot({ queries: [hostile] }));
  await writeBundle(file('blind.tidemark'), snapshot({ gaps: [blindGap], queries: [] }));
  await writeBundle(file('duckdb.tidemark'), snapshot({ stores: [{ ...production, engine: 'duckdb' }], queries: [{ ...card('SELECT status FROM app.case_file'), connection: { id: '1', name: 'Production', engine: 'duckdb', host: null, database: 'casework' } }] }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fix(args: readonly string[], env: Record<string, string> = {}) {
  return tidemarkHere(['fix', 'contracts', ...args], { cwd: folder, env });
}

/** A page without the breaks that its width makes. */
function oneLine(page: string): string {
  return page.replaceAll(/\s+/g, ' ');
}

describe('tidemark fix contracts on the estate', () => {
  test('every card that reads an internal table has a rewrite that is proved, or its reason', async () => {
    const { stdout, code } = await fix([...ESTATE, '--format', 'json']);
    expect(code).toBe(0);
    const { proposals, coverage } = answer.parse(JSON.parse(stdout));
    const cards = proposals.flatMap(({ consumers }) => consumers).filter(({ origin }) => origin !== null);
    const open = cards.filter(({ after, verdict }) => after === null || (verdict?.verdict !== 'equal' && verdict?.verdict !== 'equal-under'));
    expect(open.map(({ consumer: name, unchanged }) => [name, unchanged])).toEqual([
      ['reports/compliance.sql Customers by postcode and year of birth', 'it uses shop.customer.date_of_birth (date of birth) without showing it, so that the contract does not give it: its year, as a column of the view, would do for counting'],
      ['metabase card 209 Accounts without a password', 'it uses the secret shop.customer.password_hash, and secrets never go into a contract'],
    ]);
    expect(new Set(cards.map(({ consumer: name }) => name)).size).toBeGreaterThan(35);
    expect(coverage.queries).toBe(coverage.proved + coverage.searched + coverage.notCompared + coverage.unchanged);
    expect(JSON.stringify(proposals.flatMap(({ columns, create, registryRow, odcs }) => [columns, create, registryRow, odcs.text]))).not.toContain('password_hash');
  }, 240_000);

  test('a pattern chooses relations and consumers, and nothing is compared where nobody asks', async () => {
    const { stdout, code } = await fix([...ESTATE, '--format', 'ndjson', '--relation', 'case_*', '--consumer', 'metabase card 106*', '--no-verify']);
    expect(code).toBe(0);
    const records = stdout.trimEnd().split('\n').map((line) => z.looseObject({ type: text }).parse(JSON.parse(line)));
    expect(records.map(({ type }) => type).filter((type) => type !== 'assumption' && type !== 'gap')).toEqual(['fix-contracts', 'contract-proposal', 'contract-proposal']);
    const chosen = records.filter(({ type }) => type === 'contract-proposal').map((record) => proposal.extend({ type: text }).parse(record));
    expect(chosen.map(({ view, consumers }) => [view, consumers.map((one) => [one.consumer, one.verdict])])).toEqual([
      ['integration.v_case_state_v2', [['metabase card 106 Average days to close', null]]],
      ['integration.v_case_type_v1', [['metabase card 106 Average days to close', null]]],
    ]);
  });

  test('the page reads as a request for a change, at 80 columns', async () => {
    const { stdout, code } = await fix([...ESTATE, '--relation', 'shop.payment', '--consumer', 'grafana*', '-q'], { COLUMNS: '80' });
    expect(code).toBe(0);
    // What another collection of the estate may have otherwise.
    const page = stdout.replace(/port: \d+/, 'port: 5432').replace(/of \d+ small databases of at most \d+ rows/, 'of 60 small databases of at most 4 rows');
    expect(page).toMatchInlineSnapshot(`
      "1 query from outside reads 1 internal relation; 1 new view would serve them: 1
      proved to return the same.

      1. payment: integration.v_payment_v1
         1 consumer of shop.payment on production: sofia.lindgren
         - all of its readers ask for status = 'CAPTURED', so that the view shows no
           other rows; they may drop it from their own text later, and who needs other
           rows needs another version
         - finance_reports is a superuser, from whom shop.payment cannot be kept: give
           these queries a role of their own

         Make the view, and let its consumers read it

           CREATE VIEW integration.v_payment_v1 AS SELECT
             status,
             amount_minor,
             currency_code,
             captured_at
           FROM shop.payment
           WHERE
             status = 'CAPTURED';

           GRANT USAGE ON SCHEMA integration TO grafana_ro, metabase_ro;
           GRANT SELECT ON integration.v_payment_v1 TO grafana_ro, metabase_ro;

         Register it

           INSERT INTO integration.data_contract_registry (
             contract_name,
             version,
             owner_team,
             compatibility_policy,
             schema_definition,
             created_at
           ) VALUES
           ('v_payment_v1', 1, 'Shop Team', 'BACKWARD', '{"columns": [
             {"name":"status","type":"text"},
             {"name":"amount_minor","type":"bigint"},
             {"name":"currency_code","type":"text"},
             {"name":"captured_at","type":"timestamp with time zone"}
           ]}', now());

         Commit v_payment_v1.odcs.yaml

           apiVersion: v3.1.0
           kind: DataContract
           id: integration.v_payment_v1
           name: v_payment_v1
           version: 1.0.0
           status: proposed
           description:
             purpose: One row for each payment, for consumers outside the team that owns shop.payment.
             limitations: Only rows with status = 'CAPTURED'.
           servers:
             - server: production
               type: postgres
               host: 127.0.0.1
               port: 5432
               database: estate
               schema: integration
           schema:
             - name: v_payment_v1
               physicalName: integration.v_payment_v1
               physicalType: view
               logicalType: object
               dataGranularityDescription: one row for each payment
               properties:
                 - name: status
                   physicalName: status
                   logicalType: string
                   physicalType: text
                   required: true
                 - name: amount_minor
                   physicalName: amount_minor
                   logicalType: integer
                   physicalType: bigint
                   required: true
                 - name: currency_code
                   physicalName: currency_code
                   logicalType: string
                   physicalType: text
                   required: true
                 - name: captured_at
                   physicalName: captured_at
                   logicalType: timestamp
                   physicalType: timestamp with time zone
                   required: false
           team:
             name: Shop Team
           roles:
             - role: finance_reports
               access: read
             - role: grafana_ro
               access: read
             - role: metabase_ro
               access: read

         Once the consumers have moved

           REVOKE SELECT ON shop.payment FROM grafana_ro;
           REVOKE SELECT ON shop.payment FROM metabase_ro;

         = grafana panel Shop live / Captured revenue (sofia.lindgren,
           dashboards/grafana/shop-live.json)
           Proved: it returns the same on every database that the schema admits. A
           search of 60 small databases of at most 4 rows a table found no difference
           either.

           @@ -1,3 +1,3 @@
            SELECT sum(amount_minor) AS "captured revenue"
           -FROM shop.payment
           +FROM integration.v_payment_v1
            WHERE status = 'CAPTURED'
      "
    `);
    for (const line of stdout.split('\n')) if (!line.startsWith('     ')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
  });

  test('--write makes files for review, and overwrites nothing', async () => {
    const { stderr, code } = await fix([...ESTATE, '--relation', 'shop.refund', '--no-verify', '--write', 'proposal', '-q']);
    expect([code, stderr]).toEqual([0, 'wrote 5 files to proposal\n']);
    expect(readdirSync(file('proposal/contracts')).sort()).toEqual(['v_refund_v1.odcs.yaml', 'v_refund_v1.sql']);
    expect(readdirSync(file('proposal/rewrites')).sort()).toEqual(['metabase-card-205-Customers-to-call-back.sql', 'metabase-card-211-Refunds-awaiting-review.sql', 'reports-month_end-sql-Refunds-of-the-quarter.sql']);
    const script = readFileSync(file('proposal/contracts/v_refund_v1.sql'), 'utf8');
    expect(script.split('\n').filter((line) => line.startsWith('REVOKE'))).toEqual([]);
    expect(script).toContain('CREATE VIEW integration.v_refund_v1 AS SELECT');
    const again = await fix([...ESTATE, '--write', 'proposal']);
    expect([again.code, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toMatchInlineSnapshot(`
      "tidemark: proposal/contracts is there already, and nothing is overwritten
        remove it, or choose another folder
      "
    `);
  });
});

describe('what keeps it from an answer', () => {
  test('names from a dashboard neither reach the terminal as they are nor end a comment', async () => {
    const { stdout, code } = await fix(['casework.tidemark', '--no-verify', '--write', 'hostile']);
    expect(code).toBe(0);
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    const rewrites = readdirSync(file('hostile/rewrites'));
    expect(rewrites).toHaveLength(1);
    const written = readFileSync(file(`hostile/rewrites/${rewrites[0] ?? ''}`), 'utf8');
    expect(written.split(/[\r\n]+/).filter((line) => line.startsWith('-- DROP') || line.startsWith('DROP'))).toEqual([]);
  });

  test('what could not be looked at is never nothing to fix', async () => {
    const { stdout, code } = await fix(['blind.tidemark']);
    expect(code).toBe(3);
    expect(oneLine(stdout)).toContain('No internal relation is known to be read from outside its application, and not everything was looked at.');
  });

  test('a store of another engine is said to be left out', async () => {
    const { stdout, code } = await fix(['duckdb.tidemark']);
    expect(code).toBe(3);
    expect(oneLine(stdout)).toContain('contract views are written for PostgreSQL, and production is duckdb');
  });

  test.each([
    [['casework.tidemark', 'blind.tidemark'], 'contracts are proposed from one bundle, and several were given'],
    [['casework.tidemark', '--postgres', 'service=casework'], 'a bundle is audited alone'],
    [['casework.tidemark', '--format', 'sarif'], "fix contracts has no format 'sarif'"],
    [['casework.tidemark', '--write', 'taken'], 'cannot write to taken: it is a file'],
  ])('%j is refused before any work', async (args, message) => {
    writeFileSync(file('taken'), '');
    const { stdout, stderr, code } = await fix(args);
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr).toContain(message);
  });

  test('a pattern that chooses nothing is told with what there is', async () => {
    const page = await fix(['casework.tidemark', '--relation', 'case_flie', '--no-verify', '-q'], { COLUMNS: '120' });
    expect([page.code, oneLine(page.stdout)]).toEqual([0, "No internal relation that was asked for is read from outside its application. No internal relation that is read from outside matches 'case_flie'; did you mean 'case_file'? There are: app.case_file. "]);
    const json = await fix(['casework.tidemark', '--store', 'replica', '--no-verify', '--format', 'json']);
    expect([json.code, json.stderr]).toEqual([0, "No store matches 'replica'. There are: production.\n"]);
    expect(answer.parse(JSON.parse(json.stdout)).proposals).toEqual([]);
  });

  test('a folder that cannot be made is told at once', async () => {
    mkdirSync(file('locked'), { mode: 0o555 });
    const { stdout, stderr, code } = await tidemark(['fix', 'contracts', 'casework.tidemark', '--write', 'locked/proposal'], { cwd: folder, env: {}, unprivileged: true });
    expect({ stdout, stderr, code }).toEqual({ stdout: '', stderr: 'tidemark: cannot write locked/proposal: this user may not\n  make room or grant the right, or choose another folder\n', code: 2 });
  });

  test('a place where the system makes no folder ends it', async () => {
    const { stdout, stderr, code } = await fix(['casework.tidemark', '--no-verify', '--write', '/proc/proposal']);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toMatch(/^tidemark: cannot write \/proc\/proposal: .+\n {2}make room or grant the right, or choose another folder\n$/);
  });

  test('a folder that is there already may be written into', async () => {
    mkdirSync(file('there'));
    expect((await fix(['casework.tidemark', '--no-verify', '-q', '--write', 'there'])).code).toBe(0);
    expect(existsSync(file('there/contracts/v_case_file_v1.sql'))).toBe(true);
  });
});
