import { describe, expect, test } from 'vitest';
import { privacyOf } from '../../src/audit.js';
import type { CollectedQuery } from '../../src/model/query.js';
import { findingsOf, given, journeysOf, model, privacy, shows, type System, type SystemStore } from './privacy/system.js';

/** Shapes that invite claims which are not so. What is expected of each was written before it was looked at. */
const PERSON = 'id bigint, full_name text, email text';

const shop = (ddl: string, ran: Record<string, string[]> = {}): SystemStore => ({ name: 'shop', role: 'operational', ddl, ran });
const dwh = (ddl: string, ran: Record<string, string[]> = {}): SystemStore => ({ name: 'dwh', role: 'warehouse', ddl, ran });
const alone = (ddl: string, queries: CollectedQuery[] = [], ran: Record<string, string[]> = {}): System => ({ stores: [dwh(ddl, ran)], queries });
const told = async (system: System): Promise<Record<string, string[]>> => journeysOf(await privacy(await given(system)));

describe('circles', () => {
  test('of two models have one origin, and end', async () => {
    const system = alone('CREATE TABLE core.a (id bigint, email text); CREATE TABLE core.b (id bigint, email text);', [
      model('dwh', 'core', 'a', 'SELECT id, email FROM core.b'), model('dwh', 'core', 'b', 'SELECT id, email FROM core.a'),
    ]);
    expect(await told(system)).toEqual({ 'dwh core.a.email email': ['> dwh core.b.email raw model certain'] });
  });

  test('of an incremental model with itself are none', async () => {
    const system = alone(`CREATE TABLE raw.customer (${PERSON}); CREATE TABLE mart.contact (id bigint, email text);`, [
      model('dwh', 'mart', 'contact', 'SELECT id, md5(email) AS email FROM raw.customer UNION ALL SELECT id, email FROM mart.contact'),
    ]);
    expect(await told(system)).toMatchObject({ 'dwh raw.customer.email email': ['> dwh mart.contact.email pseudonymous-weak model certain'] });
    expect(Object.keys(await told(system))).not.toContain('dwh mart.contact.email email');
  });
});

test('a table of 300 columns has one of personal data, through a star and under a card', async () => {
  const columns = Array.from({ length: 299 }, (_, each) => `metric_${each + 1} numeric`).join(', ');
  const system = alone(`CREATE TABLE raw.reading (${columns}, email text); CREATE VIEW raw.all_readings AS SELECT * FROM raw.reading;`, [shows('redash', 1, 'All', 'dwh', 'SELECT * FROM raw.all_readings')]);
  expect(await told(system)).toEqual({ 'dwh raw.reading.email email': ['= redash query 1 All shown raw', '> dwh raw.all_readings.email raw view certain'] });
});

test('of ten tables of one name no one is taken for the source, and that is said', async () => {
  const tenants = Array.from({ length: 10 }, (_, each) => `CREATE TABLE tenant_${each}.customers (${PERSON});`).join('\n');
  const { snapshot, settings } = await given({ stores: [shop(tenants), dwh(`CREATE TABLE raw.customers (${PERSON});`)], queries: [] });
  const { movements, report } = await privacyOf(snapshot, settings, '0.0.0');
  expect(movements).toEqual([]);
  expect(report.assumptions).toContain('raw.customers on dwh fits several relations of other stores alike: what came over from where is not followed');
});

test('a loader that reads everything fills only what is like what it reads', async () => {
  const names = ['customer', 'machine', 'shipment', 'invoice_line', 'supplier'];
  const tables = names.map((name) => `CREATE TABLE app.${name} (id bigint PRIMARY KEY, ${name}_code text, ${name === 'customer' ? 'full_name text, email text' : 'weight numeric, colour text'});`).join('\n');
  const system: System = {
    stores: [
      shop(tables, { loader: names.map((name) => `SELECT * FROM app.${name}`) }),
      dwh('CREATE TABLE raw.customer (id bigint, customer_code text, full_name text, email text); CREATE TABLE raw.newsletter (id bigint, email text); CREATE TABLE raw.machine (id bigint, machine_code text, weight numeric, colour text);'),
    ],
    queries: [],
  };
  expect(await told(system)).toEqual({
    'shop app.customer.email email': ['> dwh raw.customer.email raw load likely'],
    'shop app.customer.full_name full_name': ['> dwh raw.customer.full_name raw load likely'],
    // An e-mail address of which nothing says that it came from there.
    'dwh raw.newsletter.email email': [],
  });
});

