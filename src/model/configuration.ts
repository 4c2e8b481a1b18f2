import type { Level } from './finding.js';
import type { Engine, RolePurpose, StoreRole, Zone } from './store.js';

/** The configuration after defaults. Patterns are globs: `*` stands for any characters, letters by case. */
export interface Configuration {
  /** The file it came from; null when flags and guesses made it. */
  file: string | null;
  stores: StoreConfiguration[];
  /** Patterns for `schema.relation`, by zone. The first zone that matches, in the order written, wins over every guess. */
  zones: { zone: Zone; patterns: string[] }[];
  sources: SourceConfiguration[];
  consumers: ConsumerConfiguration[];
  /** Columns that are personal data or are not, whatever their names suggest: `schema.table.column` → kind or `none`. */
  columns: { pattern: string; kind: string }[];
  thresholds: Thresholds;
  /** Rule id → level, or `off`. */
  rules: Record<string, Level | 'off'>;
  /** Folders with rules of the user's own. */
  ruleFolders: string[];
}

export interface StoreConfiguration {
  name: string;
  role: StoreRole;
  engine: Engine;
  /** Connection URL or file path, secrets resolved. Null in a run on a bundle. Never printed. */
  url: string | null;
  /** Which connections of dashboard tools lead here. Within one entry all given keys must match. */
  match: ConnectionPattern[];
}

export interface ConnectionPattern {
  tool?: string | undefined;
  id?: string | undefined;
  name?: string | undefined;
  engine?: string | undefined;
  host?: string | undefined;
  database?: string | undefined;
}

export interface SourceConfiguration {
  /** File or folder. */
  path: string;
  /** A file name in `src/sources/`; null lets every source look. */
  tool: string | null;
  /** The store that its queries run on where they name no connection. */
  store: string | null;
}

/** Who reads. Every pattern given must match; the first entry that matches wins. */
export interface ConsumerConfiguration {
  match: {
    tool?: string | undefined;
    title?: string | undefined;
    dashboard?: string | undefined;
    file?: string | undefined;
    role?: string | undefined;
  };
  owner: string | null;
  /** Of the database roles that match. */
  purpose: RolePurpose | null;
}

export interface Thresholds {
  /** An unkeyed statement that touches at least so many bytes a call is analytical whatever its shape hides. */
  analytical_bytes_per_call: number;
  /** A statement below so many bytes a call is bounded: its aggregates alone do not make it analytical. */
  bounded_bytes_per_call: number;
  /** Personal data below this confidence is not reported. */
  privacy_confidence: number;
  /** Parameters of guardrails: a longer timeout is as good as none. */
  statement_timeout_seconds_max: number;
  idle_in_transaction_timeout_seconds_max: number;
}
