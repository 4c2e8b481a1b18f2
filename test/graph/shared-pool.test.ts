import { beforeAll, describe, expect, test } from 'vitest';
import { buildBoundary } from '../../src/graph/boundary.js';
import { type SharedPool, sharedPools } from '../../src/graph/shared-pool.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { CollectedQuery } from '../../src/model/query.js';
import type { StatementActivity, StoreSnapshot } from '../../src/model/snapshot.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { card, configuration, role, statistics, store } from '../support/estate.js';

let parse: Parse;
let catalog: Catalog;

beforeAll(async () => {
  parse = await createPostgresParser();
  catalog = await catalogFromDdl('CREATE TABLE shop.orders (order_id bigint PRIMARY KEY, status text, placed_at timestamptz, total_minor bigint);');
  catalog.roles = [role('shop_app'), role('metabase_ro')];
});

const SUM = "SELECT status, date_trunc('month', placed_at), sum(total_minor) FROM shop.orders GROUP BY 1, 2";
const SUM_SEEN = 'SELECT status, date_trunc($1, placed_at), sum(total_minor) FROM shop.orders GROUP BY 1, 2';
const CLOSE = 'UPDATE shop.orders SET status = $1 WHERE order_id = $2';
const seen = (queryId: string, application: string, asRole = 'shop_app'): StatementActivity => ({ queryId, role: asRole, application, seen: 3 });

function pools(parts: Partial<StoreSnapshot>, queries: CollectedQuery[] = [], asRole = 'shop_app'): Map<string, SharedPool> {
  const statements = [statistics(CLOSE, { role: asRole, queryId: '11', sharedBlocksHit: 40 }), statistics(SUM_SEEN, { role: asRole, queryId: '12' })];
  const consumers = [{ match: { role: 'shop_app' }, owner: null, purpose: 'application' as const }];
  return sharedPools(buildBoundary(store(catalog, { statements, ...parts }), queries, configuration({ consumers }), parse));
}

describe('reports in the pool of an application', () => {
  test('one application that was seen sending both', () => {
    expect(pools({ activity: [seen('11', 'backoffice'), seen('12', 'backoffice')] }).get('shop_app')).toEqual({
      cards: [], mixed_applications: ['backoffice'], mixed_cards: [],
    });
  });

  test('with the card, where its comment names it', () => {
    const query = card(SUM, { id: 'redash:bi.shop.example:query:12', kind: 'redash', title: 'Revenue by month' });
    const statements = [
      statistics(CLOSE, { role: 'shop_app', queryId: '11', sharedBlocksHit: 40 }),
      statistics(`/* Username: [user], query_id: 12, Queue: queries */ ${SUM_SEEN}`, { role: 'shop_app', queryId: '12' }),
    ];
    const { cards, mixed_cards } = pools({ statements, activity: [seen('11', 'shop-pool'), seen('12', 'shop-pool')] }, [query]).get('shop_app') ?? {};
    expect({ cards, mixed_cards }).toEqual({ cards: ['redash query 12 Revenue by month'], mixed_cards: ['redash query 12 Revenue by month'] });
  });

  test('the starts that were seen tell as well, and an analytical statement needs no card', () => {
    const starts = [{ queryId: '12', role: 'shop_app', application: 'backoffice', startedAt_ms: [1] }];
    expect(pools({ activity: [seen('11', 'backoffice')], starts }).get('shop_app')).toEqual({ cards: [], mixed_applications: ['backoffice'], mixed_cards: [] });
  });

  test('a summary that a job of the application keeps is no report', () => {
    const rollup = statistics('INSERT INTO shop.revenue_month SELECT date_trunc($1, placed_at), sum(amount) FROM shop.orders GROUP BY 1', { role: 'shop_app', queryId: '13' });
    const statements = [statistics(CLOSE, { role: 'shop_app', queryId: '11', sharedBlocksHit: 40 }), rollup];
    expect(pools({ statements, activity: [seen('11', 'sidekiq'), seen('13', 'sidekiq')] }).get('shop_app')?.mixed_applications ?? []).toEqual([]);
  });

  test.each([
    ['two applications, each with its own work', [seen('11', 'shop-web'), seen('12', 'shop-reports')]],
    ['a name that every program of a driver has', [seen('11', 'PostgreSQL JDBC Driver'), seen('12', 'PostgreSQL JDBC Driver')]],
    ['sessions without a name', [seen('11', ''), seen('12', '')]],
    ['a person at a client', [seen('11', 'psql'), seen('12', 'psql')]],
    ['a dashboard tool with a button that writes', [seen('11', 'Metabase v0.57.4 [6f0b7c1e]'), seen('12', 'Metabase v0.57.4 [6f0b7c1e]')]],
    ['the same name under another role', [seen('11', 'backoffice'), seen('12', 'backoffice', 'metabase_ro')]],
  ])('not %s', (_, activity) => {
    expect(pools({ activity }).get('shop_app')?.mixed_applications ?? []).toEqual([]);
  });

  test('without samples the cards are known, and the pool is not', () => {
    expect(pools({}, [card(SUM)]).get('shop_app')).toEqual({ cards: ['metabase card 118 Open cases'], mixed_applications: [], mixed_cards: [] });
  });
});
