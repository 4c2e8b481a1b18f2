import { plainText } from '../text/plain-text.js';
import type { RailsVersion } from './rails-columns.js';
import type { GivenFile, Reading } from './reading.js';
import type { RubyCall } from './ruby-parser.js';

/** What a reader of one Rails migration has at hand. */
export class RailsContext {
  constructor(
    readonly file: GivenFile,
    readonly all: readonly GivenFile[],
    readonly reading: Reading,
    readonly version: RailsVersion,
  ) {}

  problem(message: string, offset: number): void {
    this.reading.problem(message, offset);
  }

  /** What the file says in place of SQL, as one line. */
  written({ start, end }: Pick<RubyCall, 'start' | 'end'>): string {
    return plainText(this.file.text.slice(start, Math.min(end, start + 2000)), 160);
  }

  add(sql: string, call: Pick<RubyCall, 'start' | 'end'>, shown: string | null = null): void {
    this.reading.step(sql, call.start, shown ?? this.written(call));
  }
}
