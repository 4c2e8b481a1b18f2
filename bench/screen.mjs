/**
 * The live screen's budget: 120 by 40, 500 statements of which a fifth changes at each of 4 views a second. The screen runs on a
 * pseudo-terminal of `script` (util-linux) for SECONDS (default 60); its frames are measured once more by themselves.
 * Beside it htop and pg_activity, where they are installed (pg_activity needs PGACTIVITY="-h … -U …" to reach a server).
 * Ends with 1 when a budget is exceeded.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { compileHarness } from '../test/tui/harness/compile.mjs';

const SECONDS = Number(process.env.SECONDS ?? 60);
const program = compileHarness('bench-screen');
const rows = [];

function report(what, value, budget, unit) {
  rows.push({ value, budget });
  const judged = budget === null ? '    ' : value <= budget ? 'ok  ' : 'OVER';
  process.stdout.write(`${judged}  ${what.padEnd(62)} ${value.toFixed(value < 10 ? 2 : 0).padStart(8)} ${unit.padEnd(8)}${budget === null ? '' : `budget ${budget} ${unit}`}\n`);
}

/** Frames alone: CPU, bytes, and what stays on the heap. Needs --expose-gc for the last. */
async function frames(screen, count) {
  const load = (file) => import(pathToFileURL(path.join(path.dirname(program), '../../..', file)).href);
  const { App } = await load('src/tui/app.js');
  const { FrameWriter } = await load('src/tui/frame-writer.js');
  const { busyView, NOW } = await load('test/tui/view.js');
  const views = Array.from({ length: 40 }, (_, tick) => busyView(500, tick));
  const app = new App({ width: 120, height: 40, now: () => NOW });
  const writer = new FrameWriter({ color: true, ascii: false });
  app.update(views[0]);
  app.key({ name: screen, text: screen });
  const draw = (from, to) => {
    let bytes = 0;
    for (let frame = from; frame < to; frame++) {
      app.update(views[frame % views.length]);
      bytes += Buffer.byteLength(writer.render(app.frame(), 120, 40));
    }
    return bytes;
  };
  draw(0, 400);
  globalThis.gc?.();
  const heap = process.memoryUsage().heapUsed;
  const started = process.cpuUsage();
  const bytes = draw(400, 400 + count);
  const { user, system } = process.cpuUsage(started);
  globalThis.gc?.();
  return { cpu_ms: (user + system) / 1000 / count, bytes: bytes / count, heap_kib: (process.memoryUsage().heapUsed - heap) / 1024 };
}

/** The whole program on a pseudo-terminal. */
function onTerminal(keys) {
  return new Promise((resolve, reject) => {
    const command = `stty rows 40 cols 120; exec "${process.execPath}" "${program}" ${SECONDS + 2} 4 500 2>&3`;
    const child = spawn('script', ['-qfc', command, '/dev/null'], {
      env: { ...process.env, NODE_ENV: 'production', TERM: 'xterm-256color', SCREEN_USAGE: '1', SHELL: '/bin/sh' },
      stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
    });
    let told = '';
    child.stdio[3].setEncoding('utf8').on('data', (text) => (told += text));
    child.on('error', reject);
    setTimeout(() => child.stdin.write(keys), 500);
    child.on('close', () => {
      const usage = JSON.parse(told.trim().split('\n').at(-1));
      const first = usage[2];
      const last = usage.at(-1);
      const seconds = usage.length - 3;
      resolve({
        cpu_percent: (last.cpu_ms - first.cpu_ms) / seconds / 10,
        kib_per_second: (last.sent_bytes - first.sent_bytes) / seconds / 1024,
        rss_first_mb: first.rss_bytes / 1e6,
        rss_last_mb: last.rss_bytes / 1e6,
        rss_max_mb: Math.max(...usage.map(({ rss_bytes }) => rss_bytes)) / 1e6,
      });
    });
  });
}

/** Another program on the same terminal: CPU of its process tree by /proc, and its bytes. */
function other(name, command) {
  if (spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0) return Promise.resolve(null);
  return new Promise((resolve) => {
    const child = spawn('script', ['-qfc', `stty rows 40 cols 120; exec ${command}`, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm-256color', SHELL: '/bin/sh' }, stdio: ['pipe', 'pipe', 'ignore'],
    });
    let bytes = 0;
    child.stdout.on('data', (chunk) => (bytes += chunk.length));
    const seconds = Math.min(SECONDS, 30);
    setTimeout(() => {
      const from = { bytes, ...usageOf(name) };
      setTimeout(() => {
        const to = { bytes, ...usageOf(name) };
        child.kill('SIGKILL');
        resolve(from.pid === undefined ? null : { cpu_percent: (to.ticks - from.ticks) / seconds, kib_per_second: (to.bytes - from.bytes) / seconds / 1024, rss_mb: to.rss_mb });
      }, seconds * 1000);
    }, 2000);
  });
}

/** Clock ticks (100 a second) and memory of the youngest process of this name. */
function usageOf(name) {
  const pids = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(name));
  const pid = pids.map(Number).filter((candidate) => !commandOf(candidate).startsWith('script') && !commandOf(candidate).startsWith('sh')).sort((a, b) => b - a)[0];
  if (pid === undefined) return {};
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return { pid, ticks: Number(fields[11]) + Number(fields[12]), rss_mb: (Number(fields[21]) * 4096) / 1e6 };
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

const overview = await frames('1', 400);
report('one frame of the overview: CPU', overview.cpu_ms, 4, 'ms');
const statements = await frames('5', 400);
report('one frame of 500 statements: CPU', statements.cpu_ms, 4, 'ms');
report('the same: bytes', statements.bytes / 1024, 2.5, 'KiB');
if (globalThis.gc !== undefined) report('kept on the heap after 400 frames', statements.heap_kib, 200, 'KiB');
const screen = await onTerminal('5');
report(`the screen with 500 statements at 4 Hz, ${SECONDS} s: CPU of one core`, screen.cpu_percent, 3, '%');
report('the same: to the terminal', screen.kib_per_second, 10, 'KiB/s');
report('the same: memory at the end', screen.rss_last_mb, 150, 'MB');
report('the same: memory at the beginning', screen.rss_first_mb, null, 'MB');
for (const [name, command] of [['htop', 'htop -d 3'], ['pg_activity', `pg_activity ${process.env.PGACTIVITY ?? ''} --refresh 0.5`]]) {
  const measured = name === 'pg_activity' && process.env.PGACTIVITY === undefined ? null : await other(name, command);
  if (measured === null) continue;
  report(`${command.split(' ').slice(0, 1)}: CPU of one core`, measured.cpu_percent, null, '%');
  report('the same: to the terminal', measured.kib_per_second, null, 'KiB/s');
  report('the same: memory', measured.rss_mb, null, 'MB');
}
process.exitCode = rows.some(({ value, budget }) => budget !== null && value > budget) ? 1 : 0;
