import stringWidth from 'string-width';
import { withoutPasswords } from './credentials.js';

/** Where in a configuration file something stands. Line and column start at 1; `text` is the line itself. */
export interface Place {
  file: string;
  line: number;
  column: number;
  text: string;
}

/** One thing that is wrong with a configuration, and where; `place` is null where it concerns the whole file. */
export interface Problem {
  message: string;
  place: Place | null;
}

/** The configuration cannot be used. Its message shows each problem with its line and a caret below the word. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';

  constructor(
    readonly problems: readonly Problem[],
    options?: ErrorOptions,
  ) {
    super(problemTexts(problems), options);
  }
}

const PROBLEMS_MAX = 10;
/** How much of a long line is shown, and how much of it before the caret. */
const EXCERPT_COLUMNS = 100;
const EXCERPT_BEFORE = 60;

function problemTexts(problems: readonly Problem[]): string {
  const sorted = problems.toSorted((left, right) => (left.place?.line ?? 0) - (right.place?.line ?? 0));
  const shown = sorted.slice(0, PROBLEMS_MAX).map(problemText);
  if (problems.length > PROBLEMS_MAX) shown.push(`and ${problems.length - PROBLEMS_MAX} more`);
  return shown.join('\n');
}

function problemText({ message, place }: Problem): string {
  if (place === null) return message;
  const line = withoutSecrets(place.text);
  const before = withoutSecrets(place.text.slice(0, place.column - 1));
  // Where a secret was hidden around the caret, it can only point at the line.
  const caret = line.startsWith(before) ? before.length : 0;
  const start = Math.max(0, caret - EXCERPT_BEFORE);
  const number = String(place.line).padStart(4);
  const excerpt = inPlace(line.slice(start, start + EXCERPT_COLUMNS)).trimEnd();
  const indent = ' '.repeat(stringWidth(inPlace(line.slice(start, caret))));
  return `${place.file}:${place.line}:${place.column} ${message}\n${number} | ${excerpt}\n     | ${indent}^`;
}

/** What is not seen becomes a blank each, so that the caret stays below its word. */
function inPlace(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu, ' ');
}

/** Hides what may be a password in a line that is shown: in a URL, and the value of a key that is called like one. */
function withoutSecrets(line: string): string {
  // A webhook is a secret from its path on.
  const visible = withoutPasswords(line).replace(/(https?:\/\/[^\s/"'}]+\/)(?!\$\{)[^\s"'},]+/g, '$1***');
  return visible.replace(/(["']?\w*(?:pass|passphrase|passwd|password|pwd|secret|token|key)["']?\s*[:=]\s*)(?!["']?\$\{)\S.*$/i, '$1***');
}
