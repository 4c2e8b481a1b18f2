import type { FrontEndId, ParseOutcome } from '../../model/syntax-tree.js';
import type { Dialect, DialectId } from '../dialect.js';
import { arbitrate } from './arbitrate.js';
import { asRedshift } from './as-redshift.js';
import type { Parse } from './front-end.js';
import { failure } from './outcome.js';
import { ParserPool } from './pool.js';
import { createPostgresParser } from './postgres.js';
import { spellNames } from './spell-names.js';

/** The parsers of all dialects. */
export interface Parsers {
  /** Reads PostgreSQL at once, in the thread that asks. */
  postgres: Parse;
  /**
   * Reads texts of a dialect, so that `parse` knows them. Does nothing for PostgreSQL. Equal texts are read once.
   *
   * @throws the signal's reason
   */
  prepare: (dialect: Dialect, texts: Iterable<string>) => Promise<void>;
  /** Gives what `prepare` read; for PostgreSQL it reads. */
  parse: (dialect: Dialect) => Parse;
  /** Drops what was prepared, for who reads a stream without end. */
  forget: () => void;
  /** Ends all threads. What was prepared stays. */
  close: () => Promise<void>;
}

/** Texts that are on their way at one time, for two workers and their queues. */
const TEXTS_AT_ONCE = 64;

/** A tree that was read may still be nested too deeply for what looks at it: that costs its own text only. */
function tooDeep(error: unknown): ParseOutcome {
  if (!(error instanceof RangeError)) throw error;
  return failure('the text is nested too deeply to be read', 0);
}

/**
 * Loads the PostgreSQL parser. The others start, in threads of their own, when the first text for them is prepared.
 *
 * @param options.thorough whether all parsers of a dialect read each text and are compared
 */
export async function createParsers({ thorough = false, signal }: { thorough?: boolean; signal?: AbortSignal } = {}): Promise<Parsers> {
  const postgres = await createPostgresParser();
  const pool = new ParserPool();
  const prepared = new Map<DialectId, Map<string, ParseOutcome>>();
  const readWith = async (frontEnd: FrontEndId, dialect: Dialect, text: string): Promise<ParseOutcome> =>
    frontEnd === 'libpg-query' ? asRedshift(postgres(text)) : pool.read(frontEnd, dialect.id, text);

  const knownOf = (id: DialectId): Map<string, ParseOutcome> => {
    const known = prepared.get(id) ?? new Map<string, ParseOutcome>();
    prepared.set(id, known);
    return known;
  };

  return {
    postgres,
    prepare: async (dialect, texts) => {
      if (dialect.id === 'postgres') return;
      const known = knownOf(dialect.id);
      const waiting = new Set<string>();
      for (const text of texts) if (!known.has(text)) waiting.add(text);
      const next = waiting.values();
      const run = async () => {
        for (const text of next) {
          const outcome = await arbitrate(text, dialect, readWith, thorough).then((read) => spellNames(read, text, dialect)).catch(tooDeep);
          // What was stopped was not read.
          signal?.throwIfAborted();
          known.set(text, outcome);
        }
      };
      const stop = () => void pool.close();
      signal?.throwIfAborted();
      signal?.addEventListener('abort', stop, { once: true });
      try {
        await Promise.all(Array.from({ length: Math.min(TEXTS_AT_ONCE, waiting.size) }, run));
        signal?.throwIfAborted();
      } finally {
        signal?.removeEventListener('abort', stop);
      }
    },
    parse: (dialect) => {
      if (dialect.id === 'postgres') return postgres;
      const known = knownOf(dialect.id);
      return (text) => known.get(text) ?? failure(`the text was not prepared for reading as ${dialect.id}`, 0);
    },
    forget: () => {
      for (const known of prepared.values()) known.clear();
    },
    close: () => pool.close(),
  };
}
