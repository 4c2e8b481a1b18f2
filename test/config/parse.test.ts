import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultLive } from '../../src/config/live-defaults.js';
import { parseConfiguration, type LoadOptions } from '../../src/config/parse.js';
import { ConfigurationError } from '../../src/config/problem.js';

const casework = `
stores:
  - name: production
    role: operational
    engine: postgres
    url: "\${env:CASEWORK_URL}"
    match: [{ tool: metabase, name: Production }, { tool: grafana, id: P1 }]
  - { name: warehouse, role: warehouse, engine: duckdb, url: data/warehouse.duckdb }
zones:
  secure: ["shop.customer", "analytics_secure.*"]
  internal: ["app.*", "shop.*"]
  contract: ["integration.v_*"]
sources:
  - path: dashboards/metabase
  - { path: reports, tool: sql-files, store: production }
consumers:
  - { match: { role: metabase_ro }, purpose: reporting, owner: Operations Analytics }
  - { match: { tool: grafana, dashboard: "Live *" }, owner: Case Management }
columns:
  "shop.customer.nickname": none
masking:
  functions: { Security.Tokenize: pseudonymous-keyed, blur_region: partial }
thresholds:
  analytical_bytes_per_call: 128MiB
  statement_timeout_seconds_max: 5 min
rules:
  metric-copied: off
  dashboard-selects-star: note
rule_folders: [./tidemark-rules]
`;

const environment = { CASEWORK_URL: 'postgresql://audit_ro:Gezeiten7@db.example/casework' };

function parse(text: string, options: Partial<LoadOptions> = {}) {
  return parseConfiguration(text, '/srv/casework', { environment, connects: true, displayName: 'tidemark.yaml', ...options });
}

