import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { probe, type ReplicationPayload, type Slot, type WalSender } from '../../src/probes/replication.js';
import type { LiveSession } from '../../src/stores/live.js';
import { openProduction, runsOf } from '../support/live-session.js';
import { dropSlot, lsnOf, startConsumer, type ConsumerOptions, type LogicalConsumer } from '../support/logical-consumer.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';

describe('a consumer of logical replication', () => {
  let server: TestServer;
  let session: LiveSession;
  let look: () => Promise<ReplicationPayload>;
  let consumer: LogicalConsumer;

  beforeAll(async () => {
    server = await startServer(bundledServer(), { settings: { wal_level: 'logical', autovacuum: 'off' } });
    await server.run(['create table orders (id bigserial primary key, note text)', 'create publication warehouse for table orders', 'create database ledger']);
    await server.run('create table entries (id int)', 'ledger');
    session = await openProduction(server.url());
    look = runsOf(probe, session);
  });
  afterAll(async () => {
    await session.close();
    await server.stop();
  });
  beforeEach(() => server.run("select pg_create_logical_replication_slot('feed', 'pgoutput')"));
  afterEach(async () => {
    await consumer.stop();
    await dropSlot(server, 'feed');
  });

  const start = async (options: Partial<ConsumerOptions> = {}): Promise<void> => {
    consumer = await startConsumer({ url: server.url(), slot: 'feed', publication: 'warehouse', feedback_interval_ms: 20, ...options });
  };
  const feed = async (): Promise<{ slot: Slot; sender: WalSender | undefined; lsn: bigint; confirmed: bigint }> => {
    const { slots, wal_senders, lsn } = await look();
    const slot = slots[0];
    if (slot === undefined) throw new Error('no slot');
    return { slot, sender: wal_senders[0], lsn: lsnOf(lsn), confirmed: lsnOf(slot.confirmed_flush_lsn ?? '0/0') };
  };
  /** One commit, and where WAL ends behind it. */
  const order = async (): Promise<bigint> => {
    await server.run("insert into orders (note) values ('a tide table')");
    return (await feed()).lsn;
  };
  const confirmedFrom = async (lsn: bigint): Promise<void> => {
    await expect.poll(async () => (await feed()).confirmed, { timeout: 20_000 }).toBeGreaterThanOrEqual(lsn);
  };

  it('confirms what it applies, and knows when it was committed', async () => {
    await start();
    const before = (await look()).server_time;
    await order();
    await confirmedFrom(await order());
    const after = (await look()).server_time;
    expect(consumer.commits()).toHaveLength(2);
    for (const { commit_time } of consumer.commits()) {
      expect(commit_time).toBeGreaterThan(before);
      expect(commit_time).toBeLessThan(after);
    }
    const { confirmed } = await feed();
    expect(consumer.commits().every(({ commit_end_lsn }) => commit_end_lsn <= confirmed)).toBe(true);
  });

  it('that stalls is sent everything and confirms nothing', async () => {
    await start();
    await confirmedFrom(await order());
    consumer.stall();
    const { confirmed } = await feed();
    const written = await order();
    await expect.poll(async () => lsnOf((await feed()).sender?.sent_lsn ?? '0/0')).toBeGreaterThanOrEqual(written);
    await expect.poll(() => consumer.waiting()).toBe(1);
    const stalled = await feed();
    expect(stalled.slot.active).toBe(true);
    expect(stalled.confirmed).toBeLessThan(written);
    expect(stalled.confirmed).toBeGreaterThanOrEqual(confirmed);
    consumer.resume();
    await confirmedFrom(written);
  });

  it('that is cut off leaves its slot behind, and comes back to it without loss', async () => {
    await start();
    await confirmedFrom(await order());
    consumer.disconnect();
    await expect.poll(async () => (await feed()).slot.active).toBe(false);
    const written = await order();
    const gone = await feed();
    expect(gone.sender).toBeUndefined();
    expect(gone.confirmed).toBeLessThan(written);
    await consumer.reconnect();
    await confirmedFrom(written);
    expect(consumer.commits()).toHaveLength(2);
  });

  it('that does not read its socket holds the WAL sender up', async () => {
    await start();
    await confirmedFrom(await order());
    consumer.block();
    for (let load = 0; load < 10; load++) await server.run("insert into orders (note) select repeat(md5(n::text), 30) from generate_series(1, 3000) n");
    const written = (await feed()).lsn;
    // What buffers of both sides hold was sent, the rest was not.
    const blocked = await feed();
    expect(lsnOf(blocked.sender?.sent_lsn ?? '0/0')).toBeLessThan(written);
    expect(blocked.sender?.state).toBe('streaming');
    consumer.unblock();
    await confirmedFrom(written);
    expect(consumer.commits()).toHaveLength(11);
  });

  it('that confirms only changes of its own looks late while another database writes', async () => {
    await start({ acknowledge: 'own-changes' });
    const own = await order();
    await expect.poll(async () => (await feed()).confirmed).toBeGreaterThanOrEqual(consumer.commits()[0]?.commit_end_lsn ?? own);
    const total = (await feed()).slot.total_bytes;
    await server.run('insert into entries select generate_series(1, 1000)', 'ledger');
    const written = (await feed()).lsn;
    await expect.poll(async () => lsnOf((await feed()).sender?.sent_lsn ?? '0/0')).toBeGreaterThanOrEqual(written);
    const late = await feed();
    expect(late.confirmed).toBeLessThan(written);
    // The proof that nothing is pending: all was read, and nothing of it was of this database.
    expect(late.slot.total_bytes).toBe(total);
    expect(consumer.waiting()).toBe(0);
  });

  it('that confirms nothing is told from one that is gone by its sender', async () => {
    await start({ acknowledge: 'nothing' });
    const { confirmed } = await feed();
    const written = await order();
    await expect.poll(async () => lsnOf((await feed()).sender?.sent_lsn ?? '0/0')).toBeGreaterThanOrEqual(written);
    const silent = await feed();
    expect(silent.confirmed).toBe(confirmed);
    expect(silent.slot.active).toBe(true);
    expect(silent.sender?.flush_lsn).toBeNull();
  });

  it('that is slow applies at its rate', async () => {
    await start({ commits_per_second: 5 });
    for (let commit = 0; commit < 12; commit++) await order();
    await expect.poll(() => consumer.commits().length).toBe(12);
    expect(consumer.waiting()).toBeGreaterThan(0);
    await confirmedFrom((await feed()).lsn);
  });
});
