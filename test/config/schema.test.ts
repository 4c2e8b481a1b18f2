import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defaultThresholds } from '../../src/config/defaults.js';
import { parseConfiguration } from '../../src/config/parse.js';
import { jsonSchema } from '../../src/config/schema.js';

test('the published schema names every key, refuses others, and knows the words of the product', () => {
  const schema = jsonSchema();
  expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', additionalProperties: false });
  expect(Object.keys(schema.properties ?? {})).toEqual(['stores', 'zones', 'sources', 'consumers', 'columns', 'masking', 'thresholds', 'rules', 'rule_folders', 'baseline', 'waivers', 'migrations', 'assets', 'concepts', 'review', 'metrics', 'data_products', 'streams', 'reconcile', 'control', 'contracts', 'dbt', 'notify', 'live']);
  const text = JSON.stringify(schema);
  for (const word of ['operational', 'read_model', 'duckdb', 'administration', '${env:NAME}']) expect(text).toContain(word);
  for (const threshold of Object.keys(defaultThresholds)) expect(text).toContain(`"${threshold}"`);
});

test('the configuration of the example estate is one', () => {
  const folder = new URL('../../fixtures/estate/', import.meta.url).pathname;
  const { configuration } = parseConfiguration(readFileSync(`${folder}tidemark.yaml`, 'utf8'), folder, {
    environment: {},
    connects: false,
    displayName: 'tidemark.yaml',
  });
  expect(configuration.stores.map(({ name }) => name)).toEqual(['production', 'warehouse']);
  expect(configuration.zones[0]).toEqual({ zone: 'internal', patterns: ['app.*', 'shop.*'] });
});
