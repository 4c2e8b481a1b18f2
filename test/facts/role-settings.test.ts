import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationSeconds, memoryBytes, roleSettings } from '../../src/facts/role-settings.js';
import type { Catalog, Role } from '../../src/model/catalog.js';
import { emptyCatalog } from '../../src/sql/catalog.js';
import { role } from '../support/estate.js';

describe('a timeout in seconds', () => {
  test.each([['30s', 30], ['30000', 30], ['250ms', 0.25], ['5min', 300], ['1h', 3600], ['0', 0], ["'2 min'", 120], [undefined, Number.NaN], ['soon', Number.NaN]])('%s', (setting, seconds) => {
    expect(durationSeconds(setting)).toBe(seconds);
  });
});

describe('memory in bytes', () => {
  test.each([
    ['4096', 4 * 2 ** 20], ['64MB', 64 * 2 ** 20], ['1GB', 2 ** 30], ["'1.5 GB'", 1.5 * 2 ** 30], ['512kB', 2 ** 19], ['2TB', 2 * 2 ** 40], ['100B', 100],
    ['-1', -1], ['0', 0], ['64mb', Number.NaN], ['lots', Number.NaN], ['', Number.NaN], [undefined, Number.NaN],
  ])('%s', (setting, bytes) => {
    expect(memoryBytes(setting)).toBe(bytes);
  });

  test('a unit is a thousand and twenty-four of the one below it', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.constantFrom(['GB', 'MB'], ['MB', 'kB'], ['TB', 'GB']), (number, [large, small]) => {
      expect(memoryBytes(`${number}${large}`)).toBe(memoryBytes(`${number * 1024}${small}`));
    }));
  });

  test('no setting ever throws', () => {
    fc.assert(fc.property(fc.string(), (setting) => {
      expect([typeof memoryBytes(setting), typeof durationSeconds(setting)]).toEqual(['number', 'number']);
    }));
  });
});

describe('the settings in force for a role', () => {
  const server = { statement_timeout: '0', lock_timeout: '0', work_mem: '4096', hash_mem_multiplier: '2', max_parallel_workers_per_gather: '2', temp_file_limit: '-1', default_transaction_read_only: 'off' };
  const settings = (own: Partial<Role>, others: Role[] = [], defaults: Catalog['settings'] = server): ReturnType<typeof roleSettings> => {
    const asked = role('metabase_ro', own);
    return roleSettings(asked, { ...emptyCatalog(), roles: [asked, ...others], settings: defaults }, 'casework');
  };

  test('one hash of a query takes work_mem, times the multiplier, in every process', () => {
    expect(settings({}).query_node_memory_bytes).toBe(24 * 2 ** 20);
    expect(settings({ settings: { work_mem: '1GB', max_parallel_workers_per_gather: '0', hash_mem_multiplier: '1.5' } }).query_node_memory_bytes).toBe(1.5 * 2 ** 30);
  });

  test('what the server does not tell is not known, and nothing is made of it', () => {
    const { query_node_memory_bytes, transaction_timeout_seconds, temp_file_limit_bytes, temp_file_limit_origin } = settings({}, [], { work_mem: '4096' });
    expect({ query_node_memory_bytes, transaction_timeout_seconds, temp_file_limit_bytes }).toEqual({ query_node_memory_bytes: Number.NaN, transaction_timeout_seconds: Number.NaN, temp_file_limit_bytes: Number.NaN });
    expect(temp_file_limit_origin).toBe('');
  });

  test('a group has none for its members, however far away, and it is said', () => {
    const groups = [role('readers', { canLogin: false, memberOf: ['reporting'] }), role('reporting', { canLogin: false, settings: { temp_file_limit: '5GB', statement_timeout: '250ms' } })];
    expect(settings({ memberOf: ['readers'] }, groups)).toMatchObject({
      statement_timeout_seconds: 0,
      statement_timeout_origin: 'statement_timeout is off by the default of server and database; its group reporting has 250 ms, which no member gets',
      temp_file_limit_origin: 'temp_file_limit is without limit by the default of server and database; its group reporting has 5 GiB, which no member gets',
      lock_timeout_origin: 'lock_timeout is off by the default of server and database',
    });
  });

  test('nothing is said of a group that has what the role has anyway, nor of groups in a circle', () => {
    const groups = [role('reporting', { canLogin: false, memberOf: ['metabase_ro'], settings: { statement_timeout: '30s', lock_timeout: '0ms' } })];
    const { statement_timeout_origin, lock_timeout_origin } = settings({ memberOf: ['reporting'], settings: { statement_timeout: '10s' } }, groups);
    expect(statement_timeout_origin).toBe('statement_timeout is 10 s, set for the role itself');
    expect(lock_timeout_origin).toBe('lock_timeout is off by the default of server and database');
  });

  test.each([['on', true], ['true', true], ['yes', true], ['1', true], ['t', true], ['off', false], ['0', false], ['no', false]])('default_transaction_read_only = %s', (word, readOnly) => {
    expect(settings({ settings: { default_transaction_read_only: word } }).read_only).toBe(readOnly);
  });
});
