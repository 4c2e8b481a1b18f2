import { describe, expect, test } from 'vitest';
import { formatLsn } from '../../../src/live/cdc/lsn.js';
import type { LiveConfiguration } from '../../../src/model/configuration.js';
import { SimulatedServer, WAREHOUSE } from './simulated-server.js';

const busy = (server: SimulatedServer) => (step: number) => {
  if (step % 3 === 0) server.commit(900);
};

const landing = (meaning: 'lsn' | 'commit-time' | 'heartbeat' | 'load-time', column: string): Partial<LiveConfiguration> => ({
  streams: [{ match: 'casework_cdc', store: null, name: null, lag_seconds_max: 60, retained_bytes_max: null, landed: { store: WAREHOUSE, relation: 'raw.case_file', column, meaning } }],
});

/** Whole seconds by stage; the stage with most of the lag in capitals. */
function hopsOf(server: SimulatedServer): string {
  return server
    .stream()
    .hops.map(({ to, seconds, slowest }) => `${slowest ? to.toUpperCase() : to} ${seconds === null ? '?' : Math.floor(seconds + 1e-6)}`)
    .join(', ');
}

function sum(server: SimulatedServer): number {
  return server.stream().hops.reduce((all, { seconds }) => all + (seconds ?? 0), 0);
}

