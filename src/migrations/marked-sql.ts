import { Reading, type GivenFile, type ReadMigration } from './reading.js';
import { addStatements } from './sql-steps.js';

/** How a tool marks, in comments, what is done and what is undone. */
export interface Marks {
  up: RegExp;
  down: RegExp;
  /** Around a text that is one statement, whatever semicolons it has. */
  begin?: RegExp;
  end?: RegExp;
}

/** SQL between the mark of the deployment and that of its undo. A file without marks is a problem: its tool refuses it. */
export function readMarked({ path, text }: GivenFile, marks: Marks, version: string | null): ReadMigration {
  const reading = new Reading(text);
  const lines = text.split('\n');
  let offset = 0;
  let direction: 'none' | 'up' | 'down' = 'none';
  let part = { text: '', offset: 0, whole: false };
  const finish = (): void => {
    if (part.whole && part.text.trim() !== '') reading.step(part.text.trim().replace(/;\s*$/, ''), part.offset + part.text.search(/\S/));
    else addStatements(part.text, reading, part.offset);
    part = { text: '', offset, whole: false };
  };
  for (const line of lines) {
    const next = offset + line.length + 1;
    const isMark = marks.up.test(line) || marks.down.test(line) || (marks.begin?.test(line) ?? false) || (marks.end?.test(line) ?? false);
    if (isMark) {
      offset = next;
      if (direction === 'up') finish();
      if (marks.up.test(line)) direction = 'up';
      if (marks.down.test(line)) direction = 'down';
      part = { text: '', offset: next, whole: direction === 'up' && (marks.begin?.test(line) ?? false) };
    } else if (direction === 'up') part.text += `${line}\n`;
    offset = next;
  }
  if (direction === 'up') finish();
  if (!lines.some((line) => marks.up.test(line))) reading.problem(`no line of ${path.replace(/^.*\//, '')} marks where the migration begins`, 0);
  return { version, steps: reading.steps, problems: reading.problems };
}

/** The number at the beginning of a file's name, by which the tool orders it. */
export function numberOf(path: string): string | null {
  return /(?:^|\/)(\d+)[^/]*$/.exec(path)?.[1] ?? null;
}
