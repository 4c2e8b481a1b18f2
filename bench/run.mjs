/**
 * The budgets of the product. `npm run bench` measures help, audit, the screen and what watching costs production, in some four
 * minutes; `npm run bench -- lag` one by its name, such as the lag against the truth on a real slot. Ends with 1 when one is exceeded.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const NAMES = ['audit', 'screen', 'watch', 'lag'];
const DEFAULT = ['audit', 'screen', 'watch'];

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !NAMES.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`there is no bench '${unknown}': ${NAMES.join(', ')}\n`);
  process.exit(2);
}
const results = (asked.length > 0 ? asked : DEFAULT).map((name) =>
  spawnSync(process.execPath, ['--expose-gc', fileURLToPath(new URL(`${name}.mjs`, import.meta.url))], { stdio: 'inherit' }),
);
process.exitCode = results.every(({ status }) => status === 0) ? 0 : 1;