describe('the way of a change', () => {
  test('by a position in the warehouse: what was confirmed and has not landed is late', () => {
    const server = new SimulatedServer(landing('lsn', '_lsn'));
    server.run(60, busy(server));
    const landed = server.lsn;
    server.tracker.accept(server.landed({ lsn: formatLsn(landed) }));
    server.run(10, busy(server));
    expect(hopsOf(server)).toBe('decoded 0, received 0, landed 0, visible 0');
    expect(server.stream().state).toBe('ok');
    for (let round = 0; round < 12; round++) {
      server.run(10, busy(server));
      server.tracker.accept(server.landed({ lsn: formatLsn(landed) }));
    }
    server.run(2, busy(server));
    const view = server.stream();
    expect(view).toMatchObject({ diagnosis: 'stalled-load', state: 'breach', status: 'stalled at load' });
    expect(hopsOf(server)).toBe('decoded 0, received 0, LANDED 129, visible 0');
    expect(sum(server)).toBeCloseTo(view.lag?.value ?? 0, 5);
    expect(view.hops[2]).toMatchObject({ evidence: '_lsn', from: 'received' });
    expect(view.cause).toMatchInlineSnapshot(`"casework_cdc: the consumer has confirmed everything up to 0.6 s ago, but rows in raw.case_file are 2.2 min behind by _lsn; look at what lies between the consumer and the warehouse"`);
  });

  test('stands at zero while the source is idle, whatever the other columns say', () => {
    const server = new SimulatedServer(landing('lsn', '_lsn'));
    server.run(60, busy(server));
    const landed = server.lsn;
    for (let round = 0; round < 30; round++) {
      server.run(10, () => server.elsewhere(5000));
      server.tracker.accept(server.landed({ lsn: formatLsn(landed) }));
    }
    expect(hopsOf(server)).toBe('decoded 0, received 0, landed 0, visible 0');
    expect(server.stream().state).toBe('ok');
  });

  test('by the time of the commit at the source, by the server that wrote it', () => {
    const server = new SimulatedServer(landing('commit-time', '__source_ts_ms'));
    server.run(60, busy(server));
    const landed_at = server.now;
    server.run(200, busy(server));
    server.tracker.accept(server.landed({ column: '__source_ts_ms', meaning: 'commit-time', time: landed_at }));
    server.run(4, busy(server));
    expect(server.stream()).toMatchObject({ diagnosis: 'stalled-load', lag: { value: expect.closeTo(200, -1) } });
  });

  test('by a heartbeat, less the time between two beats', () => {
    const server = new SimulatedServer(landing('heartbeat', 'beat_at'));
    server.run(30, busy(server));
    let beat = server.now;
    for (let round = 0; round < 6; round++) {
      server.run(10);
      beat += 10;
      server.tracker.accept(server.landed({ column: 'beat_at', meaning: 'heartbeat', time: beat }));
    }
    server.run(8);
    expect(hopsOf(server)).toBe('decoded 0, received 0, landed 0, visible 0');
    for (let round = 0; round < 12; round++) {
      server.run(10);
      server.tracker.accept(server.landed({ column: 'beat_at', meaning: 'heartbeat', time: beat }));
    }
    server.run(2);
    expect(server.stream()).toMatchObject({ diagnosis: 'stalled-load', state: 'breach' });
    expect(hopsOf(server)).toBe('decoded 0, received 0, LANDED 118, visible 0');
  });

  test('the time of loading tells nothing of the source', () => {
    const server = new SimulatedServer(landing('load-time', '_synced_at'));
    server.run(30, busy(server));
    server.tracker.accept(server.landed({ column: '_synced_at', meaning: 'load-time', time: server.now }));
    server.run(4, busy(server));
    expect(hopsOf(server)).toBe('decoded 0, received 0, landed ?, visible 0');
    expect(server.stream().hops[2]?.evidence).toBe('_synced_at, the time of loading, tells nothing of the source');
  });

  test('a loader’s own columns belong to the only stream, or to the one that is named after the loader', () => {
    const server = new SimulatedServer();
    server.run(60, busy(server));
    const landed = formatLsn(server.lsn);
    server.run(120, busy(server));
    server.tracker.accept(server.landed({ column: '_ab_cdc_lsn', origin: 'Airbyte', lsn: landed }));
    server.run(2, busy(server));
    expect(hopsOf(server)).toBe('decoded 0, received 0, LANDED 119, visible 0');
  });

  test('to products and readers: a run that does not come is late at its product', () => {
    const product = { name: 'case_backlog_daily', store: null, relation: null, watermark: null, provisional_seconds: null, time_column: null, event_id_column: null, stream: null, owner: null };
    const objective = { target_seconds: 60, within_seconds: 90, share: 0.99, window_seconds: 86_400, degraded_seconds: null, failed_seconds: null };
    const server = new SimulatedServer({ ...landing('lsn', '_lsn'), dataProducts: [{ ...product, objective }] });
    server.run(60, busy(server));
    const watermark_at = server.now;
    for (let round = 0; round < 20; round++) {
      server.run(10, busy(server));
      server.tracker.accept(server.landed({ lsn: formatLsn(server.lsn) }, server.here - 5));
      server.tracker.accept(
        server.sample('watermarks', 10, { as_of: server.here - 5, relation: 'analytics_control.data_product_watermark', products: [{ name: 'case_backlog_daily', source_system: null, watermark_at, loaded_at: null, failed_at: null, status: 'HEALTHY', has_error: false }] }, WAREHOUSE),
      );
    }
    server.run(2, busy(server));
    const view = server.stream();
    expect(view).toMatchObject({ diagnosis: 'stalled-transform', state: 'warning' });
    expect(hopsOf(server)).toBe('decoded 0, received 0, landed 0, TRANSFORMED 194, visible 7');
    expect(view.hops.at(-1)).toMatchObject({ from: 'transformed', evidence: 'time of the copy that is read' });
    expect(view.cause).toMatchInlineSnapshot(`"casework_cdc: rows are in the warehouse up to 0.6 s ago, but case_backlog_daily is 3.3 min behind; look at the run that builds it"`);
  });

  test('a load that has just caught up leaves the run that builds on it, and the look at its watermark, some seconds', () => {
    const product = { name: 'case_backlog_daily', store: null, relation: null, watermark: null, provisional_seconds: null, time_column: null, event_id_column: null, stream: null, owner: null };
    const objective = { target_seconds: 60, within_seconds: 90, share: 0.99, window_seconds: 86_400, degraded_seconds: null, failed_seconds: null };
    const server = new SimulatedServer({ ...landing('lsn', '_lsn'), dataProducts: [{ ...product, objective }] });
    const look = (watermark_at: number): void => {
      server.tracker.accept(server.landed({ lsn: formatLsn(server.lsn) }));
      server.tracker.accept(
        server.sample('watermarks', 10, { as_of: null, relation: 'analytics_control.data_product_watermark', products: [{ name: 'case_backlog_daily', source_system: null, watermark_at, loaded_at: null, failed_at: null, status: 'HEALTHY', has_error: false }] }, WAREHOUSE),
      );
    };
    server.run(60, busy(server));
    const before = server.now;
    server.run(200, busy(server));
    look(before);
    server.run(10, busy(server));
    expect(server.stream()).toMatchObject({ diagnosis: 'flowing', state: 'ok' });
    look(before);
    server.run(25, busy(server));
    expect(server.stream()).toMatchObject({ diagnosis: 'stalled-transform' });
    look(server.now);
    server.run(4, busy(server));
    expect(server.stream()).toMatchObject({ diagnosis: 'flowing' });
  });

  test('an old sample of the warehouse tells nothing', () => {
    const server = new SimulatedServer(landing('lsn', '_lsn'));
    server.run(60, busy(server));
    server.tracker.accept(server.landed({ lsn: formatLsn(server.lsn) }));
    server.run(120, busy(server));
    expect(server.stream().hops.map(({ to }) => to)).toEqual(['decoded', 'received']);
  });
});
