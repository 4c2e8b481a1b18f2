import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Emulator } from '../tui/emulator.js';
import { compileHarness } from '../tui/harness/compile.mjs';

let program: string;
let folder: string;
const running: ChildProcess[] = [];

beforeAll(() => {
  program = compileHarness('watch-terminal');
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-terminal-'));
});

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A shell on a pseudo-terminal of `script` (util-linux): what it wrote, and ways to type, to signal and to change its size. */
class Session {
  written = '';
  readonly #child: ChildProcess;
  readonly #errors: string;

  constructor(command: (screen: string) => string, { width = 80, height = 24, environment = {} }: { width?: number; height?: number; environment?: Record<string, string> } = {}) {
    this.#errors = path.join(mkdtempSync(path.join(folder, 'run-')), 'errors');
    const screen = `"${process.execPath}" "${program}" 60 4 2>"${this.#errors}"`;
    const { PATH = '' } = process.env;
    this.#child = spawn('script', ['-qfc', `stty rows ${height} cols ${width}; ${command(screen)}`, '/dev/null'], {
      env: { PATH, HOME: folder, TERM: 'xterm-256color', LANG: 'C.UTF-8', SHELL: '/bin/sh', ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    running.push(this.#child);
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.written += text));
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  get errors(): string {
    try {
      return readFileSync(this.#errors, 'utf8');
    } catch {
      return '';
    }
  }

  /** Of the screen's own process. */
  get pid(): number {
    return Number(/"pid":(\d+)/.exec(this.errors)?.[1]);
  }

  resize(width: number, height: number): void {
    spawnSync('stty', ['-F', readlinkSync(`/proc/${this.pid}/fd/0`), 'rows', String(height), 'cols', String(width)]);
  }

  /** The lines that a terminal of this size shows of what the screen sent since `from`, its last whole repaint among it. */
  shows(width: number, height: number, from = 0): string[] {
    const begin = this.written.indexOf('\x1b[?1049h', from);
    const end = this.written.indexOf('\x1b[?1049l', from);
    const bytes = this.written.slice(begin === -1 ? from : begin, end === -1 ? undefined : end);
    // The last update may not have come whole yet.
    const whole = bytes.slice(0, bytes.lastIndexOf('\x1b[?2026l') + 8);
    // Updates of the size before may still have been on their way: what does not fit is not of this size.
    for (let start = 0; start !== -1; start = whole.indexOf('\x1b[?2026h', start + 1)) {
      const emulator = new Emulator(width, height);
      try {
        emulator.feed(whole.slice(start));
      } catch {
        continue;
      }
      return emulator.cells.map((row) => row.map((cell) => cell?.glyph ?? ' ').join('').trimEnd());
    }
    return [];
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    for (let waited_ms = 0; !holds(); waited_ms += 20) {
      if (waited_ms > 20_000) throw new Error(`${what} did not happen; the terminal got:\n${JSON.stringify(this.written.slice(-3_000))}\n${this.errors}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async opened(): Promise<void> {
    await this.until('the first frame', () => this.written.includes('\x1b[?2026l'));
    await this.until('its process id', () => this.pid > 0);
  }
}

/** Asks the terminal's own settings before and after, and tells how the screen ended. */
const checked = (screen: string): string => `before=$(stty -g); ${screen}; code=$?; after=$(stty -g); echo "code=$code"; [ "$before" = "$after" ] && echo settings=same || echo settings=other`;

function isWhole(session: Session): void {
  expect(session.written.split('\x1b[?1049l').at(-1)).toContain('settings=same');
  const modes = new Map([...session.written.matchAll(/\x1b\[\?(\d+)([hl])/g)].map(([, mode, set]) => [mode, set]));
  expect(Object.fromEntries(modes)).toEqual({ 1049: 'l', 25: 'h', 7: 'h', 2004: 'l', 2026: 'l' });
}

describe('on a terminal', () => {
  test('the screen fills it, answers several keys of one read, and q leaves it whole with 0', async () => {
    const session = new Session(checked);
    await session.opened();
    expect(session.shows(80, 24)[0]).toContain('✖ 1 breach  ▲ 3 warning  ◌ 1 unknown  ● 4 ok');
    session.type('2jj');
    await session.until('the third stream', () => session.shows(80, 24).some((line) => line.startsWith('▸▲ shop_orders')));
    session.type('/lag>1min\r');
    await session.until('the filter', () => session.shows(80, 24)[1]?.includes('filter lag>1min 2 of 5') ?? false);
    session.type('\x1b');
    await session.until('the filter gone', () => !(session.shows(80, 24)[1]?.includes('filter') ?? true));
    session.type('q');
    await session.until('the end', () => session.written.includes('settings='));
    expect(session.written).toContain('code=0');
    isWhole(session);
  });

  test.each([['SIGTERM', 143], ['SIGHUP', 129], ['SIGINT', 130], ['SIGQUIT', 131]] as const)('%s leaves it whole with %i', async (signal, code) => {
    const session = new Session(checked);
    await session.opened();
    process.kill(session.pid, signal);
    await session.until('the end', () => session.written.includes('settings='));
    expect(session.written).toContain(`code=${code}`);
    isWhole(session);
  });

  test('an error that nobody caught leaves it whole, and is told where it can be read', async () => {
    const session = new Session(checked);
    await session.opened();
    session.type('b2');
    await session.until('the end', () => session.written.includes('settings='));
    expect(session.written).toContain('code=2');
    expect(session.errors).toContain('an error that nobody catches');
    isWhole(session);
  });

  test('another size gives another screen, without anything being erased', async () => {
    const session = new Session(checked);
    await session.opened();
    const from = session.written.length;
    session.resize(120, 40);
    await session.until('the wide screen', () => session.shows(120, 40, from).some((line) => line.includes('FINDINGS   5')));
    expect(session.shows(120, 40, from)).toHaveLength(40);
    session.resize(60, 15);
    const then = session.written.length;
    await session.until('the list', () => session.shows(60, 15, then)[14]?.includes('q quit') ?? false);
    expect(session.written).not.toMatch(/\x1b\[\d*[JK]/);
    session.type('q');
    await session.until('the end', () => session.written.includes('settings='));
    isWhole(session);
  });

  test('ctrl-z gives it back to the shell, and fg brings the screen again', async () => {
    const session = new Session(() => 'bash --norc -i');
    await session.until('the prompt', () => session.written.includes('$') || session.written.includes('#'));
    session.type(`"${process.execPath}" "${program}" 60 4 2>"${folder}/suspended"\r`);
    await session.until('the first frame', () => session.written.includes('\x1b[?2026l'));
    session.type('2\x1a');
    await session.until('the shell', () => session.written.split('\x1b[?1049l').at(-1)?.includes('Stopped') ?? false);
    session.type('stty -a | grep -o -e "-icanon" -e " icanon"; echo asked\r');
    await session.until('the answer', () => (session.written.match(/asked/g) ?? []).length >= 2);
    expect(session.written.split('Stopped').at(-1)).toMatch(/^ icanon/m);
    const from = session.written.length;
    session.type('fg\r');
    await session.until('the screen again', () => session.shows(80, 24, from)[1]?.includes('Overview › CDC') ?? false);
    session.type('q');
    await session.until('the shell again', () => session.written.lastIndexOf('\x1b[?1049l') > from);
    session.type('exit\r');
  });

  test('where nothing can stop it, ctrl-z brings the screen back at once', async () => {
    const session = new Session(checked);
    await session.opened();
    const from = session.written.length;
    session.type('\x1a');
    await session.until('the screen again', () => session.written.indexOf('\x1b[?1049h', from) !== -1);
    session.type('q');
    await session.until('the end', () => session.written.includes('settings='));
    expect(session.written.match(/\x1b\[\?1049h/g)).toHaveLength(2);
    isWhole(session);
  });

  test('NO_COLOR sends neither colours nor attributes, and a terminal without UTF-8 gets ASCII', async () => {
    const session = new Session(checked, { environment: { NO_COLOR: '1', LANG: 'C', LC_ALL: 'C' } });
    await session.opened();
    session.type('q');
    await session.until('the end', () => session.written.includes('settings='));
    const screen = session.written.slice(session.written.indexOf('\x1b[?1049h'), session.written.indexOf('\x1b[?1049l'));
    expect(screen).toContain('X 1 breach  ! 3 warning  ? 1 unknown  o 4 ok');
    expect(screen).toMatch(/^[\x1b -~]*$/);
    expect(screen).not.toMatch(/\x1b\[[\d;]+m/);
  });

  test('y reaches the clipboard of the terminal', async () => {
    const session = new Session(checked);
    await session.opened();
    session.type('6jjy');
    const copied = `\x1b]52;c;${Buffer.from("ALTER ROLE metabase_ro SET statement_timeout = '60s';").toString('base64')}\x07`;
    await session.until('the answer', () => session.shows(80, 24)[22]?.includes('copied the remedy') ?? false);
    expect(session.written).toContain(copied);
    session.type('q');
    await session.until('the end', () => session.written.includes('settings='));
  });
});
