import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tidemarkHere } from '../cli/in-process.js';
import { program, tidemark } from '../cli/tidemark.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { LeakEstate, leaksIn, PASSWORD } from './leak/estate.js';

let server: TestServer;
let estate: LeakEstate;

beforeAll(async () => {
  server = await startServer(bundledServer(), { settings: { 'pg_stat_statements.track': 'all', wal_level: 'logical', log_min_messages: 'fatal' } });
  estate = await LeakEstate.create(server);
  // Runs within this process keep their files where those of processes are, so that they are searched too.
  Object.assign(process.env, { HOME: estate.home, TMPDIR: estate.home });
}, 180_000);

afterAll(async () => {
  await estate?.remove();
  await server?.stop();
});

interface Ran {
  /** Below 2: it looked and answered. */
  code: number | null;
  stdout: string;
  leaks: string[];
}

function environment(given: Record<string, string> = {}): Record<string, string> {
  return { HOME: estate.home, TMPDIR: estate.home, PRODUCTION_URL: estate.url(), PGPASSWORD: PASSWORD, ...given };
}

/** Runs a command line to its end, in a process of its own, and searches everything that it wrote. */
const run = (args: readonly string[], env: Record<string, string> = {}): Promise<Ran> => searched(tidemark, args, env);

async function searched(start: typeof tidemark | typeof tidemarkHere, args: readonly string[], env: Record<string, string>): Promise<Ran> {
  const { stdout, stderr, code } = await start(args, { cwd: estate.folder, env: environment(env) });
  const label = `tidemark ${args.join(' ')}`;
  return { code, stdout, leaks: [...leaksIn(`${label} (stdout)`, stdout), ...leaksIn(`${label} (stderr)`, stderr), ...leaksInFiles()] };
}

const told = new Set<string>();

/** Each once, so that a run answers for what itself has written. */
function leaksInFiles(): string[] {
  const found = [...estate.written()].flatMap(([file, text]) => [...leaksIn(file, file), ...leaksIn(file, text)]).filter((leak) => !told.has(leak));
  for (const leak of found) told.add(leak);
  return found;
}

const ALL = ['text', 'json', 'ndjson'];

/** The same in every form that answers in tables have, in one run within this process; whatever is not standard output goes to files that are searched. */
async function inForms(args: readonly string[], forms: readonly string[] = ALL): Promise<Ran> {
  const [first = 'text', ...others] = forms;
  runs += 1;
  const ran = await searched(tidemarkHere, [...args, '--format', first, ...others.flatMap((form) => ['--format', `${form}:out/${runs}.${form}`])], {});
  for (const form of others) expect(estate.written().get(`out/${runs}.${form}`)?.length, form).toBeGreaterThan(100);
  return ran;
}

let runs = 0;

describe('the search', () => {
  test('would find what is planted: the server keeps literals of utility statements, comments and what runs', async () => {
    const { statements, activity } = await estate.kept();
    for (const mark of ['do block', 'cursor', 'copy', 'program', 'comment', 'trailing', 'notification', 'password', 'policy', 'index']) {
      expect(statements.filter((text) => text.includes(`zzcanary ${mark}`) || text.includes(`zzcanary-${mark}`)).length, mark).toBeGreaterThan(0);
    }
    expect(activity.length).toBeGreaterThan(0);
  });

  test.each(['zzcanary', 'ZZCANARY', '\\u007a\\u007acanary', '219-55-9917', '219559917', '+46 70-990 55 41 77', '0046709905541'])('finds %s', (mark) => {
    expect(leaksIn('here', `before ${mark} behind`)).not.toEqual([]);
  });
});

