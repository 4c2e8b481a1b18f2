import type { Span } from '../model/syntax-tree.js';
import type { MaskLevel } from './flow.js';
import type { Block } from './block.js';
import type { Slot } from './scope.js';

export type ConditionRole = 'filter' | 'join' | 'having' | 'window' | 'case' | 'order';

/** One use of a stored column that is not shown: it groups, or decides which rows and values are shown. */
export interface Use {
  /** `schema.table.column`. */
  column: string;
  kind: 'grouping' | 'condition';
  role: ConditionRole | 'group' | 'distinct';
  mask: MaskLevel;
  /** In the statement's text; null for uses inside a view that it reads. */
  span: Span | null;
}

/** What a statement means against a catalogue. Sources are stored columns, followed through views. */
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
  block: Block;
}
