import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { line } from '../../src/tui/cells.js';
import { readKeys, type Key } from '../../src/tui/key-reader.js';
import { Terminal } from '../../src/tui/terminal.js';
import { Emulator } from './emulator.js';

/** The keys that a terminal's bytes are, each read given in one piece; a pause lets a lone escape be a key. */
async function keysOf(...reads: string[]): Promise<Key[]> {
  const input = new PassThrough();
  const keys: Key[] = [];
  const stop = readKeys(input, (key) => keys.push(key));
  for (const read of reads) {
    input.write(read);
    await new Promise((resolve) => setTimeout(resolve, 90));
  }
  stop();
  return keys;
}

const names = (keys: readonly Key[]): string[] => keys.map(({ name }) => name);

describe('keys', () => {
  test('that come in one read are told one by one', async () => {
    expect(names(await keysOf('jjjG\x1b[Aq'))).toEqual(['j', 'j', 'j', 'G', 'up', 'q']);
  });

  test('have the names that the table of keys uses', async () => {
    const bytes = ['\r', '\n', '\t', '\x1b[Z', ' ', '\x7f', '\x03', '\x1a', '\x1c', '\x0c', '\x15', '\x1b[5~', '\x1b[6~', '\x1b[H', '\x1b[F', '\x1bOA', '\x1b[B', '/', '?', '[', '{', '1', 'S'];
    expect(names(await keysOf(bytes.join('')))).toEqual([
      'enter', 'enter', 'tab', 'shift-tab', 'space', 'backspace', 'ctrl-c', 'ctrl-z', 'ctrl-\\', 'ctrl-l', 'ctrl-u', 'pageup', 'pagedown', 'home', 'end', 'up', 'down', '/', '?', '[', '{', '1', 'S',
    ]);
  });

  test('a lone escape is a key after a moment, also before another key', async () => {
    expect(names(await keysOf('\x1b', 'j'))).toEqual(['escape', 'j']);
    expect(names(await keysOf('\x1bj'))).toEqual(['escape', 'j']);
    expect(names(await keysOf('\x1b\x1b'))).toEqual(['escape']);
  });

  test('a sequence in two reads is one key', async () => {
    const input = new PassThrough();
    const keys: Key[] = [];
    const stop = readKeys(input, (key) => keys.push(key));
    input.write('\x1b[');
    input.write('6~');
    await new Promise((resolve) => setTimeout(resolve, 20));
    stop();
    expect(names(keys)).toEqual(['pagedown']);
  });

  test('sequences that mean no key, and controls, are left out', async () => {
    expect(names(await keysOf('\x1b[200;9;31u\x1b[I\x1b[?2026;2$y\x00j'))).toContain('j');
    expect(names(await keysOf('\x1b[<35;10;10M'))).not.toContain('q');
  });

  test('pasted text is one key that never acts, without its controls', async () => {
    expect(await keysOf('\x1b[200~state:ok\rq\x1b[A\x1b[201~j')).toEqual([{ name: 'paste', text: 'state:ok q ' }, { name: 'j', text: 'j' }]);
  });

  test('letters of any script write themselves', async () => {
    expect(await keysOf('é日')).toEqual([{ name: 'é', text: 'é' }, { name: '日', text: '日' }]);
  });
});

/** Streams of a terminal whose line can be slow. */
function streams(): { input: PassThrough & { raw: boolean; setRawMode: (raw: boolean) => void }; output: Output } {
  const input = Object.assign(new PassThrough(), { raw: false, setRawMode: (raw: boolean) => void (input.raw = raw) });
  return { input, output: new Output() };
}

class Output extends EventEmitter {
  columns = 12;
  rows = 2;
  written = '';
  isSlow = false;
  write(text: string): boolean {
    this.written += text;
    return !this.isSlow;
  }
}

const heed = { key: () => {}, resize: () => {} };

describe('the terminal', () => {
  test('is as it was after it was left', () => {
    const { input, output } = streams();
    const terminal = new Terminal(input, output, { color: true, ascii: false });
    terminal.enter(heed);
    terminal.paint([line('production')]);
    expect(input.raw).toBe(true);
    terminal.leave();
    terminal.leave();
    const emulator = new Emulator(12, 2);
    emulator.feed(output.written);
    expect(Object.fromEntries(emulator.modes)).toEqual({ 7: true, 25: true, 1049: false, 2004: false, 2026: false });
    expect(input.raw).toBe(false);
    expect(input.listenerCount('keypress') + output.listenerCount('resize') + output.listenerCount('drain')).toBe(0);
  });

  test('gets nothing before it is entered and after it was left', () => {
    const { input, output } = streams();
    const terminal = new Terminal(input, output, { color: true, ascii: false });
    terminal.paint([line('too early')]);
    terminal.copy('too early');
    expect(output.written).toBe('');
    terminal.enter(heed);
    terminal.leave();
    const { written } = output;
    terminal.paint([line('too late')]);
    output.emit('drain');
    expect(output.written).toBe(written);
  });

  test('on a slow line gets the newest frame only', () => {
    const { input, output } = streams();
    const terminal = new Terminal(input, output, { color: false, ascii: false });
    terminal.enter(heed);
    output.isSlow = true;
    for (const text of ['first', 'second', 'third']) terminal.paint([line(text)]);
    output.isSlow = false;
    output.emit('drain');
    terminal.leave();
    expect(output.written).toContain('first');
    expect(output.written).not.toContain('second');
    const emulator = new Emulator(12, 2);
    emulator.feed(output.written);
    expect(emulator.cells[0]?.map((cell) => cell?.glyph).join('')).toBe('third       ');
  });

  test('is painted anew after a change of its size, and after others had it', () => {
    const { input, output } = streams();
    const terminal = new Terminal(input, output, { color: false, ascii: false });
    let resized = 0;
    terminal.enter({ key: () => {}, resize: () => void resized++ });
    terminal.paint([line('production')]);
    output.written = '';
    output.emit('resize');
    terminal.paint([line('production')]);
    expect(resized).toBe(1);
    expect(output.written).toContain('production');
    output.written = '';
    terminal.reassert();
    terminal.paint([line('production')]);
    expect(output.written).toContain('\x1b[?1049h');
    expect(output.written).toContain('production');
  });

  test('of which nobody knows the size is taken for 80 by 24', () => {
    const { input, output } = streams();
    Object.assign(output, { columns: 0, rows: undefined });
    expect(new Terminal(input, output, { color: false, ascii: false }).size).toEqual({ width: 80, height: 24 });
  });

  test('gets a copy as OSC 52, whatever the text holds', () => {
    const { input, output } = streams();
    const terminal = new Terminal(input, output, { color: false, ascii: false });
    terminal.enter(heed);
    output.written = '';
    terminal.copy('SELECT 1\n\x07\x1b\\é');
    expect(output.written).toBe(`\x1b]52;c;${Buffer.from('SELECT 1\n\x07\x1b\\é').toString('base64')}\x07`);
  });
});