test('what a loader leaves empty does not come from where it reads', async () => {
  const system: System = {
    stores: [shop(`CREATE TABLE app.customer (${PERSON}, PRIMARY KEY (id));`, { loader: ['SELECT id, full_name, NULL::text AS email FROM app.customer'] }), dwh(`CREATE TABLE raw.customer (${PERSON});`)],
    queries: [],
  };
  const found = await told(system);
  expect(found['shop app.customer.full_name full_name']).toEqual(['> dwh raw.customer.full_name raw load likely']);
  expect(found['shop app.customer.email email']).toEqual([]);
});

test('views over views, 30 deep, are 30 stops, and the card on the last shows the first', async () => {
  const views = Array.from({ length: 30 }, (_, each) => `CREATE VIEW raw.v${each + 1} AS SELECT id, email FROM raw.${each === 0 ? 'customer' : `v${each}`};`).join('\n');
  const found = await told(alone(`CREATE TABLE raw.customer (id bigint, email text);\n${views}`, [shows('redash', 1, 'Last', 'dwh', 'SELECT email FROM raw.v30')]));
  const stops = Array.from({ length: 30 }, (_, each) => `> dwh raw.v${each + 1}.email raw view certain`);
  expect(found).toEqual({ 'dwh raw.customer.email email': ['= redash query 1 Last shown raw', ...stops].sort() });
});

describe('statements', () => {
  const TABLES = `CREATE TABLE raw.customer (${PERSON}); CREATE TABLE raw.product (id bigint, code text);`;

  test('by temporary tables of one name in two hands', async () => {
    const system = alone(`${TABLES} CREATE TABLE mart.x (contact text); CREATE TABLE mart.y (label text);`, [], {
      etl_one: ['CREATE TEMP TABLE t AS SELECT email FROM raw.customer', 'INSERT INTO mart.x (contact) SELECT email FROM t'],
      etl_two: ['CREATE TEMP TABLE t AS SELECT code AS email FROM raw.product', 'INSERT INTO mart.y (label) SELECT email FROM t'],
    });
    const found = await told(system);
    expect(found['dwh raw.customer.email email']).toContain('> dwh mart.x.contact raw statement certain');
    expect(JSON.stringify(found)).not.toContain('mart.y');
  });

  test('MERGE', async () => {
    const system = alone(`${TABLES} CREATE TABLE mart.contact (id bigint, reach text, product text);`, [], {
      etl: ['MERGE INTO mart.contact c USING (SELECT u.id, u.email AS e, p.code FROM raw.customer u JOIN raw.product p USING (id)) s ON c.id = s.id WHEN MATCHED THEN UPDATE SET reach = s.e WHEN NOT MATCHED THEN INSERT (id, reach, product) VALUES (s.id, lower(s.e), s.code)'],
    });
    const found = await told(system);
    expect(found['dwh raw.customer.email email']).toContain('> dwh mart.contact.reach raw statement certain');
    expect(JSON.stringify(found)).not.toContain('mart.contact.product');
  });

  test('INSERT … SELECT * goes by position, whatever the columns are called', async () => {
    const system = alone(`${TABLES} CREATE TABLE mart.people (person_id bigint, who text, contact text); CREATE TABLE mart.swapped (k bigint, one text, two text);`, [], {
      etl: ['INSERT INTO mart.people SELECT * FROM raw.customer', 'INSERT INTO mart.swapped (k, two, one) SELECT * FROM raw.customer'],
    });
    const found = await told(system);
    expect(found['dwh raw.customer.full_name full_name']?.filter((line) => line.startsWith('>'))).toEqual(['> dwh mart.people.who raw statement certain', '> dwh mart.swapped.two raw statement certain']);
    expect(found['dwh raw.customer.email email']?.filter((line) => line.startsWith('>'))).toEqual(['> dwh mart.people.contact raw statement certain', '> dwh mart.swapped.one raw statement certain']);
  });
});

