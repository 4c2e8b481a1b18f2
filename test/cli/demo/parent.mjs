// A process that starts a server and then ends in the way that its argument names. It writes one line of JSON when the
// server runs. Plain JavaScript, so that Node runs it as it is; Vite reads the TypeScript of the product.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const [ending] = process.argv.slice(2);
const path = fileURLToPath(new URL('../../../src/cli/demo/postgres-server.ts', import.meta.url));
const { module } = await runnerImport(path);
const server = await module.startPostgres();

if (ending === 'exit') process.on('exit', () => server.killNow());
process.stdout.write(`${JSON.stringify({ pid: server.pid, directory: server.directory, port: server.port })}\n`);
if (ending === 'exit') process.exit(0);
if (ending === 'exception') setTimeout(() => { throw new Error('on purpose'); }, 10);
