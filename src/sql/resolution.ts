import type { Diagnostic, Span } from '../model/syntax-tree.js';
import type { Block } from './block.js';
import type { MaskLevel, Transformation } from './flow.js';
import type { Slot } from './scope.js';

export type ConditionRole = 'filter' | 'join' | 'having' | 'qualify' | 'window' | 'case' | 'order';

/** One use of a stored column that is not shown: it groups, or decides which rows and values are shown. */
export interface Use {
  /** `schema.table.column`. */
  column: string;
  kind: 'grouping' | 'condition';
  role: ConditionRole | 'group' | 'distinct';
  mask: MaskLevel;
  transformation: Transformation;
  /** Where the text refers to the column; null for uses inside a view or function that it reads. */
  span: Span | null;
}

/** What a statement means against a catalogue. Sources are stored columns, followed through views and SQL functions. */
export interface Resolution {
  /** What it shows; for writes, what it returns. */
  outputs: Slot[];
  uses: Use[];
  /** Relations that the text names and reads, `schema.name`, with the columns of each that it refers to. */
  direct: Map<string, Set<string>>;
  /** Tables that it reads in the end, through views too. */
  base: Set<string>;
  /** What flows into the written columns, by relation. */
  writes: Map<string, Slot[]>;
  /** Names that the text uses for relations which the catalogue does not know. */
  unknownRelations: Set<string>;
  /** Column references, and how many of them could be resolved. */
  references: { total: number; resolved: number };
  /** Parser nodes that could not be lowered. */
  opaque: Set<string>;
  /**
   * What is uncertain, each with its position: a column that several unknown relations could own, a name that nothing owns,
   * a function that nobody knows, SQL that is built at run time. Warnings; a statement that has one is `partial`.
   */
  diagnostics: Diagnostic[];
  block: Block;
}
