import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ESTATE_FOLDER } from '../../../src/cli/demo/estate-files.js';

const RULES = fileURLToPath(new URL('../../../rules', import.meta.url));

/**
 * Rules of which the estate has no case: it has no replica, its warehouse reads production by events alone, its exports are older than
 * the threshold, so that nobody can tell which cards are no longer opened, and it lives for seconds: nothing grows, no session
 * stays open and no index is used for a week. Its warehouse is a file, which knows no roles and keeps no history of queries. Nobody
 * changes it, so that it has no migration, and nothing in it is let pass.
 */
const WITHOUT_CASE = [
  'replica-used-as-warehouse', 'replica-cancels-reports', 'replica-report-holds-primary-back', 'federated-operational-read', 'unused-card', 'unused-card-still-runs',
  'reporting-holds-vacuum-back', 'reporting-idles-in-transaction', 'reporting-blocks-application', 'vacuum-held-back-by-other', 'index-serves-only-reports',
  'will-outgrow-its-bound', 'metric-differs-between-engines', 'personal-data-open-to-reports', 'warehouse-dominated-by-one-statement', 'warehouse-star-over-whole-table', 'warehouse-scan-repeated',
  'migration-breaks-contract', 'migration-breaks-reader', 'migration-changes-answer', 'migration-drops-proof', 'migration-may-change-reader', 'migration-widens-access',
  'suppression-expired', 'suppression-unreadable', 'suppression-unused',
  'report-run-table-incomplete', 'report-run-statement-not-reproducible', 'product-never-loaded',
  'history-changed-unexplained', 'restatement-scope-understated', 'restatement-without-change',
  'table-transition-without-command-key', 'table-without-key', 'table-written-by-several-teams', 'concept-without-authority', 'table-snapshot-without-day-key', 'table-relied-on-without-contract',
  'table-read-without-tests', 'publication-without-row-identity', 'outbox-captured-with-its-tables', 'raw-table-overwritten', 'warehouse-without-reconciliation',
  'consumer-over-engineered', 'asset-with-two-accountables',
];

interface Case {
  rule: string;
  consumer: string;
  relation: string;
}

async function cases(): Promise<{ planted: Case[]; innocent: Case[] }> {
  const text = await readFile(join(ESTATE_FOLDER, 'EXPECTED.md'), 'utf8');
  const [, planted = '', innocent = ''] = text.split(/^## .*$/m);
  const read = (part: string): Case[] =>
    part.split('\n').filter((line) => line.startsWith('| ')).slice(1).map((line) => {
      const [, rule = '', consumer = '', relation = ''] = line.split('|').map((cell) => cell.trim());
      return { rule, consumer, relation };
    });
  return { planted: read(planted), innocent: read(innocent) };
}

async function areas(): Promise<Map<string, string>> {
  const entries = (await readdir(RULES, { recursive: true })).filter((name) => name.endsWith('.yaml'));
  return new Map(entries.map((name) => [name.replace(/^.*\/|\.yaml$/g, ''), name.split('/')[0] ?? '']));
}

describe('EXPECTED.md', () => {
  it('has a planted case and a look-alike for every rule that the estate can show', async () => {
    const { planted, innocent } = await cases();
    const rules = [...(await areas()).keys()].filter((rule) => !WITHOUT_CASE.includes(rule)).sort();
    expect([...new Set(planted.map(({ rule }) => rule))].sort()).toEqual(rules);
    expect([...new Set(innocent.map(({ rule }) => rule))].sort()).toEqual(rules);
  });

  it('has as many look-alikes as planted cases in each area', async () => {
    const area = await areas();
    const count = (list: Case[], name: string): number => list.filter(({ rule }) => area.get(rule) === name).length;
    const { planted, innocent } = await cases();
    for (const name of new Set(area.values())) expect(count(innocent, name), name).toBeGreaterThanOrEqual(count(planted, name));
  });

  it('contradicts itself nowhere', async () => {
    const { planted, innocent } = await cases();
    const key = ({ rule, consumer, relation }: Case): string => `${rule} | ${consumer} | ${relation}`;
    expect(new Set(planted.map(key)).size).toBe(planted.length);
    const wrong = innocent.filter((each) =>
      planted.some((other) => other.rule === each.rule && other.consumer === each.consumer && (each.relation === 'any' || each.relation === other.relation)),
    );
    expect(wrong).toEqual([]);
  });

  it('names consumers that exist', async () => {
    const { planted, innocent } = await cases();
    const named = [...new Set([...planted, ...innocent].map(({ consumer }) => consumer))].filter((name) => name !== '—').sort();
    const roles = await readFile(join(ESTATE_FOLDER, 'postgres/10-roles.sql'), 'utf8');
    const reports = new Map<string, string>();
    for (const folder of ['reports', 'warehouse-reports']) {
      for (const file of await readdir(join(ESTATE_FOLDER, folder))) reports.set(`${folder}/${file}`, await readFile(join(ESTATE_FOLDER, folder, file), 'utf8'));
    }
    const grafana = await readdir(join(ESTATE_FOLDER, 'dashboards/grafana'));
    const dashboards = (await readdir(join(ESTATE_FOLDER, 'dashboards/metabase'))).filter((file) => file.startsWith('dashboard-'));
    const collected = await Promise.all(dashboards.map((file) => readFile(join(ESTATE_FOLDER, 'dashboards/metabase', file), 'utf8')));
    const boards = await Promise.all(grafana.map((file) => readFile(join(ESTATE_FOLDER, 'dashboards/grafana', file), 'utf8')));
    const unknown: string[] = [];
    for (const name of named) {
      const [first = '', ...rest] = name.split(' ');
      const title = rest.join(' ');
      const [board = '', part = ''] = title.replace(/^(?:panel|variable|annotation) /, '').split(' / ');
      const ofDashboard = /^dashboard (.+)$/.exec(title)?.[1];
      const exists =
        ofDashboard !== undefined ? [...boards, ...collected].some((text) => text.includes(`"title": "${ofDashboard}"`) || text.includes(`"name": "${ofDashboard}"`))
        : title === '' && reports.has(first) ? true
        : first === 'metabase'
          ? (await readFile(join(ESTATE_FOLDER, 'dashboards/metabase', `card-${rest[1] ?? ''}.json`), 'utf8')).includes(`"name": ${JSON.stringify(rest.slice(2).join(' '))}`)
          : first === 'grafana'
            ? boards.some((text) => text.includes(`"title": "${board}"`) && (text.includes(`"title": "${part}"`) || text.includes(`"name": "${part}"`)))
            : first === 'role'
              ? roles.includes(`CREATE ROLE ${title} LOGIN`)
              : (reports.get(first)?.includes(`-- name: ${title}\n`) ?? false);
      if (!exists) unknown.push(name);
    }
    expect(unknown).toEqual([]);
    expect(named.length).toBeGreaterThan(60);
  });
});
