import type { MaskLevel } from './masking.js';
import type { ColumnPlace, MovementKind } from './movement.js';
import type { Zone } from './store.js';

/** `direct` identifies a person, `quasi` does together with others, `secret` opens doors. */
export type PersonalClass = 'direct' | 'quasi' | 'secret';

/** What people wrote down about a column, wherever they did. */
export interface ColumnDeclaration {
  /** The column as the declaration names it; null where it leaves the schema open. */
  schema: string | null;
  relation: string;
  column: string;
  verdict: 'personal' | 'secret' | 'harmless';
  /** What it says it is, as a kind of the dictionary; null where it only says yes or no. */
  kind: string | null;
  /** In its own words, shortened: `meta.contains_pii: true`, `classification: confidential`. */
  words: string;
  /** Who says so: `security label`, `comment`, `dbt model dim_customer`, `data contract customers`, `tidemark.yaml`. */
  by: string;
  /** The store that it holds for; null where it holds for every store that has the column. */
  store: string | null;
}

/** One stop of a column on its way. */
export interface PersonalCopy {
  place: ColumnPlace;
  zone: Zone;
  /** What is left of the value here, over the whole way. */
  mask: MaskLevel;
  via: MovementKind;
  by: string;
  /** The place that it came from. */
  from: ColumnPlace;
  /** Of the whole way. */
  confidence: number;
  /** How many consumers read this copy in any way. */
  readers: number;
}

/** Where a value is used by someone. */
export interface PersonalUse {
  consumer: string;
  owner: string | null;
  /** `card`, `code` or `role`. */
  kind: string;
  dashboard: string | null;
  /** Anyone with the link sees it; or other pages embed it. */
  audience: 'public' | 'embedded' | 'inside';
  use: 'shown' | 'grouping' | 'condition';
  /** The output column that shows it; null for other uses. */
  output: string | null;
  /** Over the whole way, the consumer's own SQL included. */
  mask: MaskLevel;
  /** The copy that it reads. */
  place: ColumnPlace;
  /** It leaves as a file: COPY, a scheduled export, an extract. In words; null where it does not. */
  exported: string | null;
  /** Of its role, where the statistics tell: `loader`, `administration` … */
  purpose?: string;
  /** True where it only names groups of which figures are shown. */
  labelsGroups?: boolean;
}

/** One column that holds personal data or a secret, where it stands first, and everything that became of it. */
export interface PersonalColumn {
  place: ColumnPlace;
  zone: Zone;
  /** As the database declares it. */
  dataType: string;
  kind: string;
  class: PersonalClass;
  confidence: number;
  /** What speaks for it, the strongest first, and what against it. Names only, never a value. */
  reasons: string[];
  against: string[];
  declarations: ColumnDeclaration[];
  copies: PersonalCopy[];
  uses: PersonalUse[];
}

/** What `tidemark privacy` tells. Sorted by store, relation and column. */
export interface PrivacyReport {
  columns: PersonalColumn[];
  /** Columns that were looked at, personal or not. */
  looked: number;
  /** Where declarations contradict each other or what the column is named. */
  disagreements: { place: ColumnPlace; declarations: ColumnDeclaration[]; inferred: { kind: string; confidence: number; reasons: string[] } | null }[];
}
