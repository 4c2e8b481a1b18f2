import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { joinOnly } from '../../src/audit.js';
import { loadConfiguration } from '../../src/config/load.js';
import { metricAnalysis } from '../../src/graph/metric-subjects.js';
import type { Constraint } from '../../src/model/catalog.js';
import type { Configuration } from '../../src/model/configuration.js';
import type { MetricGroup } from '../../src/model/metric-report.js';
import type { ScratchEngine } from '../../src/model/scratch-engine.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import { scratchEngine } from '../../src/scratch/index.js';
import { readBundle } from '../../src/snapshot/bundle.js';
import { createParsers, type Parsers } from '../../src/sql/parse/parsers.js';

const ESTATE = fileURLToPath(new URL('../../fixtures/estate/', import.meta.url));

let snapshot: Snapshot;
let configuration: Configuration;
let parsers: Parsers;
let engine: ScratchEngine;

beforeAll(async () => {
  snapshot = await readBundle(path.join(ESTATE, 'estate.tidemark'));
  const loaded = await loadConfiguration(path.join(ESTATE, 'tidemark.yaml'), { environment: {}, connects: false, displayName: 'tidemark.yaml' });
  configuration = loaded.configuration;
  parsers = await createParsers({});
  engine = scratchEngine('pglite');
});
afterAll(async () => {
  await engine.close();
  await parsers.close();
});

/** The verdicts on the four ways to say open of the estate, by the cards that say it: `101 looser 103`. */
async function verdicts(keeps: (constraint: Constraint) => boolean): Promise<string[]> {
  const stores = snapshot.stores.map((store) => ({ ...store, catalog: { ...store.catalog, constraints: store.catalog.constraints.filter(keeps) } }));
  const { boundaries } = await joinOnly({ ...snapshot, stores }, configuration, 'test');
  const { groups } = await metricAnalysis(boundaries, parsers, { scratch: ({ engine: kind }) => (kind === 'postgres' ? engine.open() : Promise.resolve(null)) });
  const group = groups.find(({ name, relation }) => name === 'Open cases' && relation === 'app.case_file');
  if (group === undefined) throw new Error('the estate has no group of open cases');
  return group.pairs.map(({ first, second, comparison: { verdict, restsOn, witness } }) => {
    const rests = restsOn.map(({ name, columns }) => name ?? `NOT NULL ${columns.join()}`);
    return [cardOf(group, first), verdict, cardOf(group, second), ...(rests.length > 0 ? [`by ${rests.join(' and ')}`] : []), ...(witness === null ? [] : [JSON.stringify([witness.a, witness.b])])].join(' ');
  }).toSorted();
}

function cardOf({ members, definitions }: MetricGroup, place: number): string {
  return definitions[place]?.members.map((member) => /card (\d+)|panel/.exec(members[member]?.consumer ?? '')).map((found) => found?.[1] ?? 'panel').join('=') ?? '';
}

// 101: status <> 'CLOSED'. 102: closed_at is null. 103: status not in (CLOSED, CANCELLED, DUPLICATE). Panel: a list of three.
describe('four dashboards that say open cases', () => {
  test('with the constraint that ties the state to the date of closing', async () => {
    expect(await verdicts(() => true)).toEqual([
      '101 equal-under 102 by case_file_closed_at_check and NOT NULL status',
      '101 looser 103 [1,0]',
      '102 looser 103 [1,0]',
      'panel equal-under 103 by case_file_status_check',
      'panel stricter 101 [0,1]',
      'panel stricter 102 [0,1]',
    ]);
  });

  test('without it: an open case may have a date, and a closed one none', async () => {
    const without = await verdicts(({ name }) => name !== 'case_file_closed_at_check');
    expect(without.filter((line) => !line.includes('102'))).toEqual(['101 looser 103 [1,0]', 'panel equal-under 103 by case_file_status_check', 'panel stricter 101 [0,1]']);
    expect(without.filter((line) => line.includes('102')).map((line) => line.replace(/ \[.*/, ''))).toEqual(['101 overlapping 102', '102 overlapping 103', 'panel overlapping 102']);
  });

  test('without the list of states: a new one is open for two of them only', async () => {
    const without = await verdicts(({ name }) => name !== 'case_file_status_check');
    expect(without).toContain('panel stricter 103 [0,1]');
    expect(without).toContain('101 equal-under 102 by case_file_closed_at_check and NOT NULL status');
  });
});
