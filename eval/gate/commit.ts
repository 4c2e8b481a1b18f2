import type { EstateFolder } from './estate-folder.js';

/**
 * What somebody commits to the example estate, and what `tidemark check --since` must say of it. Written by reading the estate and
 * the rules, before anything was run.
 */
export interface ConstructedCommit {
  name: string;
  /** What stands before, where the estate itself does not have it. */
  before?: (estate: EstateFolder) => void;
  change: (estate: EstateFolder) => void;
  /** `rule | consumer | relation`, with a dash for none; findings that are not suppressed. A star at the end of a part stands for anything. */
  new: string[];
  fixed: string[];
  /** Subjects of what could not be looked at and could be before: parts of their names. */
  gaps?: string[];
  /** Suppressed ones. */
  suppressed?: string[];
  exit: 0 | 1 | 3;
}
