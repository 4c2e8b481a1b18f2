/**
 * The live screen on a fixed view, without a database: `node screen.js [seconds] [views a second] [statements]`. It ends with
 * the exit code of the screen, and tells its process id, the keys' wishes and what it used on standard error.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { LiveScreen } from '../../../src/cli/live/terminal-host.js';
import { Lifetime } from '../../../src/cli/lifetime.js';
import { busyView, caseworkView, NOW } from '../view.js';

const [seconds = 60, perSecond = 4, statements = 0] = process.argv.slice(2).map(Number);
const environment = process.env;

const lifetime = new Lifetime(
  (code) => process.exit(code),
  (message) => void process.stderr.write(`${message}\n`),
);
lifetime.listen();
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
});

process.stderr.write(`${JSON.stringify({ pid: process.pid })}\n`);
let tick = 0;
let sent = 0;
const { stdout } = process;
const write = stdout.write.bind(stdout);
// Counts what the terminal gets; nothing else differs from the product.
stdout.write = (text: string | Uint8Array) => {
  sent += Buffer.byteLength(text);
  return write(text);
};

const screen = new LiveScreen({
  input: process.stdin,
  output: stdout,
  lifetime,
  environment,
  color: environment['NO_COLOR'] === undefined,
  app: { now: () => NOW + tick / perSecond, faults: ['stall-cdc', 'throw'] },
  onEffect: (effect) => {
    if (effect.kind === 'break' && effect.fault === 'throw') setTimeout(() => thrown());
    else process.stderr.write(`${JSON.stringify(effect)}\n`);
  },
});

function thrown(): never {
  throw new Error('an error that nobody catches');
}

const next = (): void => screen.show(statements > 0 ? busyView(statements, tick) : caseworkView);
next();
const ticks = setInterval(() => {
  tick++;
  next();
}, 1000 / perSecond);

const usage: { cpu_ms: number; rss_bytes: number; sent_bytes: number }[] = [];
const measures = setInterval(() => {
  const { user, system } = process.cpuUsage();
  usage.push({ cpu_ms: (user + system) / 1000, rss_bytes: process.memoryUsage.rss(), sent_bytes: sent });
}, 1000);
const timeUp = wait(seconds * 1000, 0, { ref: false }).then(() => {
  screen.close();
  return 0;
});
const code = await Promise.race([screen.ended, timeUp]);
clearInterval(ticks);
clearInterval(measures);
lifetime.stopListening();
if (process.env['SCREEN_USAGE'] === '1') process.stderr.write(`${JSON.stringify(usage)}\n`);
process.exit(code);
