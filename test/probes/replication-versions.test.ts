import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { probe as publicationsProbe } from '../../src/probes/publications.js';
import { probe as receiverProbe } from '../../src/probes/receiver.js';
import { probe as replicationProbe, type ReplicationPayload, type Slot } from '../../src/probes/replication.js';
import { probe as walDirectoryProbe } from '../../src/probes/wal-directory.js';
import type { LiveSession } from '../../src/stores/live.js';
import { openProduction, runsOf } from '../support/live-session.js';
import { dropSlot, lsnOf, startConsumer } from '../support/logical-consumer.js';
import { installedServers, startServer, type TestServer } from '../support/postgres.js';

/** A terminal would clear its screen and ring; SQL would end its literal. */
const HOSTILE = 'ledger\u001b[2J\u0007\'"drop table orders --\u202e';
const quoted = pg.escapeIdentifier(HOSTILE);
/** The server itself puts a question mark, and since 16 an escaped byte, for what is not ASCII in an application name. */
const HOSTILE_APPLICATION = '\'"; drop table orders; -- %s';

const SHOP = [
  'create table orders (id int primary key, placed_at timestamptz default now())',
  'create table visits (page text)',
  'create table clicks (page text)',
  'alter table clicks replica identity full',
  'create table carts (code text not null)',
  'create unique index carts_code on carts (code)',
  'alter table carts replica identity using index carts_code',
  'create table payments (id int, paid_on date, primary key (id, paid_on)) partition by range (paid_on)',
  "create table payments_2025 partition of payments for values from ('2025-01-01') to ('2026-01-01')",
  "create table payments_2026 partition of payments for values from ('2026-01-01') to ('2027-01-01')",
  'alter table payments_2026 replica identity nothing',
  'create publication warehouse for table orders, visits, clicks, carts',
  "create publication ledger for table payments with (publish = 'insert, delete', publish_via_partition_root = true)",
  'create publication partitions for table payments',
  'create publication nothing_yet',
  "select pg_create_logical_replication_slot('warehouse_feed', 'pgoutput')",
  "select pg_create_physical_replication_slot('reporting', true)",
  "create role tidemark login password 'spring tide'",
  'grant pg_monitor to tidemark',
  "create role bare login password 'neap tide'",
];

