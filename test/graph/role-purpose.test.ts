import { describe, expect, test } from 'vitest';
import { type RoleActivity, type RoleTraits, purposeOf } from '../../src/graph/role-purpose.js';
import { configuration } from '../support/estate.js';

const IDLE: RoleActivity = { cards: 0, analytical: 0, operationalWrites: 0, statements: 0, readingRelations: 0 };
const PLAIN: RoleTraits = { superuser: false, replication: false, memberOf: [], holdsRelations: true };
const READS = { statements: 3, readingRelations: 3 };

function purpose(role: string, traits: Partial<RoleTraits> = {}, activity: Partial<RoleActivity> = {}): string {
  const { purpose: found, reason } = purposeOf(role, { ...PLAIN, ...traits }, { ...IDLE, ...activity }, configuration());
  return `${found}: ${reason}`;
}

describe('roles that look after the server', () => {
  test.each([
    ['postgres', 'guessed from "postgres" in its name'],
    ['postgres_exporter', 'guessed from "exporter" in its name'],
    ['datadog', 'guessed from "datadog" in its name'],
    ['nightly_dump', 'guessed from "dump" in its name'],
    ['pgbackrest', 'guessed from "pgbackrest" in its name'],
  ])('%s administers', (role, reason) => {
    expect(purpose(role, {}, READS)).toBe(`administration: ${reason}`);
  });

  test('a member of pg_monitor that reads no relation', () => {
    expect(purpose('watcher', { memberOf: ['pg_monitor'] }, { statements: 4 })).toBe('administration: guessed: it is a member of pg_monitor and reads no relation');
  });

  test('who reads the business\'s relations is not hidden by pg_monitor', () => {
    expect(purpose('watcher', { memberOf: ['pg_monitor'] }, READS)).toBe('unknown: nothing tells what it is for');
  });

  test('the connection of a standby, though it is called a replicator', () => {
    expect(purpose('replicator', { replication: true, holdsRelations: false })).toBe('administration: guessed: it may replicate and may read no relation');
  });

  test('change data capture may read what it copies, so it is a loader', () => {
    expect(purpose('debezium', { replication: true })).toBe('loader: guessed from "debezium" in its name');
    expect(purpose('replicator', { replication: true, holdsRelations: false, memberOf: ['pg_read_all_data'] })).toBe('loader: guessed from "replicator" in its name');
  });

  test('the name of the first superuser within another name says nothing', () => {
    expect(purpose('postgres_ro', {}, READS)).toBe('unknown: nothing tells what it is for');
  });
});

test('a role that is named like a person is one, unless a word or its work says otherwise', () => {
  expect(purpose('j.ortiz', {}, READS)).toBe('person: guessed: its name is written like that of a person');
  expect(purpose('anna.kowalska-nowak', {}, READS)).toBe('person: guessed: its name is written like that of a person');
  expect(purpose('billing.svc', {}, READS)).toBe('application: guessed from "svc" in its name');
  expect(purpose('billing.core', {}, { ...READS, operationalWrites: 2 })).toBe('application: guessed: it writes by key');
});