function refusal(text: string, options: Partial<LoadOptions> = {}): string {
  try {
    parse(text, options);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error('was not refused');
}

describe('a configuration', () => {
  test('comes with its defaults, its paths from its own folder and its secrets resolved', () => {
    expect(parse(casework).configuration).toEqual({
      file: 'tidemark.yaml',
      stores: [
        {
          name: 'production',
          role: 'operational',
          engine: 'postgres',
          url: 'postgresql://audit_ro:Gezeiten7@db.example/casework',
          match: [
            { tool: 'metabase', name: 'Production' },
            { tool: 'grafana', id: 'P1' },
          ],
        },
        { name: 'warehouse', role: 'warehouse', engine: 'duckdb', url: '/srv/casework/data/warehouse.duckdb', match: [] },
      ],
      zones: [
        { zone: 'secure', patterns: ['shop.customer', 'analytics_secure.*'] },
        { zone: 'internal', patterns: ['app.*', 'shop.*'] },
        { zone: 'contract', patterns: ['integration.v_*'] },
      ],
      sources: [
        { path: 'dashboards/metabase', tool: null, store: null },
        { path: 'reports', tool: 'sql-files', store: 'production' },
      ],
      consumers: [
        { match: { role: 'metabase_ro' }, owner: 'Operations Analytics', purpose: 'reporting' },
        { match: { tool: 'grafana', dashboard: 'Live *' }, owner: 'Case Management', purpose: null },
      ],
      columns: [{ pattern: 'shop.customer.nickname', kind: 'none' }],
      maskingFunctions: { 'security.tokenize': 'pseudonymous-keyed', blur_region: 'partial' },
      thresholds: {
        analytical_bytes_per_call: 134_217_728,
        bounded_bytes_per_call: 1_048_576,
        privacy_confidence: 0.7,
        statement_timeout_seconds_max: 300,
        idle_in_transaction_timeout_seconds_max: 60, lock_timeout_seconds_max: 30, reporting_transaction_seconds_max: 300, reporting_temp_bytes_max: 20 * 2 ** 30,
        reporting_work_mem_bytes_max: 256 * 2 ** 20, reporting_parallel_workers_max: 1, growth_days: 180, unused_days: 90, scan_bytes_per_call_max: 10 * 2 ** 30, repeated_scan_bytes_max: 2 ** 40, scan_share_max: 0.25,
      },
      rules: { 'metric-copied': 'off', 'dashboard-selects-star': 'note' },
      ruleFolders: ['/srv/casework/tidemark-rules'],
      live: defaultLive,
    });
  });

  test('for a bundle needs no secret and holds none', () => {
    const { configuration } = parse(casework, { environment: {}, connects: false });
    expect(configuration.stores.map((store) => store.url)).toEqual([null, null]);
  });

  test('may be as short as one source', () => {
    expect(parse('sources: [{ path: reports }]').configuration.sources).toEqual([{ path: 'reports', tool: null, store: null }]);
  });

  test('does not look into what a variable holds', () => {
    const text = 'sources: [{ path: "${env:FOLDER}" }]';
    expect(parse(text, { environment: { FOLDER: '${env:HOME}' } }).configuration.sources[0]?.path).toBe('${env:HOME}');
  });
});

describe('what is refused, with place and next step', () => {
  test('a level of masking that there is none, and a call in place of a function', () => {
    expect(refusal(casework.replace('blur_region: partial', 'blur_region: partly'))).toMatchInlineSnapshot(`
      "tidemark.yaml:22:68 masking.functions.blur_region must be one of raw, reversible, pseudonymous-weak, pseudonymous-keyed, partial, aggregate, predicate, constant, not 'partly'
        22 | ions: { Security.Tokenize: pseudonymous-keyed, blur_region: partly }
           |                                                             ^"
    `);
    expect(refusal(casework.replace('blur_region: partial', '"blur_region(x)": partial'))).toMatchInlineSnapshot(`
      "tidemark.yaml:22:73 masking.functions.blur_region(x) names no function: write schema.name, or name for any schema, without arguments or quotes
        22 |  { Security.Tokenize: pseudonymous-keyed, "blur_region(x)": partial }
           |                                                             ^"
    `);
    expect(refusal(casework.replace('  functions: {', '  function: {'))).toMatchInlineSnapshot(`
      "tidemark.yaml:22:3 unknown key 'function' in masking; did you mean 'functions'?
        22 |   function: { Security.Tokenize: pseudonymous-keyed, blur_region: partial }
           |   ^"
    `);
  });

  test('an unknown key', () => {
    expect(refusal('sources: [{ path: reports }]\nzonse:\n  internal: ["app.*"]\n')).toMatchInlineSnapshot(`
      "tidemark.yaml:2:1 unknown key 'zonse'; did you mean 'zones'?
         2 | zonse:
           | ^"
    `);
    expect(refusal(casework.replace('role: operational', 'rol: operational'))).toMatchInlineSnapshot(`
      "tidemark.yaml:4:5 unknown key 'rol' in stores[0]; did you mean 'role'?
         4 |     rol: operational
           |     ^"
    `);
    expect(refusal(casework.replace('internal:', 'internl:'))).toMatchInlineSnapshot(`
      "tidemark.yaml:11:3 unknown key 'internl' in zones; did you mean 'internal'?
        11 |   internl: ["app.*", "shop.*"]
           |   ^"
    `);
    expect(refusal(casework.replace('owner: Case Management', 'team: Case Management'))).toMatchInlineSnapshot(`
      "tidemark.yaml:18:54 unknown key 'team' in consumers[1]; it may hold match, owner, purpose, decision, domain, level, freshness, history, authority, responsible, consulted
        18 |   - { match: { tool: grafana, dashboard: "Live *" }, team: Case Management }
           |                                                      ^"
    `);
  });

  test('a value of the wrong type or none of those allowed', () => {
    expect(refusal(casework.replace('role: warehouse,', 'role: warehous,'))).toMatchInlineSnapshot(`
      "tidemark.yaml:8:30 stores[1].role must be one of operational, replica, projection, warehouse, not 'warehous'; did you mean 'warehouse'?
         8 |   - { name: warehouse, role: warehous, engine: duckdb, url: data/warehouse.duckdb }
           |                              ^"
    `);
    expect(refusal(casework.replace('name: production', 'name: 2024'))).toMatchInlineSnapshot(`
      "tidemark.yaml:3:11 stores[0].name must be a text, not a number
         3 |   - name: 2024
           |           ^"
    `);
    expect(refusal(casework.replace('["integration.v_*"]', 'integration.v_*'))).toMatchInlineSnapshot(`
      "tidemark.yaml:12:13 zones.contract must be a list, not a text
        12 |   contract: integration.v_*
           |             ^"
    `);
    expect(refusal(casework.replace('metric-copied: off', 'metric-copied: false'))).toMatchInlineSnapshot(`
      "tidemark.yaml:27:18 rules.metric-copied must be one of error, warning, note, off, not false
        27 |   metric-copied: false
           |                  ^"
    `);
    expect(refusal(casework.replace('128MiB', '128 megs'))).toMatchInlineSnapshot(`
      "tidemark.yaml:24:30 thresholds.analytical_bytes_per_call must be a number of bytes or a text such as 64MiB
        24 |   analytical_bytes_per_call: 128 megs
           |                              ^"
    `);
    expect(refusal(casework.replace('5 min', '-5'))).toMatchInlineSnapshot(`
      "tidemark.yaml:25:34 thresholds.statement_timeout_seconds_max must be at least 0
        25 |   statement_timeout_seconds_max: -5
           |                                  ^"
    `);
    expect(refusal(casework.replace('{ role: metabase_ro }', '{}'))).toMatchInlineSnapshot(`
      "tidemark.yaml:17:14 consumers[0].match must have at least one of tool, title, dashboard, file, role
        17 |   - { match: {}, purpose: reporting, owner: Operations Analytics }
           |              ^"
    `);
    expect(refusal('stores:\nsources: [{ path: reports }]')).toMatchInlineSnapshot(`
      "tidemark.yaml:1:8 stores must be a list, not empty
         1 | stores:
           |        ^"
    `);
    expect(refusal('just a sentence')).toMatchInlineSnapshot(`
      "tidemark.yaml:1:1 the file must be a map of keys to values, not a text
         1 | just a sentence
           | ^"
    `);
  });

  test('a key that is missing', () => {
    expect(refusal('stores:\n  - name: production\n    engine: postgres\n')).toMatchInlineSnapshot(`
      "tidemark.yaml:2:5 stores[0].role is missing: one of operational, replica, projection, warehouse
         2 |   - name: production
           |     ^"
    `);
    expect(refusal('stores: [{ name: warehouse, role: warehouse, engine: duckdb }]')).toMatchInlineSnapshot(`
      "tidemark.yaml:1:10 stores[0].url is missing: the DuckDB file
         1 | stores: [{ name: warehouse, role: warehouse, engine: duckdb }]
           |          ^"
    `);
  });

  test('a store that is named twice or not at all', () => {
    expect(refusal(casework.replace('name: warehouse', 'name: production'))).toMatchInlineSnapshot(`
      "tidemark.yaml:8:13 there are two stores named 'production'
         8 |   - { name: production, role: warehouse, engine: duckdb, url: data/warehouse.duckdb }
           |             ^"
    `);
    expect(refusal(casework.replace('store: production', 'store: prodution'))).toMatchInlineSnapshot(`
      "tidemark.yaml:15:46 there is no store 'prodution'; did you mean 'production'?
        15 |   - { path: reports, tool: sql-files, store: prodution }
           |                                              ^"
    `);
  });

  test('a variable that is not set', () => {
    expect(refusal(casework, { environment: { CASEWORK_URI: 'x' } })).toMatchInlineSnapshot(`
      "tidemark.yaml:6:11 the environment variable CASEWORK_URL is not set; did you mean 'CASEWORK_URI'?
         6 |     url: "\${env:CASEWORK_URL}"
           |           ^"
    `);
    expect(refusal(casework.replace('${env:CASEWORK_URL}', '${CASEWORK_URL}'))).toMatchInlineSnapshot(`
      "tidemark.yaml:6:11 \${CASEWORK_URL} is not known here; an environment variable is written \${env:NAME}
         6 |     url: "\${CASEWORK_URL}"
           |           ^"
    `);
  });

  test('a password that stands in the file, without repeating it', () => {
    const written = refusal(casework.replace('${env:CASEWORK_URL}', 'postgresql://audit_ro:Gezeiten7@db.example/casework'));
    expect(written).toMatchInlineSnapshot(`
      "tidemark.yaml:6:10 stores[0].url holds a password, and this file is read by many; write \${env:NAME} in its place
         6 |     url: "postgresql://audit_ro:***@db.example/casework"
           |          ^"
    `);
    const asKey = refusal(casework.replace('match: [{ tool: metabase', 'password: Gezeiten7\n    match: [{ tool: metabase'));
    expect(asKey).toMatchInlineSnapshot(`
      "tidemark.yaml:7:5 unknown key 'password' in stores[0]; it may hold name, role, engine, url, credentials, scan_max, attach, match
         7 |     password: ***
           |     ^"
    `);
    expect(written + asKey).not.toContain('Gezeiten7');
    const inParts = 'postgresql://audit_ro:${env:CASEWORK_PASSWORD}@db.example/casework';
    const { configuration } = parse(casework.replace('${env:CASEWORK_URL}', inParts), { environment: { CASEWORK_PASSWORD: 's3cret!' } });
    expect(configuration.stores[0]?.url).toBe('postgresql://audit_ro:s3cret!@db.example/casework');
  });

  test('no YAML', () => {
    expect(refusal('stores:\n  - name: production\n   role: operational\n')).toMatchInlineSnapshot(`
      "tidemark.yaml:3:1 is no YAML: Sequence item without - indicator
         3 |    role: operational
           | ^"
    `);
    expect(refusal('sources: [{ path: "reports }]')).toMatchInlineSnapshot(`
      "tidemark.yaml:1:30 is no YAML: Missing closing "quote
         1 | sources: [{ path: "reports }]
           |                              ^"
    `);
    expect(refusal('rules:\n  metric-copied: off\n  metric-copied: note\n')).toMatchInlineSnapshot(`
      "tidemark.yaml:3:3 is no YAML: Map keys must be unique
         3 |   metric-copied: note
           |   ^"
    `);
    expect(refusal('sources: [{ path: *reports }]')).toMatchInlineSnapshot(`
      "tidemark.yaml:1:19 there is no anchor &reports before *reports; quote a text that begins with *
         1 | sources: [{ path: *reports }]
           |                   ^"
    `);
  });

  test('nothing in it', () => {
    expect(refusal('')).toMatchInlineSnapshot(`"tidemark.yaml names no store and no source, so there is nothing to look at; tidemark schema prints what it may hold"`);
    expect(refusal('rules: { metric-copied: off }')).toBe(refusal(''));
  });

  test('several mistakes, all at once', () => {
    const text = casework.replace('engine: postgres', 'engine: postgre').replace('zones:', 'zone:').replace('purpose: reporting', 'purpose: reports');
    expect(refusal(text)).toMatchInlineSnapshot(`
      "tidemark.yaml:5:13 stores[0].engine must be one of bigquery, clickhouse, databricks, duckdb, postgres, redshift, snowflake, trino, not 'postgre'; did you mean 'postgres'?
         5 |     engine: postgre
           |             ^
      tidemark.yaml:9:1 unknown key 'zone'; did you mean 'zones'?
         9 | zone:
           | ^
      tidemark.yaml:17:46 consumers[0].purpose must be one of application, reporting, loader, person, administration, unknown, not 'reports'
        17 |   - { match: { role: metabase_ro }, purpose: reports, owner: Operations Analytics }
           |                                              ^"
    `);
  });

  test('long and strange lines, shown around the caret and without what is not seen', () => {
    const line = `sources: [{ path: reports, ${'path_of_the_folder: x, '.repeat(1)}title: "${'ä'.repeat(300)}\\e[31m\u202E" }]`;
    const message = refusal(line.replace('\\e', '\u001B'));
    expect(Math.max(...message.split('\n').map((shown) => shown.length))).toBeLessThan(160);
    expect(message).not.toMatch(/[\u001B\u202E]/);
  });

  test('anchors that expand without end', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]}, `.repeat(9)}]`)].join('\n');
    expect(refusal(bomb)).toMatchInlineSnapshot(`"tidemark.yaml expands its aliases (*name) without end"`);
  });

  test('more aliases than a person writes', () => {
    expect(refusal(`sources: [{ path: &reports reports }, ${'{ path: *reports }, '.repeat(200)}]`)).toMatchInlineSnapshot(`"tidemark.yaml uses more than 100 aliases (*name), which no configuration needs"`);
  });

  test('nesting without end', () => {
    expect(refusal('- '.repeat(100_000))).toMatchInlineSnapshot(`"tidemark.yaml is nested too deeply for a configuration"`);
    expect(refusal(`sources: ${'['.repeat(200_000)}`)).toMatchInlineSnapshot(`"tidemark.yaml is nested too deeply for a configuration"`);
  });
});

