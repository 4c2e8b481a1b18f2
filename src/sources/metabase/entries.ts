import type { SourceFile } from '../common/source-file.js';
import type { MetabaseCard, MetabaseDefinition, MetabaseSnippet } from './shapes.js';

/** Where an object stands. */
export interface Place {
  file: SourceFile;
  pointer: string;
}

/** A card, or what holds a query in the same form: an action, a transform, a query that nobody saved. */
export interface CardEntry extends Place {
  kind: 'card' | 'action' | 'transform' | 'unasked';
  /** The stable id within the instance. */
  id: string;
  card: MetabaseCard;
  /** From the object to its query: `/dataset_query`. */
  queryPointer: string;
  /** False where it only stands within a dashboard. */
  standalone: boolean;
  /** Ids of the dashboards that show it. */
  dashboards: Set<string>;
  /** Of a transform: the tags by which jobs pick it, and of one that is a program, the tables that it says it reads. */
  tags: readonly string[];
  program: readonly unknown[] | null;
}

export interface SnippetEntry extends Place {
  id: string;
  snippet: MetabaseSnippet;
}

/** A segment, or a measure or metric of old. */
export interface DefinitionEntry extends Place {
  id: string;
  kind: 'segment' | 'measure';
  definition: MetabaseDefinition;
}
