import { describe, expect, test } from 'vitest';
import { type RoleActivity, type RoleTraits, purposeOf, reverseEtlWord } from '../../src/graph/role-purpose.js';
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

  test.each(['rdsadmin', 'rdsproxyadmin', 'azuresu', 'cloudsqladmin', 'supabase_etl_admin', 'supabase_read_only_user', 'pgbouncer'])('%s, which the provider of the server made', (role) => {
    expect(purpose(role, { replication: true }, READS)).toBe(`administration: guessed from "${role}" in its name`);
  });

  test('unless dashboards and writes by key share it', () => {
    expect(purpose('postgres', {}, { ...READS, cards: 2, operationalWrites: 6 })).toBe('application: guessed: it writes by key');
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
  expect(purpose('b.core', {}, { ...READS, operationalWrites: 12 })).toBe('application: guessed: it writes by key');
});

test('a correction by hand does not make an application of a person', () => {
  const seldom = 'person: guessed: its name is written like that of a person, and it seldom writes';
  expect(purpose('j.ortiz', {}, { ...READS, operationalWrites: 1 })).toBe(seldom);
  expect(purpose('anna.kowalska', {}, { ...READS, operationalWrites: 2, analytical: 3 })).toBe(seldom);
});

describe('what carries data back from a warehouse', () => {
  test.each(['hightouch', 'census', 'polytomic_sync', 'reverse_etl', 'crm_retl', 'segment_activation'])('%s loads', (role) => {
    expect(purpose(role, {}, { ...READS, operationalWrites: 3 })).toMatch(/^loader: guessed from "/);
    expect(reverseEtlWord(role)).not.toBe('');
  });

  test('a service that is called after a census or the activation of accounts is an application', () => {
    expect(purpose('census_api')).toBe('application: guessed from "api" in its name');
    expect(purpose('account_activation_svc')).toBe('application: guessed from "svc" in its name');
  });

  test('other loads do not', () => {
    expect(['warehouse_loader', 'etl', 'reverse_proxy', 'airbyte'].map(reverseEtlWord)).toEqual(['', '', '', '']);
  });
});
