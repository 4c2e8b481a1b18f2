import { expect, test } from 'vitest';
import { readinessOf } from '../../src/live/readiness.js';
import { blindView, caseworkView, emptyView, NOW } from '../tui/view.js';

test('an estate whose stores answer is ready, although one probe lacks a right and one waits for a lock', () => {
  expect(readinessOf(caseworkView)).toMatchInlineSnapshot(`
    {
      "lines": [
        "production: looked at 1.2 s ago",
        "warehouse: looked at 7 s ago",
      ],
      "ready": true,
    }
  `);
});

test('a store that stopped answering is not', () => {
  expect(readinessOf(blindView)).toMatchInlineSnapshot(`
    {
      "lines": [
        "not ready: production was last looked at 3.1 min ago: production: connection refused at db.casework.example:5432; start the server or correct its address; watching goes on by itself",
        "not ready: warehouse was last looked at 3.1 min ago: production: connection refused at db.casework.example:5432; start the server or correct its address; watching goes on by itself",
      ],
      "ready": false,
    }
  `);
});

test('a store that has never been looked at is not, nor is nothing at all', () => {
  expect(readinessOf(emptyView)).toMatchInlineSnapshot(`
    {
      "lines": [
        "not ready: production has not been looked at yet",
      ],
      "ready": false,
    }
  `);
  expect(readinessOf({ ...emptyView, source: null }).ready).toBe(false);
});

test('slow probes that have not noticed yet do not hide a lost store', () => {
  const [fast] = caseworkView.probes;
  if (fast === undefined) throw new Error('the estate has probes');
  const probes = [
    { ...fast, id: 'replication', pace_seconds: 2, last_at: NOW - 20, failure: { message: 'production: the connection was lost', next_step: 'It is tried again by itself.' } },
    { ...fast, id: 'reconciliation', pace_seconds: 60, last_at: NOW - 40, failure: null },
  ];
  expect(readinessOf({ ...caseworkView, target: null, probes }).ready).toBe(false);
});
