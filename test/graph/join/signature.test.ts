import { describe, expect, test } from 'vitest';
import { identifiersOf, keysOf, signaturesOf } from '../../../src/graph/join/signature.js';
import type { CollectedQuery } from '../../../src/model/query.js';
import { maskStatement } from '../../../src/snapshot/mask-statement.js';
import { card } from '../../support/estate.js';

const SQL = 'SELECT region_code, count(*) FROM app.case_file GROUP BY region_code';
const HASH = '5f0c1e7a9b2d4c6e8f00112233445566778899aabbccddeeff00112233445566';

/** As a bundle keeps it: who the person was is gone, which card it was is not. */
function heard(text: string): { sender: string; tool: string | null; keys: string[] }[] {
  return signaturesOf(maskStatement(text)).map((signature) => ({ sender: signature.sender, tool: signature.tool, keys: keysOf(signature).map((key) => key.replace('\n', ' ')) }));
}

describe('what the comment of a tool says, after masking', () => {
  test.each([
    ['Metabase, a native question', `-- Metabase:: userID: 12 queryType: native queryHash: ${HASH}\n${SQL}`, 'Metabase', 'metabase', [`metabase ${HASH}`]],
    ['Redash', `/* Username: ines.okafor@regulator.example, query_id: 12, Queue: queries, Query Hash: 9f86d081884c7d659a2feaa0c55ad015 */ ${SQL}`, 'Redash', 'redash', ['redash 12', 'redash 9f86d081884c7d659a2feaa0c55ad015']],
    ['Redash, of a query that is not saved', `/* Username: ines.okafor@regulator.example, query_id: adhoc, Queue: queries */ ${SQL}`, 'Redash', 'redash', []],
    ['Looker, which names the tool alone', `-- Looker Query Context '{"user_id":77,"history_slug":"b7c9d1e2f3a4b5c6","instance_slug":"regulator"}'\n${SQL}`, 'Looker', 'looker', []],
    ['dbt', `/* {"app": "dbt", "dbt_version": "1.10.2", "profile_name": "casework", "target_name": "prod", "node_id": "model.casework.case_monthly"} */\n${SQL}`, 'dbt', 'dbt', ['dbt model.casework.case_monthly']],
    ['Mode, in the last line', `${SQL}\n-- {"user":"@ines","email":"ines.okafor@regulator.example","url":"https://app.mode.com/regulator/reports/4ab1c2d3e4f5/runs/77aa88bb99cc"}`, 'Mode', 'mode', ['mode regulator', 'mode reports', 'mode 4ab1c2d3e4f5', 'mode 77aa88bb99cc']],
    ['Hex', `-- Hex query metadata: {"categories": ["Notebook"], "cell_type": "SQL", "project_id": "0197aa11-2bcd-7001-8f00-aa11bb22cc33", "user_email": "ines.okafor@regulator.example"}\n${SQL}`, 'Hex', 'hex', ['hex 0197aa11-2bcd-7001-8f00-aa11bb22cc33']],
    ['sqlcommenter', `${SQL} /*action='monthly',application='casework-web',controller='reports%2Fcases',traceparent='00-5bd66ef5095369c7b0d1f8f4bd33716a-c532cb4098ac3dd2-01'*/`, 'the application casework-web', null, []],
    ['sqlcommenter with a place in the code', `${SQL} /*db_driver='psycopg2',file='app%2Freports.py',route='%5E%2Freports%2F'*/`, 'an application', null, ['appcode reports.py']],
    ['marginalia of Rails', `${SQL} /*application:Casework,controller:reports,action:index,line:app/models/report.rb:14:in monthly*/`, 'the application Casework', null, ['appcode report.rb']],
    ['Airflow through sqlcommenter', `/*dag_id='case_load',task_id='load_cases'*/ ${SQL}`, 'Airflow', 'airflow', ['airflow case_load.load_cases']],
    ['Superset, named by its application', `${SQL} /*application='Superset',route='chart'*/`, 'the application Superset', 'superset', []],
  ])('%s', (_, text, sender, tool, keys) => {
    expect(heard(text)).toEqual([{ sender, tool, keys }]);
  });

  test('keeps no person', () => {
    const texts = [
      `/* Username: ines.okafor@regulator.example, query_id: 12 */ ${SQL}`,
      `${SQL}\n-- {"user":"Ines Okafor","email":"ines.okafor@regulator.example","url":"https://app.mode.com/regulator/reports/4ab1c2d3e4f5"}`,
      `${SQL} /*controller='reports',user='ines.okafor'*/`,
    ];
    for (const text of texts) expect(maskStatement(text)).not.toMatch(/ines|okafor/i);
  });

  test.each([
    ['a comment of a person', `-- cases, per region: for the board\n${SQL}`],
    ['a hint', `/*+ SeqScan(case_file) */ ${SQL}`],
    ['the mark of a list that was cut', 'SELECT count(*) FROM app.case_file WHERE status IN ($1 /*, ... */)'],
    ['a signature within a literal', `SELECT '-- Metabase:: userID: 1 queryHash: ${HASH}'`],
    ['SQL that somebody put aside', `${SQL} /* WHERE status='OPEN', priority='1' */`],
  ])('%s is none', (_, text) => {
    expect(signaturesOf(text)).toEqual([]);
  });

  test('a comment without end costs no more than its length', () => {
    const long = `/* Username: ${'a, b: '.repeat(200_000)}`;
    expect(signaturesOf(long)).toEqual([]);
    expect(signaturesOf(`/* {"app": "${'\\'.repeat(100_000)}`)).toEqual([]);
  });
});

