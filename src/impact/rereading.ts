import type { ReadPart, StatementReader } from '../graph/statement-reader.js';
import type { Reader } from './readers.js';

/** How a statement is understood against the schema after the migrations. */
export interface Reread {
  /** Null where it is not understood any more. */
  part: ReadPart | null;
  /** What was found before and is not after, in words; empty where all is. */
  faults: string[];
}

/** Reads a statement against the schema after. */
export function reread({ text, part, searchPath }: Reader, after: StatementReader): Reread {
  const now = after.read(text, searchPath).parts.find(({ span }) => span.start === part.span.start) ?? null;
  if (now === null) return { part: null, faults: [] };
  const before = part.resolution;
  const gone = [...now.resolution.unknownRelations].filter((name) => !before.unknownRelations.has(name)).map((name) => `relation ${name} does not exist`);
  const known = new Set(before.diagnostics.map(({ message, offset }) => `${offset ?? ''} ${message}`));
  const unclear = now.resolution.diagnostics.filter(({ message, offset }) => !known.has(`${offset ?? ''} ${message}`)).map(({ message }) => message);
  // A column of a relation that is gone is one fault with it.
  const faults = gone.length > 0 ? gone : unclear;
  return { part: now, faults: [...new Set(faults)] };
}
