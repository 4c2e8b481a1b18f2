import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveConnection, type Connection } from '../../src/stores/postgres/connection.js';
import { defaultsOfOthers } from '../../src/stores/postgres/settings.js';
import { ConnectError } from '../../src/stores/store.js';

const home = mkdtempSync(join(tmpdir(), 'tidemark-test-home-'));
afterAll(() => rmSync(home, { recursive: true }));

const resolve = (url: string, environment: Record<string, string> = {}): Connection =>
  resolveConnection({ name: 'production', url }, { environment, homeDirectory: home });

describe('resolveConnection', () => {
  it('reads a URL with everything in it', () => {
    const url = 'postgresql://case%40work:p%23ss%2Fword@db.example.org:6432/case%20work?sslmode=verify-full&sslrootcert=/etc/ca.pem&connect_timeout=3';
    expect(resolve(url)).toMatchObject({
      user: 'case@work',
      password: 'p#ss/word',
      host: 'db.example.org',
      port: 6432,
      database: 'case work',
      sslMode: 'verify-full',
      sslRootCertificate: '/etc/ca.pem',
      connectTimeout_ms: 3000,
      place: 'db.example.org:6432/case work',
    });
  });

  it.each([
    ['postgres://u@[2001:db8::7]/d', { host: '2001:db8::7', place: '[2001:db8::7]:5432/d' }],
    ['postgres://u@/d?host=/var/run/casework', { host: '/var/run/casework', place: '/var/run/casework:5432/d' }],
    ['postgres://u@%2Frun%2Fpg/d', { host: '/run/pg' }],
    ["host=db port=5433 dbname='case work' user=u password='it\\'s'", { host: 'db', port: 5433, database: 'case work', password: "it's" }],
    ['postgres://u@h/d?ssl=true', { sslMode: 'require' }],
    ['postgres://u@h/d?sslmode=no-verify', { sslMode: 'no-verify' }],
    ['postgres://u@h/d?pgbouncer=true&channel_binding=require', { host: 'h', sslMode: 'prefer' }],
    ['postgres://u@h', { database: 'u' }],
  ])('reads %s', (url, expected) => {
    expect(resolve(url)).toMatchObject(expected);
  });

  it('takes what is missing from the environment, and the connection string first', () => {
    const environment = { PGHOST: 'db', PGPORT: '5499', PGDATABASE: 'casework', PGUSER: 'tidemark', PGPASSWORD: 'spring', PGSSLMODE: 'disable', PGOPTIONS: '-c x.y=1' };
    expect(resolve('', environment)).toMatchObject({ host: 'db', port: 5499, database: 'casework', user: 'tidemark', password: 'spring', sslMode: 'disable', options: '-c x.y=1' });
    expect(resolve('postgres://other@elsewhere/archive', environment)).toMatchObject({ host: 'elsewhere', port: 5499, database: 'archive', user: 'other', password: 'spring' });
  });

  it('takes a service from its file, before the environment', () => {
    writeFileSync(join(home, '.pg_service.conf'), '# ours\n[archive]\nhost=old\n\n[casework]\nhost=db.example.org\nport=5440\ndbname=casework\nuser=tidemark\n\n[other]\nhost=x\n');
    expect(resolve('service=casework', { PGHOST: 'ignored', PGUSER: 'ignored' })).toMatchObject({ host: 'db.example.org', port: 5440, database: 'casework', user: 'tidemark' });
    expect(resolve('', { PGSERVICE: 'casework' })).toMatchObject({ host: 'db.example.org' });
    expect(resolve('postgres://me@/own?service=casework')).toMatchObject({ host: 'db.example.org', user: 'me', database: 'own' });
    const elsewhere = join(home, 'services');
    writeFileSync(elsewhere, '[casework]\nhost=second\n');
    expect(resolve('service=casework', { PGSERVICEFILE: elsewhere })).toMatchObject({ host: 'second' });
  });

  it('takes the password of the first line that fits', () => {
    const lines = ['# host:port:database:user:password', 'db:5432:*:other:wrong', 'db:*:case\\:work:tidemark:with\\:colon\\\\', '*:*:*:tidemark:fallback'];
    writeFileSync(join(home, '.pgpass'), lines.join('\n'), { mode: 0o600 });
    expect(resolve('host=db dbname=case:work user=tidemark').password).toBe('with:colon\\');
    expect(resolve('host=db dbname=archive user=tidemark').password).toBe('fallback');
    expect(resolve('host=db dbname=archive user=stranger').password).toBeNull();
    expect(resolve('host=db user=tidemark', { PGPASSWORD: 'first' }).password).toBe('first');
    rmSync(join(home, '.pgpass'));
  });

  it.each([
    ['postgres://tidemark:pass#word@host:port/casework', 'the URL cannot be read', '%40'],
    ['postgres://tidemark:100%secret@host/casework', 'the password in the URL is not percent-encoded correctly', '%25'],
    ['casework', 'it is neither a URL nor a connection string', 'postgres://USER@HOST:PORT/DATABASE'],
    ['host=db dbname', 'the connection string cannot be read', 'key=value'],
    ['host=db port=none', 'the port is not a number', 'Correct the port'],
    ['host=a,b', 'the connection names several hosts', 'Name one'],
    ['host=db sslmode=always', "sslmode is none of libpq's", 'verify-full'],
    ['service=missing', 'no service "missing"', 'PGSERVICEFILE'],
  ])('refuses %s in words, without its text', (url, detail, nextStep) => {
    const attempt = (): Connection => resolve(url);
    expect(attempt).toThrow(ConnectError);
    expect(attempt).toThrow(detail);
    expect(attempt).toThrow(nextStep);
    try {
      attempt();
    } catch (error) {
      const everything = error instanceof ConnectError ? `${error.message} ${error.stack} ${String(error.cause)}` : '';
      expect(everything).not.toMatch(/pass#word|100%secret/);
      expect(error).toMatchObject({ reason: 'configuration', store: 'production' });
    }
  });
});

describe('defaultsOfOthers', () => {
  const rows = [
    { name: 'lock_timeout', value: '0', source: 'default' },
    { name: 'statement_timeout', value: '30000', source: 'user' },
    { name: 'work_mem', value: '4096', source: 'configuration file' },
  ];
  const store = { name: 'production', role: 'Audit', database: 'casework' };

  it('takes what the session started with where nothing hides it', () => {
    expect(defaultsOfOthers(rows, [], store)).toEqual({ settings: { lock_timeout: '0', statement_timeout: '30000', work_mem: '4096' }, gaps: [] });
  });

  it('leaves out what its own role hides, and quotes the role in the remedy', () => {
    const { settings, gaps } = defaultsOfOthers(rows, [{ own: true, in_database: false, settings: ['statement_timeout=30s'] }], store);
    expect(settings).toEqual({ lock_timeout: '0', work_mem: '4096' });
    expect(gaps.map((gap) => gap.remedy)).toEqual(['ALTER ROLE "Audit" RESET statement_timeout;']);
  });

  it('knows the default behind its own role from the database, and from ALTER ROLE ALL after that', () => {
    const own = { own: true, in_database: true, settings: ['statement_timeout=30s'] };
    const all = { own: false, in_database: false, settings: ['statement_timeout=5min'] };
    const database = { own: false, in_database: true, settings: ['statement_timeout=1min'] };
    expect(defaultsOfOthers(rows, [own, all], store).settings['statement_timeout']).toBe('5min');
    expect(defaultsOfOthers(rows, [own, database, all], store).settings['statement_timeout']).toBe('1min');
  });
});
