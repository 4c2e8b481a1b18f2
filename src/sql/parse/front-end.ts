import type { FrontEndId, ParseOutcome } from '../../model/syntax-tree.js';
import type { Dialect } from '../dialect.js';

/** Reads SQL of one dialect. Never throws: what cannot be read is a diagnostic. */
export type Parse = (text: string) => ParseOutcome;

/** One parser, its tree lowered to ours. Loaded once, in the thread that uses it. */
export interface FrontEnd {
  id: FrontEndId;
  /**
   * Reads a text of one or several statements. Positions are UTF-16 offsets in it. What the parser refuses is a diagnostic with
   * `frontEnd: null`; what it reads and we cannot lower becomes an opaque node.
   *
   * @throws WebAssembly.RuntimeError when the parser's module is broken: it must not be used again
   */
  parse(text: string, dialect: Dialect): ParseOutcome;
}
