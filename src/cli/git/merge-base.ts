import { realpath } from 'node:fs/promises';
import { nearestName } from '../../text/nearest-name.js';
import { plainText } from '../../text/plain-text.js';
import { UsageError } from '../usage-error.js';
import { type Git, gitRefused } from './git.js';

/** Where a folder lies in its repository. */
export interface Clone {
  /** Absolute, links resolved. */
  root: string;
  /** Of the folder within the root, with forward slashes and one at its end; empty for the root. */
  prefix: string;
  isShallow: boolean;
}

const EVERYTHING_INSTEAD = 'leave --since out: then all is judged against the baseline';
const DEEPEN = 'fetch the history first: fetch-depth: 0 of actions/checkout, GIT_DEPTH: 0 of GitLab, or git fetch --unshallow';

/** The clone that a folder lies in. Throws UsageError where it lies in none. */
export async function cloneAt(git: Git, directory: string): Promise<Clone> {
  const answer = await git(directory, ['rev-parse', '--show-toplevel', '--show-prefix', '--is-shallow-repository']);
  if (answer.code !== 0) throw noClone(directory, answer.stderr);
  const [top = '', prefix = '', shallow = ''] = answer.stdout.toString('utf8').replace(/\n$/, '').split('\n');
  return { root: await realpath(top), prefix, isShallow: shallow === 'true' };
}

function noClone(directory: string, stderr: string): UsageError {
  if (/dubious ownership/.test(stderr)) return new UsageError(`git does not trust this clone, which belongs to another user: ${directory}`, `git config --global --add safe.directory ${directory}`);
  if (/must be run in a work tree/.test(stderr)) return new UsageError(`${directory} is a repository without files: there is no change to judge in it`, 'run it in a clone with a working tree');
  return new UsageError(`--since compares with a commit, and ${directory} lies in no git repository`, `run it in a clone, or ${EVERYTHING_INSTEAD}`);
}

/**
 * The commit that HEAD and `ref` have both grown from. Throws UsageError where `ref` is unknown, where there is no commit yet, and where
 * they have none in common, as in a shallow clone.
 */
export async function mergeBase(git: Git, clone: Clone, ref: string): Promise<string> {
  if (!(await exists(git, clone, 'HEAD'))) throw new UsageError('the repository has no commit yet, so there is nothing to compare with', `commit first, or ${EVERYTHING_INSTEAD}`);
  // What begins with a hyphen would be an option to git.
  if (ref === '' || ref.startsWith('-') || /[\0\n]/.test(ref)) throw new UsageError(`--since takes a branch, tag or commit, not '${plainText(ref, 100)}'`, 'as in --since origin/main');
  if (!(await exists(git, clone, ref))) throw await unknownRef(git, clone, ref);
  const answer = await git(clone.root, ['merge-base', ref, 'HEAD']);
  const [commit = ''] = answer.stdout.toString('utf8').split('\n');
  if (answer.code === 0 && commit !== '') return commit;
  if (answer.code !== 1) throw gitRefused(`compare ${plainText(ref, 100)} with HEAD`, answer);
  const name = plainText(ref, 100);
  if (clone.isShallow) throw new UsageError(`this clone is shallow: where HEAD left ${name} lies before its first commit`, DEEPEN);
  throw new UsageError(`HEAD and ${name} have no commit in common`, `name a branch that this one grew from, or ${EVERYTHING_INSTEAD}`);
}

async function exists(git: Git, { root }: Clone, ref: string): Promise<boolean> {
  return (await git(root, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`])).code === 0;
}

const REFS_MAX = 2_000;

async function unknownRef(git: Git, clone: Clone, ref: string): Promise<UsageError> {
  const { stdout } = await git(clone.root, ['for-each-ref', `--count=${REFS_MAX}`, '--format=%(refname:short)', 'refs/heads', 'refs/remotes', 'refs/tags']);
  const known = stdout.toString('utf8').split('\n').filter((name) => name !== '');
  const nearest = known.find((name) => name.endsWith(`/${ref}`)) ?? nearestName(ref, known);
  const name = plainText(ref, 100);
  if (nearest !== null && nearest !== undefined) return new UsageError(`git knows no commit '${name}'; did you mean '${nearest}'?`, 'git branch --all lists the branches');
  if (clone.isShallow) return new UsageError(`git knows no commit '${name}', and this clone is shallow`, DEEPEN);
  return new UsageError(`git knows no commit '${name}'`, 'git branch --all lists the branches; in CI the target has to be fetched first, as in git fetch origin main');
}
