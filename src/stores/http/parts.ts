import type { z } from 'zod';
import type { Catalog } from '../../model/catalog.js';
import type { Gap } from '../../model/snapshot.js';
import { type LiveBounds, DeadlineExceeded, type LiveSession } from '../live.js';
import { oneLine, PermissionGap, StoreLost, type Reading } from '../store.js';

/** Of one part of a catalogue; far beyond that nobody reads the result. */
export const PART_ROWS_MAX = 500_000;
const PART_DEADLINE_MS = 120_000;

/**
 * Reads a catalogue part by part: what cannot be read costs that part only and becomes a gap. When the store is lost half-way,
 * the parts after it are empty, with one gap that says so.
 */
export class CatalogParts {
  readonly gaps: Gap[] = [];
  #isLost = false;

  constructor(
    private readonly session: LiveSession,
    private readonly bounds: LiveBounds = { deadline_ms: PART_DEADLINE_MS },
  ) {}

  /**
   * @param missing what stays unseen without it, as `the columns`.
   * @param remedy the grant that would help where a right is missing.
   */
  async read<T>(row: z.ZodType<T>, sql: string, { missing, remedy, rows_max = PART_ROWS_MAX }: { missing: string; remedy: string | null; rows_max?: number }): Promise<T[]> {
    if (this.#isLost) return [];
    try {
      const rows = await this.session.query(row, sql, this.bounds);
      if (rows.length > rows_max) this.gap(`the rest of ${missing}`, `there are more than ${rows_max} and tidemark reads no more`, null);
      return rows.slice(0, rows_max);
    } catch (error) {
      this.failed(error, missing, remedy);
      return [];
    }
  }

  /** @throws what may not become a gap: the reason of an abort. */
  failed(error: unknown, missing: string, remedy: string | null): void {
    if (error instanceof StoreLost) {
      this.#isLost = true;
      this.gaps.push({ subject: this.session.store, missing: 'the rest of the catalogue', cause: `the connection was lost: ${error.detail}`, remedy: 'Run it again when the service is back.', severity: 'blind' });
      return;
    }
    if (error instanceof PermissionGap) return this.gap(missing, error.detail, remedy);
    if (error instanceof DeadlineExceeded) return this.gap(missing, error.detail, 'Run it again when the service is less busy.');
    if (isAbort(error)) throw error;
    const said = error instanceof Error ? (error.name === 'ZodError' ? 'the answer has an unknown form' : error.message) : String(error);
    const prefix = `${this.session.store}: `;
    this.gap(missing, said.startsWith(prefix) ? said.slice(prefix.length) : said, null);
  }

  gap(missing: string, cause: string, remedy: string | null): void {
    this.gaps.push({ subject: this.session.store, missing, cause: oneLine(cause), remedy, severity: 'partial' });
  }
}

/** These engines show a user what it may see and hide the rest without a word: a catalogue without relations is never just clean. */
export function orEmpty(store: string, { value, gaps }: Reading<Catalog>): Reading<Catalog> {
  if (value.relations.length > 0 || gaps.some(({ severity }) => severity === 'blind')) return { value, gaps };
  const empty: Gap = {
    subject: store, missing: 'all relations, if there are any', cause: 'this user sees no relation there, which is what a missing right looks like too',
    remedy: 'Correct database and schema in the URL, or let the user see them: tidemark doctor --sql prints the grants.', severity: 'partial',
  };
  return { value, gaps: [...gaps, empty] };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
