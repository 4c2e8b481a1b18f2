import { expect, test } from 'vitest';
import type { RenderOptions } from '../../src/report/index.js';
import { gapPlace } from '../../src/report/parts/place.js';

const options: RenderOptions = { width_columns: 100, color: false, all: false, quiet: false, folder: 'analytics' };

test.each([
  ['reports/late.sql Late cases (reports/late.sql:14)', 'analytics/reports/late.sql', 14],
  ['reports/late.sql:14', 'analytics/reports/late.sql', 14],
  ['boards/floor.json', 'analytics/boards/floor.json', 1],
  ['exports/metabase.zip!/cards/1.json', 'analytics/exports/metabase.zip', 1],
  ['grafana panel Floor / Late', 'analytics/tidemark.yaml', 1],
  ['grafana panel Floor / Late v1.x', 'analytics/tidemark.yaml', 1],
  ['../elsewhere/a.sql', 'analytics/../elsewhere/a.sql'.replace('analytics/../', ''), 1],
  ['replica', 'analytics/tidemark.yaml', 1],
  ['https://bi.example/api/card.json', 'analytics/tidemark.yaml', 1],
])('a gap of %s is shown on %s, line %i', (subject, path, line) => {
  expect(gapPlace({ subject, missing: 'its queries', cause: 'the JSON ends in the middle', remedy: null, severity: 'partial' }, options)).toMatchObject({ path, line });
});
