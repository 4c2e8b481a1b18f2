import type { Gap } from '../../model/snapshot.js';
import type { PermissionGap, StoreLost } from '../store.js';
import { errorText } from './failure.js';
import type { Part } from './statement-texts.js';

interface Access {
  track: string | null;
  track_utility?: string | null | undefined;
  reads_all: boolean;
  preloaded: string | null;
  entries_max: number | null;
}

const ALL = 'all statement statistics';

/** What hides statements or their texts, each with the exact SQL that mends it. */
export class StatementGaps {
  readonly #gaps: Gap[] = [];

  constructor(
    private readonly store: string,
    /** As SQL writes it. */
    private readonly role: string,
  ) {}

  all(): Gap[] {
    return [...this.#gaps];
  }

  #gap(missing: string, cause: string, remedy: string | null): Gap {
    return { subject: this.store, missing, cause, remedy, severity: 'partial' };
  }

  noExtension(access: Access): Gap {
    const create = 'CREATE EXTENSION pg_stat_statements;';
    if (access.entries_max !== null) {
      return this.#gap(ALL, 'the extension pg_stat_statements is not installed in this database', create);
    }
    const cause = 'the extension pg_stat_statements is neither installed in this database nor loaded by the server';
    return this.#gap(ALL, cause, `${preload(access)} Restart the server, then: ${create}`);
  }

  notLoaded(access: Access): Gap {
    const cause = 'the extension pg_stat_statements is installed but not loaded by the server';
    return this.#gap(ALL, cause, `${preload(access)} Restart the server.`);
  }

  /** A right on the extension itself; PUBLIC has both by default unless the extension is in a schema of its own. */
  missingGrant(extension: { schema: string; may_use_schema: boolean; may_execute: boolean }): Gap | null {
    const { schema } = extension;
    if (!extension.may_use_schema) {
      const cause = `the extension is in schema ${schema}, which ${this.role} may not use`;
      return this.#gap(ALL, cause, `GRANT USAGE ON SCHEMA ${schema} TO ${this.role};`);
    }
    if (extension.may_execute) return null;
    const cause = `${this.role} may not call ${schema}.pg_stat_statements()`;
    return this.#gap(ALL, cause, `GRANT EXECUTE ON FUNCTION ${schema}.pg_stat_statements(boolean) TO ${this.role};`);
  }

  /** `pg_stat_statements_info()` is a function of its own. */
  windowDenied(schema: string): void {
    const cause = `${this.role} may not call ${schema}.pg_stat_statements_info()`;
    this.#gaps.push(this.#gap('since when statements are counted, and how many were pushed out', cause, `GRANT EXECUTE ON FUNCTION ${schema}.pg_stat_statements_info() TO ${this.role};`));
  }

  /** Rights and settings that hide a part. */
  look(access: Access): void {
    if (!access.reads_all) {
      const missing = 'texts and identities of the statements of other roles';
      this.#gaps.push(this.#gap(missing, `${this.role} is not a member of pg_read_all_stats`, `GRANT pg_monitor TO ${this.role};`));
    }
    if (access.track === 'none') {
      const remedy = "ALTER SYSTEM SET pg_stat_statements.track = 'top'; SELECT pg_reload_conf();";
      this.#gaps.push(this.#gap('statements since pg_stat_statements.track was set to none', 'nothing is tracked', remedy));
    } else if (access.track_utility === 'off') {
      const remedy = 'ALTER SYSTEM SET pg_stat_statements.track_utility = on; SELECT pg_reload_conf();';
      this.#gaps.push(this.#gap('exports by COPY, cursors and other utility statements', 'pg_stat_statements.track_utility is off', remedy));
    }
  }

  tooMany(entries_max: number): void {
    const cause = `there are more than ${entries_max} entries and tidemark reads no more`;
    this.#gaps.push(this.#gap('the rest of the statement statistics', cause, null));
  }

  /** Texts that the limit of all together does not let through whole. */
  textsCut({ bytes_max, head, ...part }: Part & { bytes_max: number; head: number }): void {
    const missing = `statement texts beyond the first ${head} characters: ${inWords(part)}`;
    const cause = `all texts together are longer than ${bytes_max / 1_000_000} MB`;
    this.#gaps.push(this.#gap(missing, cause, 'Lower pg_stat_statements.max, or reset the statistics once.'));
  }

  /** @param schema of the extension, as SQL writes it. */
  textsLost(part: Part, schema: string): void {
    const cause = 'the server has lost them: its file of texts was damaged, removed or had grown too large';
    const remedy = 'Whoever owns the statistics may begin them anew, which sets every counter to 0: SELECT ';
    this.#gaps.push(this.#gap(`statement texts: ${inWords(part)}`, cause, `${remedy}${schema}.pg_stat_statements_reset();`));
  }

  textsFailed(part: Part, said: string, code: string | null, deadline_ms: number): void {
    const cause = code === '57014' ? `the server did not send them within ${deadline_ms / 1000} s` : said;
    const missing = part.statements === part.of ? 'all statement texts' : `statement texts: ${inWords(part)}`;
    this.#gaps.push(this.#gap(missing, cause, 'Run it again when the server is less busy.'));
  }

  denied(error: PermissionGap): Gap {
    return this.#gap(ALL, error.detail, `GRANT pg_monitor TO ${this.role};`);
  }

  failed(error: unknown, code: string | null): Gap {
    const remedy = code === '57014' ? 'Run it again when the server is less busy.' : null;
    return this.#gap(ALL, errorText(error), remedy);
  }

  lost(error: StoreLost): Gap {
    return { ...this.#gap('statement texts', error.detail, 'Run it again when the server is back.'), severity: 'blind' };
  }
}

/** `12 of 5,000 statements with 3 % of the execution time`. */
function inWords({ statements, of, time }: Part): string {
  const share = time === null ? '' : ` with ${time > 0 && time < 0.01 ? 'less than 1' : Math.round(time * 100)} % of the execution time`;
  return `${statements} of ${of} statements${share}`;
}

/** Keeps the libraries that are loaded already; without the right to see them they must be looked up. */
function preload(access: Access): string {
  if (access.preloaded === null) {
    return "Add pg_stat_statements to shared_preload_libraries (SHOW shared_preload_libraries; shows what it holds now).";
  }
  const libraries = access.preloaded.split(',').map((name) => name.trim()).filter((name) => name !== '');
  const list = [...libraries, 'pg_stat_statements'].map((name) => `'${name.replaceAll("'", "''")}'`).join(', ');
  return `ALTER SYSTEM SET shared_preload_libraries = ${list};`;
}
