import { execFile } from 'node:child_process';
import path from 'node:path';
import type { Host } from './host.js';

const TIMEOUT_MS = 10_000;
const OUTPUT_BYTES_MAX = 20_000_000;

/**
 * Who wrote each line of a file in a git repository, by line number from 1; empty where git knows nothing of it. Nothing that the
 * repository configures is run: no monitor, no hook, no filter for display.
 */
export function gitBlame({ environment }: Host, signal: AbortSignal): (file: string, ranges: readonly { from: number; to: number }[]) => Promise<Map<number, string>> {
  const { PATH = '', HOME = '' } = environment;
  return (file, ranges) =>
    new Promise((resolve) => {
      const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'core.attributesFile=/dev/null', '-c', 'core.pager=cat'];
      const lines = ranges.flatMap(({ from, to }) => ['-L', `${from},${to}`]);
      execFile(
        'git',
        [...safe, 'blame', '--line-porcelain', '--no-textconv', ...lines, '--', path.basename(file)],
        { cwd: path.dirname(file), env: { PATH, HOME, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' }, timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX, signal },
        // No git, no repository, an untracked file: then nobody is known, which is no fault.
        (error, stdout) => resolve(error === null ? authorsOf(stdout) : new Map()),
      );
    });
}

/** The porcelain format of git-blame(1): a header line with the final line number, then `author NAME`. */
function authorsOf(porcelain: string): Map<number, string> {
  const authors = new Map<number, string>();
  let line = 0;
  for (const text of porcelain.split('\n')) {
    const header = /^[0-9a-f]{40,64} \d+ (\d+)/.exec(text);
    if (header !== null) line = Number(header[1]);
    else if (text.startsWith('author ') && text !== 'author Not Committed Yet') authors.set(line, text.slice('author '.length));
  }
  return authors;
}
