/**
 * The budgets of the product. `npm run bench` measures help, audit, the gate, verdicts on metrics, finding queries, reading SQL, the screen and what watching costs production, in
 * some five minutes; `npm run bench -- lag` one by its name, such as the lag against the truth on a real slot. What follows a name
 * is its own: `npm run bench -- sql FOLDER`. Ends with 1 when one is exceeded.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const NAMES = ['audit', 'check', 'metrics', 'sources', 'sql', 'screen', 'watch', 'workload', 'lag', 'reconcile'];
const DEFAULT = ['audit', 'check', 'metrics', 'sources', 'sql', 'screen', 'watch', 'workload'];

const given = process.argv.slice(2);
const asked = given.filter((name) => NAMES.includes(name));
const rest = given.filter((name) => !NAMES.includes(name));
if (rest.length > 0 && asked.length !== 1) {
  process.stderr.write(`there is no bench '${rest[0]}': ${NAMES.join(', ')}\n`);
  process.exit(2);
}
const results = (asked.length > 0 ? asked : DEFAULT).map((name) =>
  spawnSync(process.execPath, ['--expose-gc', fileURLToPath(new URL(`${name}.mjs`, import.meta.url)), ...rest], { stdio: 'inherit' }),
);
process.exitCode = results.every(({ status }) => status === 0) ? 0 : 1;
