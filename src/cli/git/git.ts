import { execFile } from 'node:child_process';
import { plainText } from '../../text/plain-text.js';
import type { Host } from '../host.js';
import { UsageError } from '../usage-error.js';

const TIMEOUT_MS = 60_000;
const OUTPUT_BYTES_MAX = 200_000_000;

/** What git answered. Its messages are in English, whatever the locale. */
export interface GitAnswer {
  stdout: Buffer;
  stderr: string;
  code: number;
}

/** Runs git in a folder to its end, with what it reads. Throws UsageError where there is no git or it does not end, and the signal's reason. */
export type Git = (directory: string, args: readonly string[], input?: string) => Promise<GitAnswer>;

/** No hook, monitor, pager or diff driver of the repository is run, and nothing is fetched, whatever a partial clone would like. */
const SAFE = [
  '--no-pager', '--literal-pathspecs',
  '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'core.attributesFile=/dev/null', '-c', 'core.pager=cat',
  '-c', 'protocol.allow=never', '-c', 'submodule.recurse=false',
];

/** The git of this machine, for a repository: nothing that it configures is run, its filters included. Nothing is asked, written or fetched. */
export async function openGit(host: Host, signal: AbortSignal, directory: string): Promise<Git> {
  const bare = gitWith(SAFE, host, signal);
  const { stdout } = await bare(directory, ['config', '--null', '--name-only', '--get-regexp', '^filter\\..*\\.(clean|smudge|process)$']);
  const names = new Set(stdout.toString('utf8').split('\0').map((key) => key.replace(/^filter\.(.*)\.\w+$/s, '$1')));
  // A name with `=` cannot be written as an option of the command line.
  const filters = [...names].filter((name) => name !== '' && !name.includes('=')).flatMap(withoutFilter);
  return gitWith([...SAFE, ...filters], host, signal);
}

function withoutFilter(name: string): string[] {
  return ['clean=', 'smudge=', 'process=', 'required=false'].flatMap((setting) => ['-c', `filter.${name}.${setting}`]);
}

function gitWith(options: readonly string[], { environment }: Host, signal: AbortSignal): Git {
  const { PATH = '', HOME = '' } = environment;
  // What a hook of git sets (GIT_DIR, GIT_INDEX_FILE) is left out: the folder says which repository is meant.
  const env = { PATH, HOME, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1', GIT_NO_REPLACE_OBJECTS: '1' };
  return (directory, args, input = '') =>
    new Promise((resolve, reject) => {
      const child = execFile('git', [...options, ...args], { cwd: directory, env, timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX, signal, encoding: 'buffer' }, (error, stdout, stderr) => {
        const said = stderr.toString('utf8');
        if (error === null) resolve({ stdout, stderr: said, code: 0 });
        else if (signal.aborted) reject(signal.reason);
        else if (typeof error.code === 'number') resolve({ stdout, stderr: said, code: error.code });
        else reject(notRun(error));
      });
      // A git that ends before it has read everything says so by its code.
      child.stdin?.on('error', () => {}).end(input);
    });
}

function notRun(error: { code?: unknown; killed?: boolean; message: string }): UsageError {
  if (error.code === 'ENOENT') return new UsageError('--since asks git, which is not installed or not on the PATH', 'install git, or leave --since out: then all is judged against the baseline');
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return new UsageError(`git says more than ${OUTPUT_BYTES_MAX} bytes: a file or a change is too large to be judged`, 'leave --since out: then all is judged against the baseline');
  return new UsageError(`git did not end: ${plainText(error.message, 300)}`, 'run git status in this clone and mend what it says, or leave --since out');
}

/** What git refused, in a message that names what was asked of it. */
export function gitRefused(what: string, { stderr }: GitAnswer): UsageError {
  const said = stderr.split('\n').find((line) => line.trim() !== '') ?? 'no reason was given';
  if (/promisor|lazy fetch|missing blob|transport '.*' not allowed/i.test(stderr)) {
    return new UsageError(`git cannot ${what}: this clone is partial, and what is missing is not fetched`, 'clone without --filter, or fetch the rest first: git fetch --refetch --no-filter');
  }
  return new UsageError(`git cannot ${what}: ${plainText(said, 300)}`, 'run git fsck in this clone, or clone it again');
}
