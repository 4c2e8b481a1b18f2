import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { tidemarkHere as tidemark } from '../../test/cli/in-process.js';
import type { ConstructedCommit } from './commit.js';
import { added } from './commits/added.js';
import { fixed } from './commits/fixed.js';
import { migrated } from './commits/migrated.js';
import { unchangedMeaning } from './commits/unchanged-meaning.js';
import { EstateFolder } from './estate-folder.js';

export const COMMITS: readonly ConstructedCommit[] = [...unchangedMeaning, ...added, ...fixed, ...migrated];

const estate = fileURLToPath(new URL('../../fixtures/estate/', import.meta.url));
const PARTS = ['dashboards', 'reports', 'semantic', 'warehouse-reports', 'tidemark.yaml'];

const findingShape = z.object({
  ruleId: z.string(),
  consumer: z.string(),
  relation: z.string(),
  level: z.string(),
  baselineState: z.string().optional(),
  suppressions: z.array(z.unknown()).optional(),
});
const answerShape = z.object({
  findings: z.array(findingShape),
  gaps: z.array(z.object({ subject: z.string(), missing: z.string(), cause: z.string() })),
  check: z.object({ fixed: z.array(findingShape) }),
});

/** What `check` says of a commit, in the words of the expectations; notes are left out, as they fail nothing by themselves. */
export interface Replayed {
  new: string[];
  fixed: string[];
  suppressed: string[];
  gaps: string[];
  exit: number | null;
  /** Where it did not answer at all. */
  stderr: string;
}

/** Commits the change to a repository of its own and has the built product judge it. */
export async function replay(commit: ConstructedCommit): Promise<Replayed> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-gate-'));
  try {
    const git = (...args: string[]): void => void execFileSync('git', ['-c', 'user.name=Estate', '-c', 'user.email=estate@regulator.example', '-c', 'init.defaultBranch=main', '-c', 'core.autocrlf=false', ...args], { cwd: folder, stdio: 'pipe' });
    for (const part of PARTS) cpSync(path.join(estate, part), path.join(folder, part), { recursive: true });
    const working = new EstateFolder(folder);
    commit.before?.(working);
    git('init', '-q');
    git('add', '-A');
    git('commit', '-qm', 'the estate');
    git('checkout', '-qb', 'change');
    commit.change(working);
    git('add', '-A');
    git('commit', '-qm', commit.name);
    const { stdout, stderr, code } = await tidemark(['check', '--bundle', path.join(estate, 'estate.tidemark'), '--since', 'main', '--format', 'json', '--no-progress'], { cwd: folder });
    if (stdout === '') return { new: [], fixed: [], suppressed: [], gaps: [], exit: code, stderr };
    const answer = answerShape.parse(JSON.parse(stdout));
    const own = answer.findings.filter(({ baselineState, level }) => baselineState === 'new' && level !== 'note');
    const isSuppressed = ({ suppressions }: (typeof own)[number]): boolean => (suppressions ?? []).length > 0;
    return {
      new: own.filter((finding) => !isSuppressed(finding)).map(key).toSorted(),
      suppressed: own.filter(isSuppressed).map(key).toSorted(),
      fixed: answer.check.fixed.filter(({ level }) => level !== 'note').map(key).toSorted(),
      gaps: answer.gaps.map(({ subject, missing, cause }) => `${subject}: ${missing}: ${cause}`),
      exit: code,
      stderr,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function key({ ruleId, consumer, relation }: z.infer<typeof findingShape>): string {
  return [ruleId, consumer || '-', relation || '-'].join(' | ');
}

/** Each thing that was said and is not written, and each that is written and was not said; empty where all is right. */
export function differences(commit: ConstructedCommit, said: Replayed): string[] {
  return [
    ...unlike('new', commit.new, said.new),
    ...unlike('fixed', commit.fixed, said.fixed),
    ...unlike('suppressed', commit.suppressed ?? [], said.suppressed),
    ...(commit.gaps ?? []).filter((part) => !said.gaps.some((gap) => gap.includes(part))).map((part) => `gap not told: ${part}`),
    ...said.gaps.filter((gap) => !(commit.gaps ?? []).some((part) => gap.includes(part))).map((gap) => `gap told: ${gap}`),
    ...(said.exit === commit.exit ? [] : [`exit ${String(said.exit)} in place of ${commit.exit}${said.stderr === '' ? '' : `: ${said.stderr.trim()}`}`]),
  ];
}

/** One for one: two of the same key are two. */
function unlike(what: string, expected: readonly string[], said: readonly string[]): string[] {
  const left = [...said];
  const missing = expected.filter((wanted) => {
    const at = left.findIndex((one) => matches(wanted, one));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [...missing.map((one) => `${what} not told: ${one}`), ...left.map((one) => `${what} told: ${one}`)];
}

function matches(wanted: string, said: string): boolean {
  const [parts, others] = [wanted.split(' | '), said.split(' | ')];
  return parts.length === others.length && parts.every((part, index) => (part.endsWith('*') ? (others[index] ?? '').startsWith(part.slice(0, -1)) : part === others[index]));
}
