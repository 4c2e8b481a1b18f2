// It's "customers": nothing here is run
import { tableOf } from '../globals/names';

cube(`customers`, {
  sqlTable: `shop.customer`,
  dataSource: `pos_replica`,
  description: 'People who\'ve bought',
  meta: { owner: 'crm@bakery.example' },

  joins: {},

  dimensions: {
    id: { sql: `id`, type: `number`, primaryKey: true },
    fullName: {
      sql: `${CUBE}.first_name || ' ' || ${CUBE}.last_name`,
      type: `string`,
    },
    city: { sql: () => `${CUBE.address}->>'city'`, type: 'string' },
  },

  measures: {
    count: { type: `count` },
    regulars: {
      type: `countDistinct`,
      sql: `CASE WHEN ${CUBE}.orders_count > 12 /* "regular" */ THEN ${id} END`,
      filters: [{ sql: `${CUBE}.is_staff = false` }],
    },
  },

  segments: {
    vienna: { sql: "city = 'Wien'" },
  },
});

cube('customer_months', {
  sql: `
    SELECT c.id, date_trunc('month', o.created_at) AS month, SUM(o.total_cents) AS cents
    FROM ${customers.sql()} AS c
    JOIN shop.orders o ON o.customer_id = c.id AND ${FILTER_PARAMS.customer_months.month.filter((from, to) => `o.created_at BETWEEN ${from} AND ${to}`)}
    GROUP BY 1, 2`,
  measures: { spent: { sql: 'cents / 100.0', type: 'sum' } },
  dimensions: { month: { sql: 'month', type: 'time' } },
});

['north', 'south'].map((region) =>
  cube(`${region}_sales`, { sqlTable: tableOf(region), measures: { count: { type: 'count' } } })
);