describe('a column that is called like personal data', () => {
  const RAW = `CREATE TABLE raw.customer (${PERSON});`;
  const origins = async (ddl: string, queries: CollectedQuery[] = [], ran: Record<string, string[]> = {}): Promise<string[]> =>
    Object.keys(await told(alone(RAW + ddl, queries, ran))).filter((origin) => !origin.startsWith('dwh raw.customer.'));
  const contact = 'CREATE TABLE mart.contact (id bigint, email text);';

  test.each([
    ['a literal of a view', "CREATE VIEW mart.contact AS SELECT id, 'n/a' AS email FROM raw.customer;"],
    ['NULL of a materialised view', 'CREATE MATERIALIZED VIEW mart.contact AS SELECT id, NULL::text AS email FROM raw.customer;'],
    ['a literal, and views over it', "CREATE VIEW mart.c1 AS SELECT id, coalesce(NULL, 'n/a') AS email FROM raw.customer; CREATE VIEW mart.c2 AS SELECT * FROM mart.c1; CREATE VIEW mart.c3 AS SELECT lower(email) AS email FROM mart.c2;"],
    ['a count, and a view over it', 'CREATE VIEW mart.c1 AS SELECT count(email) AS email FROM raw.customer; CREATE VIEW mart.c2 AS SELECT email FROM mart.c1;'],
    ['which of two texts, by whether there is one', "CREATE VIEW mart.contact AS SELECT id, CASE WHEN email IS NULL THEN 'no' ELSE 'yes' END AS email FROM raw.customer;"],
  ])('holds nothing of a person: %s', async (_, ddl) => {
    expect(await origins(ddl)).toEqual([]);
  });

  test('holds nothing of a person: NULL of a model in the steps of dbt', async () => {
    const sql = 'with source as (select * from raw.customer), renamed as (select id, null as email from source) select * from renamed';
    expect(await origins(contact, [model('dwh', 'mart', 'contact', sql)])).toEqual([]);
  });

  test.each([
    ['a literal here and a value there', 'CREATE VIEW mart.contact AS SELECT id, NULL AS email FROM raw.customer UNION ALL SELECT id, email FROM raw.customer;'],
    ['a value where there is one', "CREATE VIEW mart.contact AS SELECT id, coalesce(email, 'n/a') AS email FROM raw.customer;"],
  ])('holds what comes in: %s', async (_, ddl) => {
    expect((await told(alone(RAW + ddl)))['dwh raw.customer.email email']).toEqual(['> dwh mart.contact.email raw view certain']);
  });

  test.each([
    ['rows of a function', 'CREATE VIEW mart.contact AS SELECT p.email FROM people_of(1) AS p(email text);'],
    ['a function that nobody knows', 'CREATE VIEW mart.contact AS SELECT id, address_of(id) AS email FROM raw.customer;'],
    ['rows that stand in the text', "CREATE VIEW mart.contact AS SELECT v.email FROM (VALUES ('anna.berg@example.org'), ('j.ortiz@example.org')) AS v(email);"],
    ['an address that stands in the text', "CREATE VIEW mart.contact AS SELECT id, 'anna.berg@example.org' AS email FROM raw.customer;"],
  ])('may hold what nobody can tell: %s', async (_, ddl) => {
    expect(await origins(ddl)).toEqual(['dwh mart.contact.email email']);
  });

  test('may hold what a statement writes into it beside the model', async () => {
    const found = await told(alone(RAW + contact, [model('dwh', 'mart', 'contact', 'SELECT id, NULL AS email FROM raw.customer')], { etl: ['UPDATE mart.contact c SET email = r.email FROM raw.customer r WHERE r.id = c.id'] }));
    expect(found['dwh raw.customer.email email']).toContain('> dwh mart.contact.email raw statement certain');
  });
});