describe('a signature leads to the query that was collected', () => {
  test.each<[string, string, Partial<CollectedQuery>]>([
    ['Metabase, by the hash of its last runs', `-- Metabase:: userID: 12 queryType: native queryHash: ${HASH}\n${SQL}`, { signatures: ['00ff', HASH] }],
    ['Redash', `/* Username: ines@regulator.example, query_id: 12, Queue: queries */ ${SQL}`, { kind: 'redash', id: 'redash:query:12' }],
    ['dbt', `/* {"app": "dbt", "node_id": "model.casework.case_monthly"} */ ${SQL}`, { kind: 'dbt', id: 'dbt:model.casework.case_monthly' }],
    ['Mode', `${SQL}\n-- {"user":"@ines","url":"https://app.mode.com/regulator/reports/4ab1c2d3e4f5/runs/77aa88bb99cc"}`, { kind: 'mode', id: 'mode:4ab1c2d3e4f5:aa11bb22' }],
    ['Hex', `-- Hex query metadata: {"project_id": "0197aa11-2bcd-7001-8f00-aa11bb22cc33"}\n${SQL}`, { kind: 'hex', id: 'hex:0197aa11-2bcd-7001-8f00-aa11bb22cc33:cell-4' }],
    ['Airflow', `/*dag_id='case_load',task_id='load_cases'*/ ${SQL}`, { kind: 'airflow', id: 'airflow:case_load:load_cases', title: 'load_cases', container: { kind: 'dag', id: 'case_load', title: null } }],
    ['sqlcommenter', `${SQL} /*controller='reports',file='app%2Freports.py'*/`, { kind: 'appcode', id: 'appcode:app/reports.py:monthly', origin: { file: 'app/reports.py', pointer: '', line: 4, column: 1 } }],
  ])('%s', (_, text, overrides) => {
    const [signature] = signaturesOf(maskStatement(text));
    const identifiers = new Set(identifiersOf(card(SQL, overrides)));
    expect(signature && keysOf(signature).some((key) => identifiers.has(key))).toBe(true);
    // And to no other card of the tool.
    const strange = identifiersOf(card(SQL, { ...overrides, id: `${overrides.kind ?? 'metabase'}:strange:query:99`, signatures: [], title: 'strange', container: null, origin: { file: 'strange.py', pointer: '', line: 1, column: 1 } }));
    expect(signature && keysOf(signature).some((key) => strange.includes(key))).toBe(false);
  });

  test('Looker names itself only', () => {
    const [signature] = signaturesOf(`-- Looker Query Context '{"user_id":77,"history_slug":"b7c9d1e2f3a4b5c6"}'\n${SQL}`);
    expect(signature && [signature.tool, keysOf(signature)]).toEqual(['looker', []]);
  });
});