describe('no value of a row and no literal of a statement leaves by', () => {
  test('audit', async () => {
    expect(await inForms(['audit', '--all', '-v', '--sample', '1s'])).toMatchObject({ leaks: [], code: 1 });
  });

  test('collect, and what is answered of its bundle', async () => {
    expect(await run(['collect', '-o', 'out/housing.tidemark', '--sample', '1s'])).toMatchObject({ leaks: [], code: 0 });
    for (const command of [['audit', '--all'], ['workload'], ['metrics'], ['privacy', '--limit', 'all'], ['fix', 'contracts']]) {
      const { leaks, code } = await inForms([...command, 'out/housing.tidemark']);
      expect(leaks).toEqual([]);
      expect(code, command.join(' ')).not.toBe(2);
    }
    const { leaks, code } = await run(['inspect', '--bundle', 'out/housing.tidemark', '--store', 'warehouse', 'reports/copies.sql']);
    expect({ leaks, code }).toEqual({ leaks: [], code: 0 });
  }, 180_000);

  test('a filter, which stays as a hash that tells its kind', () => {
    const bundle = estate.written().get('out/housing.tidemark') ?? '';
    expect(bundle).toMatch(/email <> 'tm#email#[0-9a-f]+'/);
    expect(bundle).toMatch(/tm#phone#/);
    expect(bundle).toMatch(/tm#iban#/);
    // The same address in two reports is the same hash, so that definitions can still be compared.
    const hashes = [...bundle.matchAll(/(?:email|district) <> '(tm#email#[0-9a-f]+)'/g)].map(([, hash]) => hash);
    expect(hashes.length).toBeGreaterThan(new Set(hashes).size);
  });

  test.each([
    [['workload'], ALL], [['doctor'], ['text']], [['doctor'], ['json']], [['metrics', '--measure'], ALL], [['impact', 'migrations/V1__drop.sql'], ALL], [['fix', 'contracts'], ALL], [['sources', 'reports', 'boards'], ['text']], [['sources', 'reports', 'boards', 'contracts'], ['ndjson']],
  ] as const)('%j as %j', async (command, forms) => {
    const { leaks, code, stdout } = await inForms(command, forms);
    expect(leaks).toEqual([]);
    expect(code).not.toBe(2);
    expect(stdout.length).toBeGreaterThan(100);
  }, 120_000);

  test('sources of stores: views and statements that they hold', async () => {
    for (const form of ['text', 'ndjson']) {
      const { leaks, code, stdout } = await run(['sources', '--postgres', estate.url(), '--duckdb', 'warehouse.duckdb', '--format', form]);
      expect({ leaks, code }).toEqual({ leaks: [], code: 0 });
      expect(stdout).toContain(form === 'text' ? 'queries of 2 tools' : 'open_tenant');
    }
  }, 120_000);

  test('privacy, with everything that it may ask of rows', async () => {
    const { leaks, stdout, code } = await inForms(['privacy', '--limit', 'all', '--sample-values', '--erased', '--small-groups']);
    expect(leaks).toEqual([]);
    expect(stdout).toMatch(/Values were checked in at most 1,000 rows/);
    expect(code).toBe(1);
    expect(await run(['privacy', 'show', 'tenant.email'])).toMatchObject({ leaks: [], code: 1 });
  }, 120_000);

  test('reconcile by a key that is a name, what it keeps, and what would repair it', async () => {
    const pair = ['--pair', 'production:app.tenant=warehouse:raw.tenant', '--key', 'tenant_id,full_name', '--except', 'moved_in', '--unpaced', '--wait', '0s'];
    const { leaks, code, stdout } = await inForms(['reconcile', ...pair, '-v', '--limit', 'all']);
    expect({ leaks, code }).toEqual({ leaks: [], code: 3 });
    expect(stdout).toMatch(/20 extra, 197 changed \(district\)/);
    expect([...estate.written().keys()].filter((file) => /reconcile\/tenant-[0-9a-f]+\.json$/.test(file))).toHaveLength(1);
    expect((await inForms(['fix', 'reload', ...pair, '--except', 'moved_in,district'])).leaks).toEqual([]);
  }, 120_000);

  test('watch, its journal and its recording', async () => {
    const { leaks, code } = await run(['watch', '--plain', '--for', '12s', '--record', 'out/watch.ndjson', '--format', 'ndjson']);
    expect(leaks).toEqual([]);
    expect(code).not.toBe(2);
    const samples = [...estate.written()].filter(([file]) => /watch\.ndjson$|journal|\.tidemark\//.test(file));
    expect(samples.map(([, text]) => text.length > 500)).toContain(true);
    expect((await run(['watch', '--plain', '--replay', 'out/watch.ndjson', '--speed', '1000'])).leaks).toEqual([]);
  }, 120_000);

  test('serve and what it gives to Prometheus', async () => {
    const child = spawn(process.execPath, [program, 'serve', '--listen', '127.0.0.1:0'], { cwd: estate.folder, env: { PATH: process.env['PATH'], ...environment() }, stdio: ['ignore', 'pipe', 'pipe'] });
    let written = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (written += text));
    const until = async (what: () => Promise<boolean>): Promise<void> => {
      for (const end = Date.now() + 60_000; !(await what()); ) {
        if (Date.now() > end) throw new Error(`serve did not come so far: ${written}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    await until(async () => /serving http:\S+\/metrics/.test(written));
    const url = /serving (http:\S+)\/metrics/.exec(written)?.[1] ?? '';
    await until(async () => (await fetch(`${url}/ready`)).status === 200);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    child.kill('SIGINT');
    await once(child, 'close');
    expect(metrics).toContain('tidemark');
    expect([...leaksIn('/metrics', metrics), ...leaksIn('serve', written), ...leaksInFiles()]).toEqual([]);
  }, 120_000);
});

describe('no value leaves by what goes wrong:', () => {
  test('a wrong password, which is no value of a row but must not be shown either', async () => {
    for (const command of ['audit', 'doctor', 'privacy']) expect((await run([command, '--debug'], { PGPASSWORD: 'zzcanary-wrong' })).leaks).toEqual([]);
  });

  test('a role without rights', async () => {
    for (const command of [['audit'], ['doctor'], ['privacy', '--sample-values', '--erased', '--small-groups'], ['metrics', '--measure'], ['watch', '--plain', '--for', '3s']]) {
      expect((await run([...command, '--debug'], { PRODUCTION_URL: estate.url('nobody') })).leaks).toEqual([]);
    }
  }, 120_000);

  test('views that fail on the values of rows', async () => {
    await server.run(['CREATE VIEW app.broken AS SELECT tenant_id, full_name::int AS number, email::inet AS address FROM app.tenant', 'GRANT SELECT ON app.broken TO auditor'], 'housing');
    writeFileSync(path.join(estate.folder, 'reports/districts_again.sql'), '-- name: tenants_by_district\nSELECT sum(number) FROM app.broken;\n-- name: another\nSELECT count(*) FROM app.tenant WHERE note::int > 1;\n');
    for (const command of [['privacy', '--sample-values'], ['metrics', '--measure'], ['audit'], ['watch', '--plain', '--for', '3s'], ['reconcile', '--pair', 'production:app.broken=warehouse:raw.tenant', '--key', 'tenant_id', '--columns', 'number=district,address=email', '--wait', '0s']]) expect((await run([...command, '--debug', '-v'])).leaks).toEqual([]);
  }, 120_000);

  test('a damaged warehouse file and a damaged dashboard', async () => {
    writeFileSync(path.join(estate.folder, 'boards/damaged.json'), '{"title": "zzcanary-damaged@example.org", "panels": [{"rawSql": "SELECT \'zzcanary');
    writeFileSync(path.join(estate.folder, 'damaged.duckdb'), 'zzcanary '.repeat(2_000));
    expect((await run(['audit', '--debug'])).leaks).toEqual([]);
    expect((await run(['privacy', '--duckdb', 'damaged.duckdb', '--sample-values', '--debug'])).leaks).toEqual([]);
  });

  test('a server that is killed meanwhile', async () => {
    const asked = run(['privacy', '--sample-values', '--erased', '--debug']);
    setTimeout(() => server.kill(), 1_500);
    expect((await asked).leaks).toEqual([]);
    for (const command of ['audit', 'doctor', 'privacy', 'collect']) expect((await run([command, ...(command === 'collect' ? ['-o', 'out/dead.tidemark'] : []), '--debug'])).leaks).toEqual([]);
  }, 120_000);

  test('and nothing is left in temporary folders', () => {
    const left = readdirSync(estate.home).filter((name) => name.startsWith('tidemark') && statSync(path.join(estate.home, name)).isDirectory());
    expect(left).toEqual([]);
  });
});
