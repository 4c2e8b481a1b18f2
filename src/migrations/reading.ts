import type { MigrationFile, MigrationProblem, MigrationStep } from '../model/migration.js';
import { LineIndex } from '../text/line-index.js';

/** A file as it was given. */
export interface GivenFile {
  path: string;
  text: string;
}

/** What a reader makes of a file, before it is known where in the order it stands. */
export interface ReadMigration {
  version: string | null;
  steps: MigrationStep[];
  problems: MigrationProblem[];
  /** By which it is ordered among the files of its tool, where that is not the version. */
  order?: string;
}

/** A file with that by which it is ordered; null for one that stays where it was given. */
export interface OrderedMigration {
  migration: MigrationFile;
  order: string | null;
}

/** One tool whose files are read. The name of its file is its name in the model. */
export interface MigrationReader {
  /** How sure it is that a file is the tool's: 0 not at all, 1 by its text alone, 2 by path and text. */
  recognises: (file: GivenFile) => 0 | 1 | 2;
  read: (file: GivenFile, all: readonly GivenFile[]) => Promise<ReadMigration> | ReadMigration;
}

/** A file in the making: steps and problems by their offset in the text. */
export class Reading {
  readonly steps: MigrationStep[] = [];
  readonly problems: MigrationProblem[] = [];
  readonly #lines: LineIndex;

  constructor(text: string) {
    this.#lines = new LineIndex(text);
  }

  line(offset: number): number {
    return this.#lines.at(offset).line;
  }

  step(sql: string, offset: number, writtenAs: string | null = null): void {
    this.steps.push({ sql, line: this.line(offset), writtenAs });
  }

  problem(message: string, offset: number): void {
    this.problems.push({ line: this.line(offset), message });
  }
}
