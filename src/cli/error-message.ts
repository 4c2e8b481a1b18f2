import { plainText } from '../text/plain-text.js';
import { UsageError } from './usage-error.js';

/** Errors of the language and of Node that say nothing to a user: if one gets through, tidemark has a fault. */
const UNNAMED = new Set(['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError', 'AggregateError', 'AssertionError']);

const REPORT_IT =
  'This is a fault of tidemark. Please report it with the command, the version (tidemark --version) and what --debug prints.';

const SYSTEM_ERRORS: Record<string, string> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read or written by this user',
  EPERM: 'may not be changed by this user',
  EISDIR: 'is a folder, where a file is needed',
  ENOTDIR: 'lies below a file, where a folder is needed',
  ENOSPC: 'cannot be written: the disk is full',
  EROFS: 'cannot be written: the disk is read-only',
  EMFILE: 'cannot be opened: too many files are open; raise the limit (ulimit -n)',
};

/**
 * What is printed for an error: the thing, its cause, the next step, without control characters. Named errors were
 * written for people and are shown as they are; any other is tidemark's fault. Credentials are removed by the caller.
 */
export function errorMessage(error: unknown, debug: boolean): string {
  const lines = errorLines(error);
  if (debug) lines.push(...stackLines(error));
  return lines.map(cleanLine).join('\n');
}

function errorLines(error: unknown): string[] {
  if (!(error instanceof Error)) return [`tidemark: internal error: a ${typeof error} was thrown`, REPORT_IT];
  if (error instanceof UsageError) {
    return [`tidemark: ${error.message}`, ...(error.hint === null ? [] : error.hint.split('\n').map((line) => `  ${line}`))];
  }
  const system = systemMessage(error);
  if (system !== null) return [`tidemark: ${system}`];
  if (UNNAMED.has(error.name)) return [`tidemark: internal error: ${error.message}`, REPORT_IT];
  return `tidemark: ${error.message}`.split('\n');
}

/** Why a place could not be written, in words that follow it; null for what the operating system did not refuse. */
export function systemMeaning(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'EROFS':
      return 'the disk is read-only';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not';
    default:
      return null;
  }
}

/** What the operating system refused is nobody's fault here; null for any other error. */
function systemMessage(error: Error): string | null {
  if (!('code' in error) || typeof error.code !== 'string') return null;
  const meaning = SYSTEM_ERRORS[error.code];
  if (meaning !== undefined && 'path' in error && typeof error.path === 'string') return `${error.path} ${meaning}`;
  return 'syscall' in error ? error.message : null;
}

function stackLines(error: unknown): string[] {
  const lines: string[] = [];
  for (let inner: unknown = error, depth = 0; inner instanceof Error && depth < 5; inner = inner.cause, depth += 1) {
    lines.push(...(depth === 0 ? '' : 'caused by ').concat(inner.stack ?? inner.message).split('\n'));
  }
  return lines;
}

/** Indents carry meaning here (a caret stands below its word), so only what follows them is made plain. */
function cleanLine(line: string): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return indent + plainText(line.slice(indent.length), 1_000);
}
