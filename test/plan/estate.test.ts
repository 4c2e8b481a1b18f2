import { beforeAll, describe, expect, test } from 'vitest';
import { type Audited, auditWithJoin } from '../../src/audit.js';
import { BUNDLED_SNAPSHOT, ESTATE_CONFIGURATION } from '../../src/cli/demo/estate-files.js';
import { commandLine, planPage } from '../../src/cli/plan/page.js';
import { loadConfiguration } from '../../src/config/load.js';
import { type BacklogItem, PHASES } from '../../src/model/backlog.js';
import { backlog } from '../../src/plan/index.js';
import { createPage } from '../../src/report/layout/page.js';
import { loadRules } from '../../src/rules/load.js';
import { readBundle } from '../../src/snapshot/bundle.js';

let audited: Audited;
let items: BacklogItem[];

beforeAll(async () => {
  const { configuration } = await loadConfiguration(ESTATE_CONFIGURATION, { environment: {}, connects: false, displayName: 'tidemark.yaml' });
  audited = await auditWithJoin(await readBundle(BUNDLED_SNAPSHOT), configuration, await loadRules(), '0.0.0');
  items = backlog({ ...audited, configuration });
});

describe('the work of the estate', () => {
  test('holds every error and warning once, and nothing that is not there', () => {
    const planned = items.flatMap(({ findings }) => findings);
    expect(new Set(planned).size).toBe(planned.length);
    const all = new Map(audited.report.findings.map((finding) => [finding.partialFingerprints.boundary, finding]));
    expect(planned.filter((fingerprint) => !all.has(fingerprint))).toEqual([]);
    const forgotten = [...all.values()].filter(({ level, partialFingerprints }) => level !== 'note' && !planned.includes(partialFingerprints.boundary));
    expect(forgotten.map(({ ruleId, consumer, relation }) => `${ruleId} | ${consumer} | ${relation}`)).toEqual([]);
  });

  test('is in order of its phases, and what harms now comes first', () => {
    const phases = items.map(({ phase }) => PHASES.indexOf(phase));
    expect(phases).toEqual(phases.toSorted((a, b) => a - b));
    expect(items[0]).toMatchObject({ kind: 'privacy', phase: 'today', store: 'production' });
    expect(items.filter(({ kind }) => kind === 'guardrail').every(({ phase }) => phase === 'today')).toBe(true);
  });

  test('names for each piece what it takes and what it gains', () => {
    for (const { title, why, effort, gain } of items) {
      expect(title).toMatch(/^[A-Z]/);
      expect(why).not.toBe('');
      expect(effort.hours_min).toBeLessThanOrEqual(effort.hours_max);
      expect(effort.reason).toMatch(/^\d+ /);
      expect(gain).toMatch(/^(ends \d+ finding|\d+ thing)/);
    }
    const moved = items.find(({ id }) => id.endsWith('metabase dashboard Casework operations'));
    expect(moved).toMatchObject({ kind: 'move', title: 'Move metabase dashboard Casework operations to an incremental mart', owner: 'Operations Analytics' });
    expect(moved?.frees_block_share).toBeGreaterThan(0.05);
  });

  test('fits a terminal of 80 columns', () => {
    const { tool, takenAt, findings, stores } = audited.report;
    const lines = planPage(createPage(80, false), { schemaVersion: 1, tool, takenAt, stores, items, findings: { total: findings.length, planned: findings.length }, gaps: [], assumptions: [] }, { all: false, quiet: false, targets: ['estate.tidemark'] });
    // Commands are to be copied, and stand on one line.
    expect(lines.filter((line) => line.length > 80 && !line.includes('tidemark '))).toEqual([]);
    expect(lines.join('\n')).toContain('   tidemark fix guardrails estate.tidemark --role metabase_ro --store production');
  });
});

test('a command names the bundle before its flags, whatever it is called', () => {
  expect(commandLine("tidemark metrics show 'open cases'", ['my bundle.tidemark'])).toBe("tidemark metrics show 'open cases' 'my bundle.tidemark'");
  expect(commandLine('tidemark fix guardrails --role a', ["it's.tidemark"])).toBe("tidemark fix guardrails 'it'\\''s.tidemark' --role a");
  expect(commandLine('tidemark fix guardrails', [])).toBe('tidemark fix guardrails');
});

describe('consumers of the estate', () => {
  /** Labelled by reading titles, owners and queries: which decision, and how correct it has to be. */
  const LABELS: Record<string, [decision: string | null, level: string | null]> = {
    'metabase dashboard Board pack': ['management-reporting', 'financial-regulatory'],
    'metabase dashboard Shop finance': ['management-reporting', 'management-dashboard'],
    'metabase dashboard Casework operations': ['near-real-time-monitoring', 'operational-dashboard'],
    'grafana dashboard Operations floor': ['near-real-time-monitoring', 'operational-dashboard'],
    'grafana dashboard Shop live': ['near-real-time-monitoring', 'operational-dashboard'],
    'grafana dashboard Warehouse freshness': ['near-real-time-monitoring', 'operational-dashboard'],
    'reports/month_end.sql': ['regulatory-report', 'financial-regulatory'],
    'warehouse-reports/official.sql': ['regulatory-report', 'financial-regulatory'],
    'reports/compliance.sql': ['regulatory-report', 'financial-regulatory'],
    'warehouse-reports/quarterly.sql': ['management-reporting', 'management-dashboard'],
    'role case_app': ['operational-command', 'operational-dashboard'],
    'role shop_app': ['operational-command', 'operational-dashboard'],
    'role backoffice_app': ['operational-command', 'operational-dashboard'],
    'role case_search': ['operational-read', 'operational-dashboard'],
    'role analyst_export': ['investigation-analytics', 'exploratory'],
    // Nobody has registered them, and nothing tells what they decide.
    'role orbit_sync': [null, null],
    'role partner_feed': [null, null],
  };

  test('are what a reader takes them for', () => {
    const said = Object.fromEntries(Object.keys(LABELS).map((name) => {
      const consumer = audited.consumers.find((one) => one.name === name);
      return [name, [consumer?.decision?.value ?? null, consumer?.level?.value ?? null]];
    }));
    expect(said).toEqual(LABELS);
  });

  test('say why, with a confidence, and never tick a control without evidence', () => {
    for (const { name, decision, controls, fit, fitReason, members } of audited.consumers) {
      expect(members.length, name).toBeGreaterThan(0);
      expect(decision === null || (decision.reasons.length > 0 && decision.confidence >= 0.5), name).toBe(true);
      expect(controls.map(({ evidence }) => evidence).filter((text) => text === ''), name).toEqual([]);
      expect(fitReason, name).not.toBe('');
      const required = controls.filter(({ required: needed }) => needed);
      expect(fit === 'under', name).toBe(required.some(({ state }) => state === 'absent'));
    }
  });

  test('a dashboard on the authority itself is never stale', () => {
    const floor = audited.consumers.find(({ name }) => name === 'grafana dashboard Operations floor');
    expect(floor?.controls.find(({ control }) => control === 'freshness-watermark')).toMatchObject({ state: 'present', evidence: 'reads the authority itself, which is never stale' });
  });
});