describe.each(installedServers())('PostgreSQL $major', (binaries) => {
  let server: TestServer;
  let privileged: LiveSession;
  let bare: LiveSession;
  const { major } = binaries;

  beforeAll(async () => {
    const timeout = major >= 18 ? { idle_replication_slot_timeout: '1s' } : {};
    const settings = { wal_level: 'logical', track_commit_timestamp: 'on', max_prepared_transactions: '5', autovacuum: 'off', ...timeout };
    server = await startServer(binaries, { settings });
    await server.run(SHOP);
    privileged = await openProduction(server.url('postgres', 'tidemark', 'spring tide'));
    bare = await openProduction(server.url('postgres', 'bare', 'neap tide'));
  });
  afterAll(async () => {
    await privileged.close();
    await bare.close();
    await server.stop();
  });

  const slotOf = (moment: ReplicationPayload, name: string): Slot | undefined => moment.slots.find((slot) => slot.slot_name === name);
  const publication = { publication: 'warehouse', slot: 'warehouse_feed', feedback_interval_ms: 50 };

  it('sees a consumer that follows, with and without the right to see others', async () => {
    const started = Date.now() / 1_000;
    const consumer = await startConsumer({ ...publication, url: server.url(), application_name: HOSTILE_APPLICATION });
    try {
      await server.run('insert into orders select generate_series(1, 100)');
      const look = runsOf(replicationProbe, privileged);
      const inserted = lsnOf((await look()).lsn);
      await expect.poll(async () => lsnOf(slotOf(await look(), 'warehouse_feed')?.confirmed_flush_lsn ?? '0/0')).toBeGreaterThanOrEqual(inserted);
      const commit = consumer.commits().at(-1);
      // Up to 14 the counters come through a collector.
      if (major >= 14) await expect.poll(async () => slotOf(await look(), 'warehouse_feed')?.total_bytes, { timeout: 20_000 }).toBeGreaterThan(1_000);

      const moment = await look();
      expect(moment).toMatchObject({ in_recovery: false, timeline: 1, sees_all: true, oldest_write_transaction_at: null, oldest_prepared_transaction_at: null });
      expect(moment.system_identifier).toMatch(/^\d{19}$/);
      expect(lsnOf(moment.lsn)).toBeGreaterThanOrEqual(commit?.commit_end_lsn ?? 0n);
      expect(moment.last_commit_at).toBeCloseTo(commit?.commit_time ?? 0, 3);
      expect(moment.server_time).toBeGreaterThan(started);
      expect(moment.started_at).toBeLessThan(moment.server_time);

      const feed = slotOf(moment, 'warehouse_feed');
      expect(feed).toMatchObject({
        slot_type: 'logical',
        plugin: 'pgoutput',
        database: 'postgres',
        temporary: false,
        active: true,
        wal_status: 'reserved',
        safe_wal_bytes: null,
        two_phase: major >= 14 ? false : null,
        conflicting: major >= 16 ? false : null,
        invalidation_reason: null,
        inactive_since: null,
        failover: major >= 17 ? false : null,
        spill_bytes: major >= 14 ? 0 : null,
      });
      expect(feed?.catalog_xmin_age).toBeGreaterThan(0);
      expect(feed?.total_bytes === null).toBe(major === 13);
      expect(moment.wal_senders).toHaveLength(1);
      expect(moment.wal_senders[0]).toMatchObject({
        pid: feed?.active_pid,
        slot_name: 'warehouse_feed',
        role: 'postgres',
        application_name: HOSTILE_APPLICATION,
        client_address: '127.0.0.1',
        state: 'streaming',
        sync_state: 'async',
      });
      expect(lsnOf(moment.wal_senders[0]?.flush_lsn ?? '0/0')).toBeGreaterThanOrEqual(inserted);
      expect(slotOf(moment, 'reporting')).toMatchObject({ slot_type: 'physical', plugin: null, database: null, active: false, confirmed_flush_lsn: null, total_bytes: null });
      expect(slotOf(moment, 'reporting')?.restart_lsn).toMatch(/^0\/[0-9A-F]+$/);

      const seen = await runsOf(replicationProbe, bare)();
      expect(seen).toMatchObject({ sees_all: false, system_identifier: moment.system_identifier, timeline: 1 });
      expect(lsnOf(seen.lsn)).toBeGreaterThanOrEqual(inserted);
      expect(slotOf(seen, 'warehouse_feed')).toMatchObject({ active: true, wal_status: 'reserved', total_bytes: feed?.total_bytes });
      expect(lsnOf(slotOf(seen, 'warehouse_feed')?.confirmed_flush_lsn ?? '0/0')).toBeGreaterThanOrEqual(inserted);
      expect(seen.wal_senders).toMatchObject([{ pid: feed?.active_pid, slot_name: 'warehouse_feed', state: null, sent_lsn: null, client_address: null }]);
    } finally {
      await consumer.stop();
    }
  });

  it('sees that the consumer is gone', async () => {
    const look = runsOf(replicationProbe, privileged);
    await expect.poll(async () => slotOf(await look(), 'warehouse_feed')?.active).toBe(false);
    const moment = await look();
    expect(moment.wal_senders).toEqual([]);
    const feed = slotOf(moment, 'warehouse_feed');
    expect(feed?.active_pid).toBeNull();
    expect(feed?.confirmed_flush_lsn).toMatch(/^0\/[0-9A-F]+$/);
    expect(feed?.inactive_since === null).toBe(major < 17);
    if (major >= 17) expect(moment.server_time - (feed?.inactive_since ?? 0)).toBeLessThan(60);
  });

  it('knows since when somebody writes', async () => {
    const writer = new pg.Client({ connectionString: server.url() });
    await writer.connect();
    try {
      const look = runsOf(replicationProbe, privileged);
      await writer.query('begin');
      await writer.query('insert into visits values (null)');
      const open = await look();
      expect(open.server_time - (open.oldest_write_transaction_at ?? 0)).toBeLessThan(60);
      expect(open.oldest_prepared_transaction_at).toBeNull();
      expect((await runsOf(replicationProbe, bare)()).oldest_write_transaction_at).toBeNull();

      await writer.query("prepare transaction 'nightly close'");
      const prepared = await look();
      expect(prepared.oldest_prepared_transaction_at).toBeGreaterThanOrEqual(open.oldest_write_transaction_at ?? Infinity);
      expect(prepared.oldest_write_transaction_at).toBe(prepared.oldest_prepared_transaction_at);
      await writer.query("rollback prepared 'nightly close'");
      expect(await look()).toMatchObject({ oldest_write_transaction_at: null, oldest_prepared_transaction_at: null });
    } finally {
      await writer.end();
    }
  });

  it('brings hostile names as data', async () => {
    await server.run([`create database ${quoted}`, `create role ${quoted} login replication password 'flood'`]);
    await server.run(['create table entries (id int primary key)', `create publication ${quoted} for table entries`], encodeURIComponent(HOSTILE));
    await server.run("select pg_create_logical_replication_slot('ledger_feed', 'pgoutput')", encodeURIComponent(HOSTILE));
    const url = server.url(encodeURIComponent(HOSTILE), encodeURIComponent(HOSTILE), 'flood');
    const consumer = await startConsumer({ url, slot: 'ledger_feed', publication: HOSTILE, application_name: HOSTILE });
    const session = await openProduction(server.url(encodeURIComponent(HOSTILE), 'tidemark', 'spring tide'));
    try {
      const moment = await runsOf(replicationProbe, session)();
      expect(slotOf(moment, 'ledger_feed')?.database).toBe(HOSTILE);
      expect(moment.wal_senders.map((sender) => sender.role)).toEqual([HOSTILE]);
      expect(moment.wal_senders[0]?.application_name).not.toContain('\u001b');
      const { publications, tables } = await runsOf(publicationsProbe, session)();
      expect(publications.map((each) => each.name)).toEqual([HOSTILE]);
      expect(tables.map((each) => [each.publication, each.relation])).toEqual([[HOSTILE, 'public.entries']]);
    } finally {
      await session.close();
      await consumer.stop();
    }
    await dropSlot(server, 'ledger_feed');
  });

  it('lists what is published, and whether updates can be told apart', async () => {
    await server.run([
      'insert into visits select 1 from generate_series(1, 20)',
      "insert into payments select n, '2025-06-01' from generate_series(1, 30) n",
      "insert into payments select n, '2026-06-01' from generate_series(1, 12) n",
    ]);
    const look = runsOf(publicationsProbe, bare);
    // Counters of sessions arrive later: through a collector up to 14, at most a second after a transaction since 15.
    const payments = async (): Promise<number | null | undefined> => (await look()).publications.find((each) => each.name === 'ledger')?.changes;
    await expect.poll(payments, { timeout: 20_000 }).toBe(42);
    const { publications, tables } = await look();
    expect(publications).toEqual([
      { name: 'ledger', tables: 1, tables_without_identity: 1, changes: 42 },
      { name: 'nothing_yet', tables: 0, tables_without_identity: 0, changes: null },
      { name: 'partitions', tables: 2, tables_without_identity: 1, changes: 42 },
      { name: 'warehouse', tables: 4, tables_without_identity: 1, changes: 121 },
    ]);
    expect(tables.map((each) => `${each.publication}: ${each.relation} ${each.changes} ${each.has_identity ? '' : 'without identity '}${each.publishes.join('+')}`)).toEqual([
      'warehouse: public.orders 100 insert+update+delete+truncate',
      'ledger: public.payments 42 without identity insert+delete',
      'partitions: public.payments_2025 30 insert+update+delete+truncate',
      'warehouse: public.visits 21 without identity insert+update+delete+truncate',
      'partitions: public.payments_2026 12 without identity insert+update+delete+truncate',
      'warehouse: public.carts 0 insert+update+delete+truncate',
      'warehouse: public.clicks 0 insert+update+delete+truncate',
    ]);
  });

  it('lists publications of all tables, and of whole schemas where there are any', async () => {
    const wide = major >= 15 ? 'create publication wide for tables in schema public' : 'create publication wide for table orders';
    await server.run(['create publication everything for all tables', wide]);
    const { publications } = await runsOf(publicationsProbe, bare)();
    await server.run(['drop publication everything', 'drop publication wide']);
    // orders, visits, clicks, carts and two partitions; of a partitioned table its leaves are published.
    expect(publications.find((each) => each.name === 'everything')).toMatchObject({ tables: 6, tables_without_identity: 2 });
    expect(publications.find((each) => each.name === 'wide')).toMatchObject({ tables: major >= 15 ? 6 : 1 });
  });

  it('receives nothing where there is no subscription', async () => {
    for (const session of [privileged, bare]) {
      expect(await runsOf(receiverProbe, session)()).toMatchObject({ in_recovery: false, standby: null, subscriptions: [] });
    }
  });

  it('sees a subscription that applies, fails, and is switched off', async () => {
    await server.run('create database mart');
    // On one server the slot has to be there before: it would wait for the transaction that creates the subscription.
    await server.run("select pg_create_logical_replication_slot('mart_feed', 'pgoutput')");
    const connection = `host=127.0.0.1 port=${server.port} user=postgres dbname=postgres`;
    await server.run(
      [
        'create table orders (id int primary key, placed_at timestamptz)',
        'create table visits (page text)',
        'create table clicks (page text)',
        'create table carts (code text primary key)',
        `create subscription mart connection '${connection}' publication warehouse with (create_slot = false, slot_name = 'mart_feed')`,
      ],
      'mart',
    );
    const session = await openProduction(server.url('mart', 'bare', 'neap tide'));
    try {
      const look = async () => (await runsOf(receiverProbe, session)()).subscriptions[0];
      await expect.poll(async () => (await look())?.tables_syncing, { timeout: 30_000 }).toBe(0);
      const working = await look();
      expect(working).toMatchObject({ name: 'mart', database: 'mart', enabled: true, slot_name: 'mart_feed', apply_errors: major >= 15 ? 0 : null, sync_errors: major >= 15 ? 0 : null });
      expect(working?.pid).toBeGreaterThan(0);
      // A slot that others' workers copied from is gone by now; only the main worker is told, from any database.
      const elsewhere = (await runsOf(receiverProbe, bare)()).subscriptions;
      expect(elsewhere).toMatchObject([{ name: 'mart', database: 'mart', pid: working?.pid, tables_syncing: null }]);

      await server.run("insert into orders values (1000, '2026-05-04')");
      const { lsn } = await runsOf(replicationProbe, privileged)();
      await expect.poll(async () => lsnOf((await look())?.latest_end_lsn ?? '0/0'), { timeout: 20_000 }).toBeGreaterThanOrEqual(lsnOf(lsn));
      expect((await look())?.last_message_age_seconds).toBeLessThan(60);

      if (major >= 15) {
        await server.run('insert into orders values (2000)', 'mart');
        await server.run('insert into orders values (2000)');
        await expect.poll(async () => (await look())?.apply_errors, { timeout: 20_000 }).toBeGreaterThan(0);
        await server.run('delete from orders where id = 2000', 'mart');
      }
      await server.run('alter subscription mart disable', 'mart');
      await expect.poll(async () => (await look())?.pid, { timeout: 20_000 }).toBeNull();
      expect(await look()).toMatchObject({ enabled: false, latest_end_lsn: null, last_message_age_seconds: null });
    } finally {
      await session.close();
      await server.run(['alter subscription mart set (slot_name = none)', 'drop subscription mart'], 'mart');
    }
    await dropSlot(server, 'mart_feed');
  });

  it('may not list the WAL directory without pg_monitor, and says so', async () => {
    await expect(runsOf(walDirectoryProbe, bare)()).rejects.toThrowErrorMatchingInlineSnapshot(`[PermissionGap: production: bare may not list the WAL directory]`);
  });

  it('knows when WAL was written', async () => {
    const look = runsOf(walDirectoryProbe, privileged);
    const truth: { lsn: bigint; before: number; after: number }[] = [];
    for (let segment = 0; segment < 12; segment++) {
      const before = (await look()).server_time;
      await server.run(["select pg_logical_emit_message(false, 'tide', 'high')", 'select pg_switch_wal()']);
      const { lsn, server_time } = await runsOf(replicationProbe, privileged)();
      truth.push({ lsn: lsnOf(lsn), before, after: server_time });
    }
    const directory = await look();
    expect(directory).toMatchObject({ timeline: 1, segment_bytes: 16 * 1024 * 1024 });
    const segments = directory.segments.map(({ end_lsn, written_at }) => ({ end: lsnOf(end_lsn), written_at }));
    expect(segments.length).toBeGreaterThanOrEqual(12);
    for (const { lsn, before, after } of truth) {
      // A switch leaves WAL at the start of the next segment: the segment that ends there was filled in between.
      const filled = segments.findLast(({ end }) => end <= lsn);
      expect(filled?.written_at).toBeGreaterThanOrEqual(Math.floor(before));
      expect(filled?.written_at).toBeLessThanOrEqual(after);
    }
    for (const [index, { end, written_at }] of segments.entries()) {
      expect(end).toBeGreaterThan(segments[index - 1]?.end ?? 0n);
      expect(written_at).toBeGreaterThanOrEqual(segments[index - 1]?.written_at ?? 0);
    }
    expect(segments.at(-1)?.end).toBeLessThanOrEqual(lsnOf((await runsOf(replicationProbe, privileged)()).lsn));
    expect(directory.total_bytes).toBe(directory.files * directory.segment_bytes);
  });

  it('follows a slot until it is lost, and then has no number for it', async () => {
    await server.run([
      "select pg_drop_replication_slot('warehouse_feed')",
      "select pg_drop_replication_slot('reporting')",
      "alter system set max_slot_wal_keep_size = '48MB'",
      'select pg_reload_conf()',
      'select pg_switch_wal()',
      'checkpoint',
      "select pg_create_logical_replication_slot('forgotten', 'pgoutput')",
    ]);
    const look = async (): Promise<Slot | undefined> => slotOf(await runsOf(replicationProbe, bare)(), 'forgotten');
    // The setting reaches each session by itself.
    await expect.poll(async () => (await look())?.safe_wal_bytes).not.toBeNull();
    const reserved = await look();
    expect(reserved?.wal_status).toBe('reserved');
    expect(reserved?.safe_wal_bytes).toBeGreaterThan(0);

    for (let segment = 0; segment < 6; segment++) await server.run(["select pg_logical_emit_message(false, 'tide', 'high')", 'select pg_switch_wal()']);
    const threatened = await look();
    expect(threatened).toMatchObject({ wal_status: 'unreserved', restart_lsn: reserved?.restart_lsn, invalidation_reason: null });
    expect(threatened?.safe_wal_bytes).toBeLessThan(0);

    await server.run('checkpoint');
    const lost = await look();
    expect(lost).toMatchObject({
      wal_status: 'lost',
      restart_lsn: null,
      safe_wal_bytes: null,
      confirmed_flush_lsn: reserved?.confirmed_flush_lsn,
      // 16 says `conflicting` of every invalidated logical slot; 17 knows the reason.
      conflicting: major >= 16 ? major === 16 : null,
      invalidation_reason: major >= 17 ? 'wal_removed' : null,
    });
    await server.run(["select pg_drop_replication_slot('forgotten')", 'alter system reset max_slot_wal_keep_size', 'select pg_reload_conf()']);
    if (major < 18) return;

    // Lost for idling a slot keeps its position, from which a healthy number of bytes would follow.
    await server.run("select pg_create_logical_replication_slot('forgotten', 'pgoutput')");
    const reason = () => server.run('checkpoint').then(look).then((slot) => slot?.invalidation_reason);
    await expect.poll(reason, { timeout: 20_000, interval: 500 }).toBe('idle_timeout');
    const idle = await look();
    expect(idle).toMatchObject({ wal_status: 'lost', safe_wal_bytes: null, conflicting: false });
    expect(idle?.restart_lsn).toMatch(/^\d\/[0-9A-F]+$/);
    await server.run("select pg_drop_replication_slot('forgotten')");
  });

  it('leaves recycled segments out, whose names are ahead of WAL', async () => {
    const directory = await runsOf(walDirectoryProbe, privileged)();
    const { lsn } = await runsOf(replicationProbe, privileged)();
    expect(directory.files).toBeGreaterThan(directory.segments.length);
    for (const { end_lsn } of directory.segments) expect(lsnOf(end_lsn)).toBeLessThanOrEqual(lsnOf(lsn));
  });
});
