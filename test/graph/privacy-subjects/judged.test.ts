import { beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../../src/audit.js';
import type { Catalog } from '../../../src/model/catalog.js';
import type { Finding } from '../../../src/model/finding.js';
import type { ColumnDeclaration } from '../../../src/model/personal-column.js';
import type { CollectedQuery } from '../../../src/model/query.js';
import type { StoreSnapshot } from '../../../src/model/snapshot.js';
import { loadRules } from '../../../src/rules/load.js';
import { catalogFromDdl } from '../../../src/sql/parse/postgres/ddl.js';
import { card, configuration, role, store } from '../../support/estate.js';

let shop: Catalog;
let mart: Catalog;

beforeAll(async () => {
  shop = await catalogFromDdl(`
    CREATE TABLE shop.customer (
      customer_id bigint PRIMARY KEY, full_name text, email text, phone text, date_of_birth date, gender text, postal_code text, city text, country_code text
    );
    CREATE VIEW shop.callback AS SELECT customer_id, phone FROM shop.customer;
    CREATE VIEW shop.callback_ending AS SELECT customer_id, right(phone, 2) AS ending FROM shop.customer;
  `);
  mart = await catalogFromDdl(`
    CREATE TABLE raw.customer (customer_id bigint, full_name text, email text, phone text);
    CREATE TABLE secure.contact (customer_id bigint, full_name text, email text, phone text);
    CREATE TABLE mart.newsletter (subscriber_ref text, country_code text);
  `);
});

const ZONES = [
  { zone: 'internal' as const, patterns: ['shop.*'] }, { zone: 'raw' as const, patterns: ['raw.*'] },
  { zone: 'secure' as const, patterns: ['secure.*'] }, { zone: 'mart' as const, patterns: ['mart.*'] },
];

interface Given {
  queries?: CollectedQuery[];
  declarations?: ColumnDeclaration[];
  production?: Catalog;
  warehouse?: Partial<StoreSnapshot>;
}

/** Findings of rules on privacy, but for those on single cards that show columns. */
async function judged({ queries = [], declarations = [], production = shop, warehouse = {} }: Given): Promise<Finding[]> {
  const stores = [store(production), store(mart, { name: 'warehouse', role: 'warehouse', database: 'dwh', statementWindow: null, ...warehouse })];
  const settings = configuration({
    zones: ZONES, consumers: [{ match: { role: 'metabase_ro' }, owner: null, purpose: 'reporting' }],
    stores: stores.map(({ name, role: is, engine, database }) => ({ name, role: is, engine, url: null, match: [{ database }] })),
  });
  const snapshot = { takenAt: '2026-09-01T08:00:00.000Z', stores, queries, sources: [], gaps: [], columnDeclarations: declarations };
  const { findings } = await audit(snapshot, settings, await loadRules(), '0.0.0');
  return findings.filter(({ area }) => area === 'privacy');
}

const lines = (findings: Finding[], ...rules: string[]): string[] => findings.filter(({ ruleId }) => rules.includes(ruleId)).map(({ ruleId, relation }) => `${ruleId} | ${relation}`).sort();

function warehouseCard(sql: string, overrides: Partial<CollectedQuery> = {}): CollectedQuery {
  return card(sql, { id: 'metabase:dwh:card:9', title: 'Contacts', connection: { id: '3', name: 'Warehouse', engine: 'postgres', host: null, database: 'dwh' }, ...overrides });
}

/** A model of dbt, as its tool says what it makes. */
function model(name: string, schema: string, sql: string): CollectedQuery {
  return warehouseCard(sql, { id: `dbt:model.dwh.${name}`, kind: 'dbt', role: 'relation', title: name, container: null, builds: { schema, name, materialization: 'table' } });
}

describe('figures over groups of persons', () => {
  const message = async (sql: string): Promise<string | undefined> => (await judged({ queries: [card(sql)] })).find(({ ruleId }) => ruleId === 'small-groups-shown')?.message;
  const NAME = 'metabase card 118 Open cases shows figures by';

  test.each([
    ['year of birth and postal code', 'SELECT postal_code, extract(year FROM date_of_birth), count(*) FROM shop.customer GROUP BY 1, 2', 'date_of_birth (partial), postal_code'],
    ['day of birth alone', 'SELECT date_of_birth, count(*) FROM shop.customer GROUP BY date_of_birth', 'date_of_birth'],
    ['day of birth, gender and postal code', 'SELECT date_of_birth, gender, postal_code, sum(customer_id) FROM shop.customer GROUP BY 1, 2, 3', 'date_of_birth, gender, postal_code'],
    ['groups of two are left in', 'SELECT postal_code, gender, count(*) FROM shop.customer GROUP BY 1, 2 HAVING count(*) > 1', 'gender, postal_code'],
  ])('%s', async (_, sql, labels) => {
    expect(await message(sql)).toBe(`${NAME} ${labels}, for groups of a few persons too`);
  });

  test.each([
    ['by country', 'SELECT country_code, count(*) FROM shop.customer GROUP BY country_code'],
    ['by gender alone', 'SELECT gender, count(*) FROM shop.customer GROUP BY gender'],
    ['by city and gender', 'SELECT city, gender, count(*) FROM shop.customer GROUP BY city, gender'],
    ['small groups left out', 'SELECT postal_code, gender, count(*) FROM shop.customer GROUP BY 1, 2 HAVING count(*) >= 10'],
    ['small groups left out around it', 'SELECT * FROM (SELECT postal_code, gender, count(*) AS n FROM shop.customer GROUP BY 1, 2) AS g WHERE n >= 10'],
    ['small groups not told', 'SELECT postal_code, gender, CASE WHEN count(*) < 10 THEN NULL ELSE count(*) END FROM shop.customer GROUP BY 1, 2'],
    ['counted by groups that are not shown', 'SELECT count(*) FROM (SELECT postal_code, date_of_birth FROM shop.customer GROUP BY 1, 2) AS g'],
    ['duplicates removed, nothing counted', 'SELECT postal_code, gender FROM shop.customer GROUP BY 1, 2'],
  ])('no finding: %s', async (_, sql) => {
    expect(await message(sql)).toBeUndefined();
  });
});

describe('a masking rule', () => {
  const labelled = (catalog: Catalog): Catalog => ({
    ...catalog,
    relations: catalog.relations.map((relation) => ({
      ...relation,
      columns: relation.columns.map((column) => (relation.name === 'customer' && column.name === 'phone' ? { ...column, label: "MASKED WITH FUNCTION anon.partial(phone, 0, '***', 2)" } : column)),
    })),
  });

  test('is not applied by the view that shows the column, and does not matter where a part is left', async () => {
    expect(lines(await judged({ production: labelled(shop) }), 'masking-rule-not-applied')).toEqual(['masking-rule-not-applied | shop.callback']);
  });

  test('of the view itself is one', async () => {
    const both = labelled(shop);
    const view = both.relations.find(({ name }) => name === 'callback');
    for (const column of view?.columns ?? []) if (column.name === 'phone') column.label = 'MASKED WITH VALUE NULL';
    expect(lines(await judged({ production: both }), 'masking-rule-not-applied')).toEqual([]);
  });
});

describe('copies in the warehouse', () => {
  const fill = [
    model('contact', 'secure', 'SELECT customer_id, full_name, email, phone FROM raw.customer'),
    model('newsletter', 'mart', "SELECT md5(email) AS subscriber_ref, 'GB' AS country_code FROM raw.customer"),
  ];
  const RULES = ['personal-data-copied-unused', 'weak-pseudonym-stored', 'personal-data-shown'];

  test('that no query uses are told, with what is left of the value; a model that moves data shows none', async () => {
    expect(lines(await judged({ queries: [...fill, warehouseCard('SELECT email FROM secure.contact')] }), ...RULES)).toEqual([
      'personal-data-copied-unused | secure.contact.full_name',
      'personal-data-copied-unused | secure.contact.phone',
      'personal-data-shown | secure.contact.email',
      'weak-pseudonym-stored | mart.newsletter.subscriber_ref',
    ]);
  });

  test('are undecided where nobody looked at what reads the warehouse', async () => {
    expect(lines(await judged({ queries: fill }), 'personal-data-copied-unused')).toEqual([]);
  });

  test('are undecided where a query that could not be read names the relation', async () => {
    const unread = warehouseCard('SELECT ((( FROM secure.contact', { id: 'metabase:dwh:card:10', title: 'Unread' });
    expect(lines(await judged({ queries: [...fill, warehouseCard('SELECT count(*) FROM mart.newsletter'), unread] }), 'personal-data-copied-unused')).toEqual([]);
  });

  test('that reports may read where they were landed are told with who may', async () => {
    const grants = [{ grantee: 'metabase_ro', schema: 'raw', relation: 'customer', privileges: ['SELECT (customer_id, email)'] }];
    const findings = await judged({ warehouse: { catalog: { ...mart, roles: [role('metabase_ro')], grants } } });
    expect(findings.filter(({ ruleId }) => ruleId === 'personal-data-open-to-reports').map(({ message }) => message)).toEqual(['raw.customer.email (email) in the raw zone of warehouse may be read by metabase_ro']);
  });
});

describe('declarations', () => {
  const declared = (relation: string, column: string, verdict: ColumnDeclaration['verdict'], by: string, words: string): ColumnDeclaration => {
    const [schema = null, name = ''] = relation.split('.');
    return { schema, relation: name, column, verdict, kind: null, words, by, store: null };
  };
  const RULES = ['declaration-against-name', 'declarations-contradict', 'classification-lowered'];

  test('that the name speaks against, that contradict, and that are lower than at the origin, each once', async () => {
    const findings = await judged({
      queries: [model('contact', 'secure', 'SELECT customer_id, full_name, email, phone FROM raw.customer')],
      declarations: [
        declared('raw.customer', 'full_name', 'personal', 'dbt model customer', 'meta.contains_pii: true'),
        declared('secure.contact', 'full_name', 'harmless', 'data contract contacts', 'classification: public'),
        declared('secure.contact', 'email', 'harmless', 'data contract contacts', 'classification: public'),
        declared('secure.contact', 'phone', 'harmless', 'data contract contacts', 'classification: public'),
        declared('secure.contact', 'phone', 'personal', 'dbt model contact', 'meta.contains_pii: true'),
      ],
    });
    expect(lines(findings, ...RULES)).toEqual([
      'classification-lowered | secure.contact.full_name',
      'declaration-against-name | secure.contact.email',
      'declarations-contradict | secure.contact.phone',
    ]);
    expect(findings.find(({ ruleId }) => ruleId === 'declarations-contradict')?.evidence).toContain('data contract contacts: classification: public');
  });

  test('that agree are no finding', async () => {
    const same = ['raw.customer', 'secure.contact'].map((relation) => declared(relation, 'email', 'personal', `dbt model ${relation}`, 'meta.contains_pii: true'));
    expect(lines(await judged({ declarations: same }), ...RULES)).toEqual([]);
  });
});

describe('how a card leaves its tool', () => {
  const SQL = 'SELECT email FROM shop.customer';
  const RULES = ['personal-data-shown', 'personal-data-delivered', 'personal-data-on-embedded-dashboard', 'personal-data-on-public-dashboard'];
  const mail = [{ kind: 'mail' as const, format: 'csv', schedule: 'daily at 8:00' }];

  test.each([
    ['shown to staff', {}, ['personal-data-shown']],
    ['embedded', { isEmbedded: true }, ['personal-data-on-embedded-dashboard']],
    ['sent', { deliveries: mail }, ['personal-data-delivered']],
    ['sent and embedded', { deliveries: mail, isEmbedded: true }, ['personal-data-delivered', 'personal-data-on-embedded-dashboard']],
    ['public and sent', { deliveries: mail, isPublic: true }, ['personal-data-delivered', 'personal-data-on-public-dashboard']],
  ])('%s', async (_, overrides, rules) => {
    const findings = await judged({ queries: [card(SQL, overrides)] });
    expect(lines(findings, ...RULES)).toEqual(rules.map((rule) => `${rule} | shop.customer.email`));
  });
});
