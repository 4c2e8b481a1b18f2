import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Lifetime } from '../../src/cli/lifetime.js';
import { build, program } from './tidemark.js';

describe('at the end of a run', () => {
  test('what was registered is undone, the last first', async () => {
    const undone: string[] = [];
    const lifetime = new Lifetime(() => {}, () => {});
    lifetime.onEnd(() => void undone.push('folder'));
    const forget = lifetime.onEnd(() => void undone.push('lock'));
    lifetime.onEnd(async () => void undone.push('server'));
    forget();
    expect(await lifetime.end()).toEqual([]);
    expect(undone).toEqual(['server', 'folder']);
    expect(await lifetime.end()).toEqual([]);
    expect(undone).toHaveLength(2);
  });

  test('one that fails keeps no other from being undone', async () => {
    const undone: string[] = [];
    const failure = new Error('the server does not stop');
    const lifetime = new Lifetime(() => {}, () => {});
    lifetime.onEnd(() => void undone.push('folder'));
    lifetime.onEnd(() => Promise.reject(failure));
    expect(await lifetime.end()).toEqual([failure]);
    expect(undone).toEqual(['folder']);
  });
});

describe('a signal', () => {
  const running: ChildProcessWithoutNullStreams[] = [];

  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s stops the work, undoes everything and ends with %d', async (signal, code) => {
    const run = await started("await new Promise((resolve) => lifetime.signal.addEventListener('abort', resolve));");
    run.child.kill(signal);
    expect(await run.ended).toEqual({ code, stdout: 'ready\nundone\n' });
  });

  test('that comes twice ends at once, with only what can be undone without waiting', async () => {
    const run = await started('await new Promise(() => {});');
    run.child.kill('SIGINT');
    await run.said('stopping; Ctrl-C again ends at once');
    run.child.kill('SIGINT');
    expect(await run.ended).toEqual({ code: 130, stdout: 'ready\nat once\n' });
  });

  /** A process that registers what must be undone, says that it is ready and does this work. */
  async function started(work: string) {
    await build();
    const script = `
      const { Lifetime } = await import(${JSON.stringify(path.join(path.dirname(program), '../dist/cli/lifetime.js'))});
      const lifetime = new Lifetime((code) => process.exit(code), (message) => console.error(message));
      lifetime.listen();
      setInterval(() => {}, 1000);
      lifetime.onEnd(() => console.log('undone'), () => console.log('at once'));
      console.log('ready');
      ${work}
      await lifetime.end();
      process.exit(lifetime.signalCode);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    running.push(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<{ code: number | null; stdout: string }>((resolve) => child.on('close', (code) => resolve({ code, stdout })));
    const until = async (seen: () => boolean) => {
      while (!seen()) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await until(() => stdout.includes('ready'));
    return { child, ended, said: (text: string) => until(() => stderr.includes(text)) };
  }
});