test('only what policies compare with the session, and what is no person, says whose a row is', async () => {
  const system: System = {
    stores: [shop(`
      CREATE TABLE app.message (id bigint PRIMARY KEY, user_id bigint, firm_id bigint, deleted boolean, weight int);
      ALTER TABLE app.message ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON app.message USING (user_id = current_setting('app.user')::bigint AND NOT deleted);
      CREATE TABLE app.task (id bigint PRIMARY KEY, user_id bigint, firm_id bigint, deleted boolean, weight int);
      ALTER TABLE app.task ENABLE ROW LEVEL SECURITY;
      CREATE POLICY of_firm ON app.task USING (firm_id = current_setting('app.firm')::bigint AND NOT deleted);
      CREATE TABLE app.parcel (id bigint PRIMARY KEY, user_id bigint, firm_id bigint, deleted boolean, weight int);
      CREATE MATERIALIZED VIEW app.parcel_weight AS SELECT id, firm_id, weight FROM app.parcel;
      CREATE MATERIALIZED VIEW app.parcel_heavy AS SELECT id, user_id, deleted FROM app.parcel WHERE weight > 10;
      CREATE MATERIALIZED VIEW app.message_weight AS SELECT id, firm_id, weight FROM app.message;
    `)],
    queries: [],
  };
  expect(await findingsOf(await given(system))).toEqual([
    // Dropping who it was is no loss of a tenant; dropping the firm is.
    'row-security-not-carried | - | shop app.message_weight',
    'tenant-column-lost | - | shop app.parcel_heavy',
  ]);
});

describe('figures that are none', () => {
  const use = async (expression: string): Promise<string[]> => {
    const found = await told(alone(`CREATE TABLE raw.customer (${PERSON}, region text);`, [shows('redash', 1, 'Card', 'dwh', `SELECT region, ${expression} AS figure FROM raw.customer GROUP BY region`)]));
    return found['dwh raw.customer.email email'] ?? [];
  };

  test.each(["string_agg(email, ', ')", 'array_agg(email)', 'json_agg(email)', 'max(email)', 'min(lower(email))', 'any_value(email)', 'mode() WITHIN GROUP (ORDER BY email)', '(array_agg(email ORDER BY id))[1]'])('%s gives a person away', async (expression) => {
    expect(await use(expression)).toEqual(['= redash query 1 Card shown raw']);
  });

  test.each(['count(email)', 'count(DISTINCT email)', "count(*) FILTER (WHERE email IS NOT NULL)", 'avg(length(email))', "bool_or(email LIKE '%@example.org')"])('%s gives nobody away', async (expression) => {
    const uses = await use(expression);
    expect(uses.filter((line) => / (?:raw|reversible|pseudonymous-weak)$/.test(line))).toEqual([]);
  });
});

describe('what a publication gives', () => {
  const published = (landed: string): System => ({
    stores: [
      shop(`CREATE TABLE app.customer (${PERSON}, phone text, country text, PRIMARY KEY (id)); CREATE PUBLICATION cdc FOR TABLE app.customer (id, email, country) WHERE (country = 'ES');`),
      dwh(`CREATE TABLE raw.customer (${landed});`),
    ],
    queries: [],
  });

  test('is what its column list says: a column beside it came another way', async () => {
    const found = await told(published('id bigint, email text, country text, phone text'));
    expect(found['shop app.customer.email email']).toEqual(['> dwh raw.customer.email raw replication likely']);
    expect(found['shop app.customer.phone phone']).toEqual([]);
    expect(found['dwh raw.customer.phone phone']).toEqual([]);
  });

  test('is told with its row filter', async () => {
    const { snapshot, settings } = await given(published('id bigint, email text, country text'));
    const { movements } = await privacyOf(snapshot, settings, '0.0.0');
    expect(movements.map(({ by, rowFilter }) => [by, rowFilter])).toEqual([['publication cdc', "(country = 'ES')"]]);
  });
});

test('of a raw and a hashed copy by two loads the raw one counts', async () => {
  const system: System = {
    stores: [
      shop(`CREATE TABLE app.customer (${PERSON}, PRIMARY KEY (id));`, { loader: ['SELECT id, full_name, md5(email) AS email FROM app.customer', 'SELECT id, full_name, email FROM app.customer WHERE id > $1'] }),
      dwh(`CREATE TABLE raw.customer (${PERSON});`),
    ],
    queries: [],
  };
  expect((await told(system))['shop app.customer.email email']).toEqual(['> dwh raw.customer.email raw load likely']);
});
