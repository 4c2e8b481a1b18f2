import { maskStatement } from '../../snapshot/mask-statement.js';
import type { LiveSession } from '../../stores/live.js';
import { DeadlineExceeded } from '../../stores/live.js';
import { MARKER } from '../../stores/postgres/session.js';
import { PermissionGap, StoreLost } from '../../stores/store.js';
import type { StatementsPayload } from '../statements.js';
import { compare, keyOf, type Delta, type Entry } from './deltas.js';
import { StatementSource, type StatementReading } from './source.js';
import { TextPlan } from './text-plan.js';

const HIDDEN = '<insufficient privilege>';

type Texts = Pick<StatementsPayload, 'texts' | 'texts_unread'>;

/** What one connection remembers of pg_stat_statements between two looks. */
export class StatementWatch {
  #source: StatementSource | null = null;
  #before: StatementReading | null = null;
  readonly #roles = new Map<string, string>();
  #ownRole = '';
  readonly #plan = new TextPlan();
  /** Statements whose text has been read, and whether it is one of ours. */
  readonly #read = new Map<string, 'own' | 'other'>();
  /** True where an application runs statements under our role too. */
  #sharesRole = false;

  /** @throws ProbeUnsupported, PermissionGap, DeadlineExceeded or StoreLost; an Error where the answer has another form. */
  async look(session: LiveSession): Promise<StatementsPayload> {
    try {
      this.#source ??= await StatementSource.find(session);
      return await this.#look(session, this.#source);
    } catch (error) {
      // The extension may have been updated or moved.
      if (!(error instanceof DeadlineExceeded)) this.#source = null;
      throw error;
    }
  }

  async #look(session: LiveSession, source: StatementSource): Promise<StatementsPayload> {
    const now = await source.counters(session);
    await this.#nameRoles(session, source, now);
    const before = this.#before;
    this.#before = now;
    for (const key of this.#read.keys()) if (!now.entries.has(key)) this.#read.delete(key);
    const { deltas, evictions, reset } = before ? compare(before, now) : { deltas: [], evictions: null, reset: false };
    const texts = await this.#fetchTexts(session, source, now, deltas);
    const own = deltas.filter(({ key, entry }) => this.#isOwn(key, entry));
    return {
      server_time: now.server_time,
      first: before === null,
      over_seconds: before === null ? 0 : Math.max(now.server_time - before.server_time, 0),
      work: deltas.filter(({ key, entry }) => !this.#isOwn(key, entry)).map((delta) => this.#work(delta)),
      ...texts,
      entries: now.total,
      entries_max: now.entries_max,
      evictions,
      reset,
      // What functions of ours execute is in the time of the statement that calls them.
      own_ms: own.reduce((sum, { entry, execution_ms }) => sum + (entry.toplevel ? execution_ms : 0), 0),
    };
  }

  #work({ entry, calls, execution_ms, rows, shared_blocks, temp_blocks, restarted, entered }: Delta): StatementsPayload['work'][number] {
    const { query_id, toplevel } = entry;
    return { role: this.#roleName(entry.role_id), query_id, toplevel, calls, execution_ms, rows, shared_blocks, temp_blocks, restarted, entered };
  }

  async #nameRoles(session: LiveSession, source: StatementSource, now: StatementReading): Promise<void> {
    const unknown = new Set<string>();
    for (const { role_id } of now.entries.values()) if (!this.#roles.has(role_id)) unknown.add(role_id);
    if (unknown.size === 0) return;
    for (const { role_id, role, own, shared } of await source.roles(session, [...unknown])) {
      this.#roles.set(role_id, role);
      if (own) this.#ownRole = role_id;
      if (shared) this.#sharesRole = true;
    }
    for (const id of unknown) if (!this.#roles.has(id)) this.#roles.set(id, this.#roleName(id));
  }

  #roleName(roleId: string): string {
    return this.#roles.get(roleId) ?? `dropped role ${roleId}`;
  }

  /** Ours by their text; while it is not known, by their role, where nobody else has been seen to use that. */
  #isOwn(key: string, entry: Entry): boolean {
    if (entry.role_id !== this.#ownRole) return false;
    const read = this.#read.get(key);
    return read === undefined ? !this.#sharesRole : read === 'own';
  }

  async #fetchTexts(session: LiveSession, source: StatementSource, now: StatementReading, deltas: readonly Delta[]): Promise<Texts> {
    const nothing: Texts = { texts: [], texts_unread: null };
    this.#plan.keep(now.entries);
    for (const { key, entry } of deltas) {
      if (entry.query_id === null || this.#read.has(key)) continue;
      // Ours must be told from those of others under the same role.
      this.#plan.want(key, now.server_time, this.#sharesRole && this.#read.size === 0 && entry.role_id === this.#ownRole);
    }
    const wanted = this.#plan.due(now.server_time);
    if (wanted.length === 0) return nothing;
    const ids = new Set(wanted.flatMap((key) => now.entries.get(key)?.query_id ?? []));
    const before_ms = session.cost().elapsed_ms;
    try {
      const rows = await source.texts(session, [...ids]);
      this.#plan.fetched(now.server_time, session.cost().elapsed_ms - before_ms);
      return { texts: this.#keep(rows, wanted, now), texts_unread: null };
    } catch (error) {
      if (error instanceof StoreLost || error instanceof PermissionGap) throw error;
      const again_seconds = this.#plan.fetched(now.server_time, session.cost().elapsed_ms - before_ms);
      if (!(error instanceof DeadlineExceeded)) throw error;
      return { texts: [], texts_unread: `the server did not send them in time; tidemark asks again in ${Math.ceil(again_seconds / 60)} min` };
    }
  }

  #keep(rows: Awaited<ReturnType<StatementSource['texts']>>, wanted: readonly string[], now: StatementReading): StatementsPayload['texts'] {
    const texts: StatementsPayload['texts'] = [];
    const settled = new Set<string>(wanted);
    for (const row of rows) {
      const key = keyOf(row);
      if (row.left_out === true) {
        settled.delete(key);
        continue;
      }
      settled.add(key);
      if (!now.entries.has(key) || this.#read.has(key)) continue;
      const text = row.text === HIDDEN ? null : row.text;
      const own = row.role_id === this.#ownRole && (text === null ? !this.#sharesRole : text.includes(MARKER));
      if (row.role_id === this.#ownRole && !own) this.#sharesRole = true;
      this.#read.set(key, own ? 'own' : 'other');
      if (own) continue;
      const { query_id, toplevel } = row;
      texts.push({ role: this.#roleName(row.role_id), query_id, toplevel, text: text === null ? null : maskStatement(text) });
    }
    this.#plan.settle(settled);
    return texts;
  }
}
