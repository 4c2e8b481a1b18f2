import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probe as publicationsProbe } from '../../src/probes/publications.js';
import { probe as receiverProbe, type ReceiverPayload } from '../../src/probes/receiver.js';
import { probe as replicationProbe } from '../../src/probes/replication.js';
import { probe as walDirectoryProbe } from '../../src/probes/wal-directory.js';
import type { LiveSession } from '../../src/stores/live.js';
import { openProduction, runsOf } from '../support/live-session.js';
import { lsnOf } from '../support/logical-consumer.js';
import { installedServers, startServer, type TestServer } from '../support/postgres.js';
import { PRIMARY, startStandby, type Standby } from '../support/standby.js';

const servers = installedServers();

describe.each(servers.filter(({ major }) => major === servers[0]?.major || major === 18))('a standby of PostgreSQL $major', (binaries) => {
  let primary: TestServer;
  let standby: Standby;
  let onPrimary: LiveSession;
  let onStandby: LiveSession;
  let bare: LiveSession;

  beforeAll(async () => {
    primary = await startServer(binaries, PRIMARY);
    await primary.run([
      'create table orders (id int primary key)',
      'create publication warehouse for table orders',
      "create role tidemark login password 'spring tide'",
      'grant pg_monitor to tidemark',
      "create role bare login password 'neap tide'",
    ]);
    standby = await startStandby(binaries, primary, 'reporting', 'reporting_standby');
    onPrimary = await openProduction(primary.url('postgres', 'tidemark', 'spring tide'));
    onStandby = await openProduction(standby.url('postgres', 'tidemark', 'spring tide'));
    bare = await openProduction(standby.url('postgres', 'bare', 'neap tide'));
  });
  afterAll(async () => {
    for (const session of [onPrimary, onStandby, bare]) await session.close();
    await standby.stop();
    await primary.stop();
  });

  const receives = async (session = onStandby): Promise<NonNullable<ReceiverPayload['standby']>> => {
    const { standby, in_recovery, subscriptions } = await runsOf(receiverProbe, session)();
    expect({ in_recovery, subscriptions }).toEqual({ in_recovery: true, subscriptions: [] });
    if (standby === null) throw new Error('a standby that does not know it');
    return standby;
  };
  /** Inserts, and gives the position behind it. */
  const order = async (id: number): Promise<bigint> => {
    await primary.run(`insert into orders values (${id})`);
    return lsnOf((await runsOf(replicationProbe, onPrimary)()).lsn);
  };

  it('streams', async () => {
    const written = await order(1);
    await expect.poll(async () => lsnOf((await receives()).replay_lsn ?? '0/0')).toBeGreaterThanOrEqual(written);
    const received = await receives();
    expect(received).toMatchObject({ replay_paused: false, status_interval_seconds: 1, conflicts: 0 });
    expect(received.receiver).toMatchObject({ status: 'streaming', slot_name: 'reporting' });
    expect(lsnOf(received.receiver?.latest_end_lsn ?? '0/0')).toBeGreaterThanOrEqual(written);
    expect(received.receiver?.last_message_age_seconds).toBeLessThan(60);
    expect(Math.abs((received.receiver?.latest_end_at ?? 0) - Date.now() / 1_000)).toBeLessThan(60);
    expect(Math.abs((received.last_replayed_commit_at ?? 0) - Date.now() / 1_000)).toBeLessThan(60);

    const [above, below] = [await runsOf(replicationProbe, onPrimary)(), await runsOf(replicationProbe, onStandby)()];
    expect(above.slots).toMatchObject([{ slot_name: 'reporting', slot_type: 'physical', active: true, wal_status: 'reserved' }]);
    expect(above.wal_senders).toMatchObject([{ slot_name: 'reporting', application_name: 'reporting_standby', state: 'streaming', pid: above.slots[0]?.active_pid }]);
    expect(below).toMatchObject({ in_recovery: true, timeline: 1, system_identifier: above.system_identifier, slots: [], wal_senders: [], last_commit_at: null });
    expect(lsnOf(below.lsn)).toBeGreaterThanOrEqual(written);
  });

  it('tells a role without rights how far it is, and that the rest is hidden', async () => {
    const received = await receives(bare);
    expect(lsnOf(received.replay_lsn ?? '0/0')).toBeGreaterThan(0n);
    expect(received.receiver).toEqual({ status: null, slot_name: null, latest_end_lsn: null, latest_end_at: null, last_message_age_seconds: null });
    expect(await runsOf(replicationProbe, bare)()).toMatchObject({ in_recovery: true, sees_all: false, timeline: 1 });
  });

  it('has times of WAL segments, and no counters of changes', async () => {
    const position = runsOf(replicationProbe, onStandby);
    const before = await position();
    const directory = await runsOf(walDirectoryProbe, onStandby)();
    const after = await position();
    expect(directory).toMatchObject({ timeline: 1 });
    const end = lsnOf(directory.segments.at(-1)?.end_lsn ?? '0/0');
    expect(end).toBeGreaterThanOrEqual(lsnOf(before.lsn));
    expect(end).toBeLessThanOrEqual(lsnOf(after.lsn));
    const { tables, publications } = await runsOf(publicationsProbe, onStandby)();
    expect(tables).toMatchObject([{ relation: 'public.orders', has_identity: true, changes: null }]);
    expect(publications).toMatchObject([{ name: 'warehouse', tables: 1, changes: null }]);
  });

  it('receives while replay is paused', async () => {
    await standby.run('select pg_wal_replay_pause()');
    const written = await order(2);
    await expect.poll(async () => lsnOf((await receives()).receive_lsn ?? '0/0')).toBeGreaterThanOrEqual(written);
    const paused = await receives();
    expect(paused.replay_paused).toBe(true);
    expect(lsnOf(paused.replay_lsn ?? '0/0')).toBeLessThan(written);
    // What was received counts as the end of WAL here.
    expect(lsnOf((await runsOf(replicationProbe, onStandby)()).lsn)).toBeGreaterThanOrEqual(written);
    await standby.run('select pg_wal_replay_resume()');
    await expect.poll(async () => lsnOf((await receives()).replay_lsn ?? '0/0')).toBeGreaterThanOrEqual(written);
    expect((await receives()).replay_paused).toBe(false);
  });

  it('has copies of the slots that are to survive a failover, since 17', async () => {
    if (binaries.major < 17) {
      expect((await runsOf(replicationProbe, onPrimary)()).slots).toMatchObject([{ slot_name: 'reporting', failover: null, synced: null }]);
      return;
    }
    await primary.run("select pg_create_logical_replication_slot('warehouse_feed', 'pgoutput', failover => true)");
    const copied = async () => {
      await standby.run('select pg_sync_replication_slots()');
      return (await runsOf(replicationProbe, onStandby)()).slots;
    };
    await expect.poll(async () => (await copied()).length, { timeout: 20_000 }).toBe(1);
    const original = (await runsOf(replicationProbe, onPrimary)()).slots.find((slot) => slot.slot_name === 'warehouse_feed');
    expect(original).toMatchObject({ failover: true, synced: false, active: false });
    expect(await copied()).toMatchObject([{ slot_name: 'warehouse_feed', failover: true, synced: true, confirmed_flush_lsn: original?.confirmed_flush_lsn }]);
    await primary.run("select pg_drop_replication_slot('warehouse_feed')");
    await expect.poll(async () => (await copied()).length).toBe(0);
  });

  it('does without pg_control where that is forbidden', async () => {
    const functions = 'function pg_control_system(), pg_control_checkpoint(), pg_control_recovery()';
    await primary.run(`revoke execute on ${functions} from public`);
    const written = await order(5);
    await expect.poll(async () => lsnOf((await receives()).replay_lsn ?? '0/0')).toBeGreaterThanOrEqual(written);
    expect(await runsOf(replicationProbe, onPrimary)()).toMatchObject({ system_identifier: null, timeline: 1 });
    expect(await runsOf(replicationProbe, onStandby)()).toMatchObject({ system_identifier: null, timeline: 1 });
    expect(await runsOf(walDirectoryProbe, onStandby)()).toMatchObject({ timeline: 1 });
    // Whom the receiver is hidden from knows neither.
    expect(await runsOf(replicationProbe, bare)()).toMatchObject({ system_identifier: null, timeline: null });
    await primary.run(`grant execute on ${functions} to public`);
    const granted = await order(6);
    await expect.poll(async () => lsnOf((await receives()).replay_lsn ?? '0/0')).toBeGreaterThanOrEqual(granted);
  });

  it('has no receiver once the link is cut, though all it received is replayed', async () => {
    await standby.cutLink();
    await expect.poll(async () => (await receives()).receiver, { timeout: 20_000 }).toBeNull();
    const written = await order(3);
    const outstanding = async () => {
      const { receive_lsn, replay_lsn } = await receives();
      return lsnOf(receive_lsn ?? '0/0') - lsnOf(replay_lsn ?? '0/0');
    };
    await expect.poll(outstanding).toBe(0n);
    expect(lsnOf((await receives()).replay_lsn ?? '0/0')).toBeLessThan(written);
    const above = await runsOf(replicationProbe, onPrimary)();
    expect(above.slots).toMatchObject([{ slot_name: 'reporting', active: false }]);
    expect(above.wal_senders).toEqual([]);
  });

  it('begins another timeline when it is promoted, which a session of before notices', async () => {
    const look = { replication: runsOf(replicationProbe, onStandby), directory: runsOf(walDirectoryProbe, onStandby), bare: runsOf(replicationProbe, bare) };
    for (const run of Object.values(look)) expect(await run()).toMatchObject({ timeline: 1 });
    await standby.run('select pg_promote()', 'insert into orders values (4)');
    expect(await look.replication()).toMatchObject({ in_recovery: false, timeline: 2 });
    expect(await look.bare()).toMatchObject({ in_recovery: false, timeline: 2 });
    const { timeline, segments } = await look.directory();
    expect(timeline).toBe(2);
    expect(segments).toHaveLength(1);
    expect(await runsOf(receiverProbe, onStandby)()).toMatchObject({ in_recovery: false, standby: null });
  });
});
