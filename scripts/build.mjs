// Builds dist: the JavaScript of src, and the files beside it that are no TypeScript (SQL texts and the like).
//
// usage: node scripts/build.mjs [--no-check]     --no-check leaves out the type check, for tests that run the product
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = path.join(root, 'src');
const target = path.join(root, 'dist');
const compiler = path.join(root, 'node_modules/typescript/bin/tsc');

const options = process.argv.includes('--no-check') ? ['--noCheck'] : ['--noEmitOnError'];
const { status } = spawnSync(process.execPath, [compiler, ...options], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

for (const name of readdirSync(source, { recursive: true, withFileTypes: true })) {
  const file = path.relative(source, path.join(name.parentPath, name.name));
  if (name.isFile() && !name.name.endsWith('.ts')) cpSync(path.join(source, file), path.join(target, file));
}

// The scratch engine starts in a tenth of the time from a data directory that is prepared. Making it takes seconds, and nothing
// of it depends on what is built.
const { DATA_FILE_NAME, makeData } = await import(pathToFileURL(path.join(target, 'scratch/pglite-data.js')).href);
const prepared = path.join(target, 'scratch', DATA_FILE_NAME);
if (!existsSync(prepared)) {
  // Under another name first: a build that is ended meanwhile leaves no half of it.
  writeFileSync(`${prepared}.part`, await makeData());
  renameSync(`${prepared}.part`, prepared);
}

// The bundled rules as YAML gives them: reading the YAML was a tenth of what a check takes.
const { PLAIN_RULES_FILE, plainRulesOf } = await import(pathToFileURL(path.join(target, 'rules/plain-rules.js')).href);
const { plainRule } = await import(pathToFileURL(path.join(target, 'rules/rule-source.js')).href);
const rules = readdirSync(path.join(root, 'rules'), { recursive: true }).filter((name) => /\.ya?ml$/.test(name)).sort();
const plain = path.join(target, 'rules', PLAIN_RULES_FILE);
writeFileSync(`${plain}.part`, plainRulesOf(rules.map((name) => readFileSync(path.join(root, 'rules', name), 'utf8')), plainRule));
renameSync(`${plain}.part`, plain);

// What has gone from src must not live on in a package.
for (const name of readdirSync(target, { recursive: true, withFileTypes: true })) {
  const file = path.relative(target, path.join(name.parentPath, name.name));
  const origin = path.join(source, file.replace(/\.js$/, '.ts'));
  if (name.isFile() && !existsSync(origin) && ![prepared, plain].includes(path.join(target, file))) rmSync(path.join(target, file));
}
