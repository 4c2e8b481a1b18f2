import { describe, expect, test } from 'vitest';
import { parseConfiguration } from '../../src/config/parse.js';
import { ConfigurationError } from '../../src/config/problem.js';

const environment = { KEY: 'mb_1234567', DB: 'postgresql://ro:Gezeiten7@db.example:5433/metabase?sslmode=require' };

function sourcesOf(yaml: string, connects = true) {
  return parseConfiguration(`sources:\n${yaml}`, '/srv', { environment, connects, displayName: 'tidemark.yaml' }).configuration.sources;
}

function refusal(yaml: string): string {
  try {
    sourcesOf(yaml);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error('was not refused');
}

describe('a source', () => {
  test('is a path, the address of a tool with a token, or the database of a tool; it is named without credentials', () => {
    expect(
      sourcesOf(`
  - path: exports
  - { tool: metabase, url: "https://bi.example/metabase/", token: "\${env:KEY}" }
  - { tool: superset, url: "https://superset.example", username: audit, password: "\${env:KEY}" }
  - { tool: metabase, url: "\${env:DB}" }
`),
    ).toEqual([
      { path: 'exports', tool: null, store: null },
      { path: 'https://bi.example/metabase', tool: 'metabase', store: null, remote: { kind: 'api', url: 'https://bi.example/metabase/', token: 'mb_1234567', username: null, password: null } },
      { path: 'https://superset.example', tool: 'superset', store: null, remote: { kind: 'api', url: 'https://superset.example/', token: null, username: 'audit', password: 'mb_1234567' } },
      { path: 'postgresql://db.example:5433/metabase', tool: 'metabase', store: null, remote: { kind: 'database', url: environment.DB, token: null, username: null, password: null } },
    ]);
  });

  test('needs none of its secrets where nothing is asked', () => {
    expect(sourcesOf('  - { tool: metabase, url: "https://bi.example", token: "${env:NOWHERE}" }\n', false)[0]?.remote?.token).toBeNull();
    expect(sourcesOf('  - { tool: metabase, url: "${env:NOWHERE}" }\n', false)).toHaveLength(1);
  });

  test.each([
    ['neither path nor url', '  - { tool: metabase }'],
    ['both', '  - { tool: metabase, path: a, url: "https://bi.example" }'],
    ['an address without its tool', '  - { url: "https://bi.example" }'],
    ['an address of another kind', '  - { tool: metabase, url: "ftp://bi.example" }'],
    ['a token for a path', '  - { path: exports, token: "${env:KEY}" }'],
    ['a written token', '  - { tool: metabase, url: "https://bi.example", token: mb_1234567 }'],
    ['a written password in the address', '  - { tool: superset, url: "https://ines:Gezeiten7@bi.example" }'],
  ])('with %s is refused', (_, yaml) => {
    const message = refusal(`${yaml}\n`);
    expect(message).not.toMatch(/mb_1234567|Gezeiten7/);
    expect(message).toMatchSnapshot();
  });
});
