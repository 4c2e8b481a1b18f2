import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit.js';
import { checkChange } from '../../src/check/index.js';
import { configurationFromSnapshot } from '../../src/config/defaults.js';
import { consumerName } from '../../src/graph/consumer-name.js';
import type { Configuration } from '../../src/model/configuration.js';
import type { Finding } from '../../src/model/finding.js';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Report } from '../../src/model/report.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import { loadRules } from '../../src/rules/load.js';
import type { Rule } from '../../src/rules/rule.js';
import { readBundle } from '../../src/snapshot/bundle.js';

const estate = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../fixtures/estate/estate.tidemark');

let snapshot: Snapshot;
let configuration: Configuration;
let rules: Rule[];

beforeAll(async () => {
  snapshot = await readBundle(estate);
  ({ configuration } = configurationFromSnapshot(snapshot));
  rules = await loadRules({ folders: [] });
});

const reading = (queries: readonly CollectedQuery[]) => ({ queries: [...queries], sources: [], gaps: [], contracts: [], columnDeclarations: [] });
const nothing = { baseline: null, waivers: null, comments: { entries: [], problems: [] } };

async function check(before: readonly CollectedQuery[], after: readonly CollectedQuery[]): Promise<Report> {
  return checkChange({
    snapshot, configuration, rules, version: '1', bundleFile: 'estate.tidemark', since: null, suppressions: nothing, ratchet: false, baselineBefore: null, today: '2026-01-01',
    change: { files: [], before: { configuration, reading: reading(before) }, after: { configuration, reading: reading(after) }, migrations: [], configurationChanged: false },
  });
}

const saying = ({ ruleId, level, message, consumer, store, relation, owner, partialFingerprints, confidence, weight }: Finding) =>
  JSON.stringify({ ruleId, level, message, consumer, store, relation, owner, partialFingerprints, confidence, weight });

/** Every so many queries, so that each tool and each store has some: all of them take a minute and a half of CPU. */
const EVERY = 14;

describe('judging a neighbourhood says what judging everything says', () => {
  test('of queries of the estate when each is edited', async () => {
    const whole = await audit(snapshot, configuration, rules, '1');
    const parted: string[] = [];
    for (const query of snapshot.queries.filter((_, index) => index % EVERY === 3)) {
      const report = await check([{ ...query, description: 'as it was' }], [query]);
      const name = consumerName(query);
      const expected = whole.findings.filter((finding) => finding.consumer === name).map(saying);
      const found = report.findings.filter((finding) => finding.consumer === name).map(saying);
      for (const text of expected) if (!found.includes(text)) parted.push(`missing ${text}`);
      for (const text of found) if (!expected.includes(text)) parted.push(`more ${text}`);
    }
    expect(parted).toEqual([]);
  });

  test('of several at once, metrics that they define among it', async () => {
    const whole = await audit(snapshot, configuration, rules, '1');
    const cards = snapshot.queries.filter(({ id }) => /card:10[1-4]$/.test(id));
    expect(cards.length).toBeGreaterThan(2);
    const report = await check(cards.map((query) => ({ ...query, description: 'as it was' })), cards);
    const places = new Set(cards.map(({ origin }) => origin.file));
    const ofCards = ({ locations, consumer }: Finding) => consumer === '' && locations.some(({ file }) => places.has(file));
    expect(report.findings.filter(ofCards).map(saying)).toEqual(whole.findings.filter(ofCards).map(saying));
    expect(report.findings.filter(ofCards).length).toBeGreaterThan(0);
    expect(report.findings.every(({ baselineState }) => baselineState === 'unchanged')).toBe(true);
  });

  test('and looks at a part of the estate only', async () => {
    const query = snapshot.queries.find(({ id }) => id.endsWith('card:204'));
    expect(query).toBeDefined();
    if (query === undefined) return;
    const { check: summary } = await check([query], [{ ...query, title: `${query.title} again` }]);
    expect(summary?.looked.queries).toBeLessThan(snapshot.queries.length / 2);
    expect(summary?.looked.statements).toBeLessThan(snapshot.stores.reduce((sum, { statements }) => sum + statements.length, 0) / 2);
  });
});