describe('whatever the text', () => {
  test('a configuration or a ConfigurationError comes of it, and the error shows no secret of the environment', () => {
    const fragment = fc.constantFrom(
      'stores', 'zones', 'sources', 'path', 'url', 'rules', ': ', '- ', '\n', '  ', '[', ']', '{', '}', '"', "'", '&a ', '*a', '${env:SECRET}', '!!js ', '|', '> ', '#', '---\n', 'operational', ', ', '\t', '%',
    );
    const text = fc.oneof(fc.array(fc.oneof(fragment, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 40 }).map((parts) => parts.join('')), fc.json());
    fc.assert(
      fc.property(text, (written) => {
        try {
          parse(written, { environment: { SECRET: 'Gezeiten7' } });
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
          expect(String(error)).not.toContain('Gezeiten7');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('levels of rules', () => {
  test('name rules that exist', () => {
    const { checkRuleIds } = parse(casework);
    expect(() => checkRuleIds(['metric-copied', 'dashboard-selects-star'])).not.toThrow();
    expect(() => checkRuleIds(['metrics-copied', 'dashboard-selects-star'])).toThrowErrorMatchingInlineSnapshot(`
      [ConfigurationError: tidemark.yaml:27:3 there is no rule 'metric-copied'; did you mean 'metrics-copied'?
        27 |   metric-copied: off
           |   ^]
    `);
  });
});
