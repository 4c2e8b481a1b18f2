import { errorMessage } from './error-message.js';
import { EXIT } from './exit-code.js';
import { processHost } from './host.js';
import { Lifetime } from './lifetime.js';
import { runCommandLine } from './program.js';
import { Redactor } from './redact.js';
import { hideSecretsOfEnvironment } from './store-secrets.js';

const host = processHost();
const redactor = new Redactor();
hideSecretsOfEnvironment(host.environment, redactor);
const lifetime = new Lifetime(
  (code) => process.exit(code),
  (message) => void host.stderr.write(`${message}\n`),
);

// A stream that its reader has closed tells so to whoever writes to it.
for (const stream of [host.stdout, host.stderr]) stream.on('error', () => {});

process.on('uncaughtException', (error) => {
  host.stderr.write(`${redactor.redact(errorMessage(error, process.argv.includes('--debug')))}\n`);
  void lifetime.end().finally(() => process.exit(lifetime.signalCode ?? EXIT.fault));
});

lifetime.listen();
const code = await runCommandLine(process.argv.slice(2), host, lifetime, redactor);
lifetime.stopListening();
await new Promise<void>((resolve) => {
  host.stdout.write('', () => resolve());
});
// Workers, sockets and native handles of drivers may outlive the run; what was to be undone has been undone by now.
process.exit(code);
