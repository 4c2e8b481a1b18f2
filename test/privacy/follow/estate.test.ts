import { beforeAll, describe, expect, test } from 'vitest';
import { type Followable, privacyOf } from '../../../src/audit.js';
import { BUNDLED_SNAPSHOT, ESTATE_CONFIGURATION } from '../../../src/cli/demo/estate-files.js';
import { loadConfiguration } from '../../../src/config/load.js';
import type { PersonalColumn } from '../../../src/model/personal-column.js';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { readBundle } from '../../../src/snapshot/bundle.js';
import { catalogFromDdl } from '../../../src/sql/parse/postgres/ddl.js';
import { card, configuration, store } from '../../support/estate.js';

describe('the example estate', () => {
  let followed: Followable;
  beforeAll(async () => {
    const { configuration: settled } = await loadConfiguration(ESTATE_CONFIGURATION, { environment: {}, connects: false, displayName: 'tidemark.yaml' });
    followed = await privacyOf(await readBundle(BUNDLED_SNAPSHOT), settled, '0.0.0');
  });

  const columnOf = (relation: string, column: string): PersonalColumn | undefined => followed.privacy.columns.find(({ place }) => place.relation === relation && place.column === column);

  test("the address of a customer is followed from the shop to the landing zone, the mart and the secure zone, and to the cards that read these", () => {
    const email = columnOf('shop.customer', 'email');
    expect(email?.copies.map(({ place, zone, mask, from }) => `${place.relation}.${place.column} ${zone} ${mask} from ${from.relation}`)).toEqual(expect.arrayContaining([
      'raw.customer.email raw raw from shop.customer',
      'analytics.mart_customer_orders.customer_email mart raw from raw.customer',
      'analytics_secure.dim_customer_sensitive.email secure raw from raw.customer',
    ]));
    expect(email?.uses.map(({ consumer, use, mask, audience }) => `${consumer}: ${use} ${mask} ${audience}`)).toEqual(expect.arrayContaining([
      'metabase card 306 VIP contact sheet: shown raw inside',
      'metabase card 309 Customers by mail provider: shown partial inside',
      'metabase card 210 Latest newsletter sign-ups: shown raw public',
      'metabase card 208 Customer reference list: shown pseudonymous-weak inside',
    ]));
  });

  test('what the loader takes by contract is told by its role, and what change data capture takes by its publication', () => {
    const ways = followed.movements.filter(({ to }) => to.store === 'warehouse').map(({ from, to, via, by }) => `${from.relation} > ${to.relation} ${via} by ${by}`);
    expect(ways).toEqual(expect.arrayContaining([
      'integration.v_case_opened_v1 > raw.case_opened load by role warehouse_loader',
      'integration.v_order_placed_v2 > raw.order_placed load by role warehouse_loader',
      'app.case_transition > raw.case_transition replication by publication estate_cdc',
    ]));
  });

  test('a pseudonym that was made with a secret before the load is nothing that lineage could undo', () => {
    expect(followed.privacy.columns.flatMap(({ copies }) => copies).filter(({ place }) => place.column === 'customer_id_hash')).toEqual([]);
  });

  test('every copy has a way back to its origin, and every use reads a place on it', () => {
    for (const column of followed.privacy.columns) {
      const key = ({ store: name, relation, column: of }: { store: string; relation: string; column: string }): string => `${name} ${relation}.${of}`;
      const places = new Set([column.place, ...column.copies.map(({ place }) => place)].map(key));
      for (const { from } of column.copies) expect(places).toContain(key(from));
      for (const { place } of column.uses) expect(places).toContain(key(place));
      expect(column.reasons.length).toBeGreaterThan(0);
    }
  });
});

describe('a warehouse that reads production itself', () => {
  test('a model is followed to the table of the attached database', async () => {
    const snapshot: Snapshot = {
      takenAt: '2026-06-30T00:00:00Z', sources: [], gaps: [],
      stores: [
        store(await catalogFromDdl('CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, email text);')),
        store(await catalogFromDdl('CREATE TABLE analytics.dim_customer (customer_key bigint, contact text);'), { name: 'warehouse', role: 'warehouse', engine: 'duckdb' }),
      ],
      queries: [card('select customer_id as customer_key, lower(email) as contact from production.shop.customer', {
        id: 'dbt:shop:model.shop.dim_customer', kind: 'dbt', role: 'relation', title: 'dim_customer', connection: { id: null, name: 'warehouse', engine: 'duckdb', host: null, database: null },
        builds: { schema: 'analytics', name: 'dim_customer', materialization: 'table' },
      })],
    };
    const { privacy, movements } = await privacyOf(snapshot, configuration(), '0.0.0');
    expect(movements.map(({ from, to, by }) => `${from.store} ${from.relation} > ${to.store} ${to.relation} by ${by}`)).toEqual(['production shop.customer > warehouse analytics.dim_customer by dbt model dim_customer']);
    expect(privacy.columns.map(({ place, copies }) => [`${place.relation}.${place.column}`, copies.map((copy) => `${copy.place.relation}.${copy.place.column} ${copy.mask}`)])).toEqual([['shop.customer.email', ['analytics.dim_customer.contact raw']]]);
  });
});
