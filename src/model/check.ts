import type { DeclaredContract } from './contract.js';
import type { Configuration } from './configuration.js';
import type { Finding } from './finding.js';
import type { ColumnDeclaration } from './personal-column.js';
import type { CollectedQuery } from './query.js';
import type { Gap, SourceSummary } from './snapshot.js';

export const FILE_CHANGES = ['added', 'modified', 'deleted', 'renamed'] as const;
export type FileChange = (typeof FILE_CHANGES)[number];

/** A file of the repository that a change touches. Paths are from the folder of the configuration, as sources name files. */
export interface ChangedFile {
  path: string;
  /** The path before, where it was renamed; null otherwise. */
  from: string | null;
  change: FileChange;
}

/** What sources gave on one side of a change: the form of `readSources`. */
export interface SourceReading {
  queries: CollectedQuery[];
  sources: SourceSummary[];
  gaps: Gap[];
  contracts: DeclaredContract[];
  columnDeclarations: ColumnDeclaration[];
}

/** One side of a change. Only sources in which a file changed are read: what others hold the bundle knows. */
export interface ChangeSide {
  configuration: Configuration;
  reading: SourceReading;
}

export interface Change {
  files: ChangedFile[];
  before: ChangeSide;
  after: ChangeSide;
  /** Migrations that are new or changed, as they stand after the change. */
  migrations: { path: string; text: string }[];
  /** True where the configuration itself changed, so that everything is judged again. */
  configurationChanged: boolean;
}

/** What a changed file was judged as; `nothing`: no source covers it and it is no migration. */
export const JUDGED_AS = ['queries', 'migration', 'configuration', 'nothing'] as const;

/** What `check` adds to a report. */
export interface CheckSummary {
  bundle: { file: string; takenAt: string; /** Whole days between both runs. */ age_days?: number | undefined };
  /** What was compared with; null where everything was judged. */
  since: { ref: string; /** The merge base. */ commit: string } | null;
  files: (ChangedFile & { judgedAs: (typeof JUDGED_AS)[number]; queries: number; /** The same before the change. */ queriesBefore: number })[];
  baseline: { file: string; entries: number } | null;
  waivers: { file: string; entries: number } | null;
  /** Findings that fail: at or above `--fail-on`, new and not suppressed, are among `new`. */
  counts: { new: number; unchanged: number; suppressed: number; fixed: number };
  /** What stood before the change and is gone, each with baselineState `absent`. */
  fixed: Finding[];
  /** What could not be looked at now and could not before either, or stands in the baseline. `Report.gaps` holds the new ones alone. */
  knownGaps: Gap[];
  /** In words, what the ratchet refuses: `coupling-direct-read rose from 11 to 12`. Empty without `--ratchet`. */
  ratchet: string[];
  /** How much of the bundle was read again, being of what the change touches. */
  looked: { queries: number; statements: number; relations: number };
  /** In words, what of the change was not judged: deleted migrations, SQL that no source covers. */
  notes?: string[] | undefined;
}
