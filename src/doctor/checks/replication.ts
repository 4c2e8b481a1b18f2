import { quoteName } from '../../stores/postgres/failure.js';
import { count } from '../../text/quantity.js';
import { notAvailable, ok, warning, type Check } from '../check.js';
import { valueOf, type PostgresFacts } from '../facts.js';
import { remedyOf, setting } from '../remedy.js';
import { unreadOf } from './server.js';

/** What change data capture, the clock of WAL positions and standbys can be told by. */
export function replicationChecks(facts: PostgresFacts): Check[] {
  const row = valueOf(facts.replication);
  if (row === null) return [notAvailable('replication', 'replication', unreadOf(facts.replication), 'slots, senders and publications: lag in bytes and seconds', null)];
  return [slots(facts, row), walDirectory(facts, row), commitTimes(facts), standby(facts, row)].filter((check) => check !== null);
}

type Row = NonNullable<ReturnType<typeof valueOf<Extract<PostgresFacts['replication'], { value: unknown }>['value']>>>;

function slots({ identity, hosting, settings }: PostgresFacts, row: Row): Check {
  const id = 'replication';
  const level = valueOf(settings)?.find(({ name }) => name === 'wal_level')?.value ?? 'unknown';
  const inactive = row.inactive_slots === 0 ? '' : ` (${count(row.inactive_slots, 'inactive', 'inactive')})`;
  const seen = `${count(row.slots, 'slot')}${inactive}, ${count(row.senders, 'sender')}, ${count(row.publications, 'publication')}; wal_level ${level}`;
  if (row.hidden_senders === 0) return ok(id, id, seen);
  return warning(id, id, `${seen}; positions of ${count(row.hidden_senders, 'sender')} are hidden`, 'lag by hop: what was sent, written, flushed and replayed', remedyOf(`GRANT pg_monitor TO ${quoteName(identity.role ?? '')};`, hosting));
}

function walDirectory({ identity, hosting }: PostgresFacts, row: Row): Check | null {
  const id = 'wal-directory';
  const title = 'WAL directory';
  if (hosting.id === 'aurora') return null;
  if (row.lists_wal) return ok(id, title, 'can be listed: lag in seconds from the first look on');
  return notAvailable(id, title, `${quoteName(identity.role ?? '')} may not list it`, 'lag in seconds until watch has run for as long as the lag is', remedyOf(`GRANT pg_monitor TO ${quoteName(identity.role ?? '')};`, hosting), false);
}

function commitTimes({ settings, hosting }: PostgresFacts): Check | null {
  const id = 'commit-timestamps';
  const title = 'commit times';
  const value = valueOf(settings)?.find(({ name }) => name === 'track_commit_timestamp')?.value ?? null;
  if (value === null) return null;
  if (value === 'on') return ok(id, title, 'on: an idle server is told from a stuck stream');
  return { ...ok(id, title, 'track_commit_timestamp is off, as by default'), remedy: remedyOf(setting('track_commit_timestamp', 'on', 'restart'), hosting) };
}

function standby({ identity, settings, hosting }: PostgresFacts, row: Row): Check | null {
  if (!identity.inRecovery) return null;
  const id = 'standby';
  const value = (name: string): string => valueOf(settings)?.find((one) => one.name === name)?.value ?? 'unknown';
  const seen = `hot_standby_feedback ${value('hot_standby_feedback')}, max_standby_streaming_delay ${value('max_standby_streaming_delay')} ms`;
  if (row.replay_paused === true) return warning(id, id, `${seen}; replay is paused`, 'everything that the primary wrote since', { ...remedyOf('SELECT pg_wal_replay_resume();', hosting), by: hosting.administrator });
  if (row.receivers === 0) return warning(id, id, `${seen}; no receiver: the link to the primary is down`, 'everything that the primary wrote since', null);
  return ok(id, id, `${seen}; receiving`);
}
