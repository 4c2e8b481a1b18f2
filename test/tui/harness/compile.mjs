import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Compiles the harness and what it imports, without the rest of the product, and returns the path of its program. Each caller
 * gets a folder of its own under node_modules, as tests and measurements may run side by side.
 */
export function compileHarness(folder) {
  const target = path.join(root, 'node_modules', `.tidemark-${folder}`);
  mkdirSync(target, { recursive: true });
  writeFileSync(path.join(target, 'package.json'), '{ "type": "module" }\n');
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  const options = ['--noCheck', '--ignoreConfig', '--target', 'es2023', '--module', 'nodenext', '--types', 'node', '--rootDir', root, '--outDir', target];
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...options, path.join(root, 'test/tui/harness/screen.ts')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the harness was not compiled:\n${stdout}`);
  return path.join(target, 'test/tui/harness/screen.js');
}
