// Measures quality on labelled cases: `npm run eval`, or one subject, as in `npm run eval -- lineage`. A folder after a subject is read
// besides, where the subject knows how: `npm run eval -- sources FOLDER`.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = readdirSync(path.join(root, 'test'), { recursive: true })
  .map((file) => path.join('test', String(file)))
  .filter((file) => /evaluation[^/]*\.test\.ts$/.test(file))
  .sort();
const isFolder = (name) => statSync(name, { throwIfNoEntry: false })?.isDirectory() === true && /[/\\.]/.test(name);
const folders = process.argv.slice(2).filter(isFolder);
const subjects = process.argv.slice(2).filter((name) => !isFolder(name));
const unknown = subjects.find((subject) => !files.some((file) => file.includes(subject)));
if (unknown !== undefined) {
  process.stderr.write(`there is nothing to evaluate named '${unknown}': ${files.join(', ')}\n`);
  process.exit(2);
}
const chosen = files.filter((file) => subjects.length === 0 || subjects.some((subject) => file.includes(subject)));
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...chosen, '--disable-console-intercept', '--silent=false'], {
  cwd: root, stdio: 'inherit', env: { ...process.env, TIDEMARK_EVAL_FOLDERS: folders.map((folder) => path.resolve(folder)).join('\n') },
});
process.exit(status ?? 1);
