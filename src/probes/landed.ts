import { z } from 'zod';
import { zoneOfSchema } from './warehouse/zone.js';
import { deadlineOn, hasTexts, paceOn } from './engines.js';
import type { ProbeInput, ProbeTarget, StoreProbe } from './probe.js';
import { DeadlineExceeded } from '../stores/live.js';
import { plainText } from '../text/plain-text.js';
import { isRead, landedPlaces, resolvePlaces, type Place } from './warehouse/landed-places.js';
import { anyText, expressedMaximum } from './warehouse/expressed.js';
import { grantFor, messageWithoutValues, rethrowFatal } from './warehouse/error.js';
import { PlanGuard, tooCostly } from './warehouse/guard.js';
import { keyOf, quoted, quotedRelation, written, writtenRelation } from './warehouse/name.js';
import { largerPosition } from './warehouse/position.js';
import { sqlOf } from './warehouse/sql.js';
import { timeOf } from './warehouse/time.js';

/**
 * What a column tells of the way of a row:
 * `lsn` position in the source's WAL; `commit-time` time of the source's commit; `heartbeat` time written by a heartbeat at the
 * source; `event-time` a business time, a lower bound only; `load-time` when the loader touched the row, which says nothing of
 * the source; `file-time` when the file changed.
 */
export const MEANINGS = ['lsn', 'commit-time', 'heartbeat', 'event-time', 'load-time', 'file-time'] as const;

export const payload = z.object({
  as_of: z.number().nullable(),
  /** At most two of a relation: its best position and its best time. */
  relations: z.array(
    z.object({
      relation: z.string(),
      zone: z.string(),
      column: z.string(),
      meaning: z.enum(MEANINGS),
      /** Whose column it is: `Debezium`, `Airbyte`, `PeerDB`, `Fivetran`, `Sequin`, `heartbeat table`, `loader`, `configuration`. */
      origin: z.string(),
      /** Largest value: a time in epoch seconds; null for positions and where the relation is empty. */
      time: z.number().nullable(),
      /** Largest position as `2F/9A01C8E0`; null for times. */
      lsn: z.string().nullable(),
      /** Why it was not read: a scan would cost too much, a missing right; null when it was. */
      unread: z.string().nullable(),
    }),
  ),
  /** Relations with such a column beyond those that are looked at. */
  left_off: z.number().optional(),
});
export type LandedPayload = z.output<typeof payload>;
export type Meaning = (typeof MEANINGS)[number];

type Entry = LandedPayload['relations'][number];

/** All together; what the scheduler allows is a little more. */
const UNION_DEADLINE_MS = 4_000;
const SINGLE_DEADLINE_MS = 800;
/** After this a relation that could not be read is tried again. */
const RETRY_SECONDS = 60;

const row = z.object({ n: z.number(), value: z.string().nullable(), other: z.string().nullable() });
const expressedRow = z.object({ value: anyText });

/**
 * How far loaded rows reach, by the columns that loaders leave and those that the configuration names: one largest value of
 * each, in one statement. On PostgreSQL only what an index answers. A relation that cannot be read costs itself only.
 */
export const probe: StoreProbe<LandedPayload> = {
  kind: 'store',
  id: 'landed',
  pace_seconds: 10,
  paceOf: ({ engine }) => paceOn(engine, 10),
  deadline_ms: 5_000,
  weight: 'light',
  payload,
  applies: (target) => landedPlaces(target).places.length > 0,
  create: (target) => {
    const reader = new Reader(target);
    return (input) => reader.read(input);
  },
};

class Reader {
  readonly #guard = new PlanGuard();
  /** By statement: why it failed, and when. */
  readonly #broken = new Map<string, { reason: string; at: number }>();
  /** True once all together took too long. */
  #oneByOne = false;
  #next = 0;

  constructor(private readonly target: ProbeTarget) {}

  async read(input: ProbeInput): Promise<LandedPayload> {
    const { places: wanted, left_off } = landedPlaces(this.target);
    const places = await resolvePlaces(wanted, this.target, input.session);
    const entries = places.map(entryOf);
    if (!hasTexts(input.session)) return { as_of: input.session.asOf(), relations: await this.#expressed(places, entries, input), ...(left_off > 0 ? { left_off } : {}) };
    const open: { n: number; sql: string }[] = [];
    for (const [n, place] of places.entries()) {
      const entry = entries[n];
      if (!isRead(place) || entry === undefined) continue;
      const sql = statementOf(place, n, input);
      entry.unread = await this.#obstacle(place, sql, input);
      if (entry.unread === null) open.push({ n, sql });
    }
    const answers = this.#oneByOne ? await this.#singly(open, places, entries, input) : await this.#together(open, places, entries, input);
    for (const { n, value, other } of answers) fill(entries[n], places[n], value, other);
    return { as_of: input.session.asOf(), relations: entries, ...(left_off > 0 ? { left_off } : {}) };
  }

  /** Why the statement is not worth trying now; null where it is. */
  async #obstacle(place: Place, sql: string, input: ProbeInput): Promise<string | null> {
    const known = this.#broken.get(sql);
    if (known && Math.abs(input.now() - known.at) < RETRY_SECONDS) return known.reason;
    this.#broken.delete(sql);
    input.signal.throwIfAborted();
    try {
      const cost = await this.#guard.excess(input.session, sql, input.now());
      if (cost === null) return null;
      return plainText(`${tooCostly(cost)}; CREATE INDEX ON ${writtenRelation(place)} (${written(place.column)}); makes it cheap`, 400);
    } catch (error) {
      return this.#failed(place, sql, error, input);
    }
  }

  #failed(place: Place, sql: string, error: unknown, { session, signal, now }: ProbeInput): string {
    rethrowFatal(error, signal);
    const grant = grantFor(error, place, session.identity().role);
    const reason = plainText(`${messageWithoutValues(error)}${grant === null ? '' : `; ${grant}`}`, 400);
    this.#broken.set(sql, { reason, at: now() });
    return reason;
  }

  /** One statement a relation, for engines without texts of their own. */
  async #expressed(places: readonly Place[], entries: Entry[], input: ProbeInput): Promise<Entry[]> {
    for (const [n, place] of places.entries()) {
      const entry = entries[n];
      if (entry === undefined || !isRead(place)) continue;
      if (place.meaning === 'lsn' && place.kind === 'text') {
        entry.unread = 'positions in texts are compared on PostgreSQL and DuckDB only; name a column of times';
        continue;
      }
      // By the hour, so that the text of the statement stays the same and a cache of results may serve it.
      const hour = Math.floor(input.now() / 3600) * 3600;
      const sql = expressedMaximum(input.session.engine, place, { name: place.column, type: place.type }, hour);
      const known = this.#broken.get(sql);
      if (known !== undefined && Math.abs(input.now() - known.at) < RETRY_SECONDS) {
        entry.unread = known.reason;
        continue;
      }
      input.signal.throwIfAborted();
      try {
        const [answer] = await input.session.query(expressedRow, sql, { deadline_ms: deadlineOn(input.session.engine, SINGLE_DEADLINE_MS) });
        fill(entry, place, answer?.value ?? null, null);
      } catch (error) {
        entry.unread = this.#failed(place, sql, error, input);
      }
    }
    return entries;
  }

  async #together(open: readonly { n: number; sql: string }[], places: readonly Place[], entries: readonly Entry[], input: ProbeInput): Promise<z.output<typeof row>[]> {
    if (open.length === 0) return [];
    try {
      return await input.session.query(row, open.map(({ sql }) => sql).join('\nunion all\n'), { deadline_ms: UNION_DEADLINE_MS });
    } catch (error) {
      rethrowFatal(error, input.signal);
      if (error instanceof DeadlineExceeded) {
        // The next run begins with what it can read in its time.
        this.#oneByOne = true;
        throw error;
      }
      return this.#singly(open, places, entries, input);
    }
  }

  async #singly(open: readonly { n: number; sql: string }[], places: readonly Place[], entries: readonly Entry[], input: ProbeInput): Promise<z.output<typeof row>[]> {
    const started = input.now();
    const answers: z.output<typeof row>[] = [];
    let tried = 0;
    for (let turn = 0; turn < open.length; turn++) {
      const { n, sql } = open[(this.#next + turn) % open.length] ?? { n: 0, sql: '' };
      const entry = entries[n];
      const place = places[n];
      if (entry === undefined || place === undefined) continue;
      const left_ms = UNION_DEADLINE_MS - (input.now() - started) * 1000;
      if (left_ms < SINGLE_DEADLINE_MS) {
        entry.unread = 'there was no time for it in this round';
        continue;
      }
      input.signal.throwIfAborted();
      tried++;
      try {
        answers.push(...(await input.session.query(row, sql, { deadline_ms: SINGLE_DEADLINE_MS })));
      } catch (error) {
        entry.unread = this.#failed(place, sql, error, input);
      }
    }
    this.#next = open.length === 0 ? 0 : (this.#next + tried) % open.length;
    return answers;
  }
}

function entryOf(place: Place): Entry {
  const { column, meaning, origin, problem } = place;
  return { relation: keyOf(place), zone: zoneOfSchema(place.schema), column, meaning, origin, time: null, lsn: null, unread: problem };
}

function statementOf(place: Place, n: number, { session, now }: ProbeInput): string {
  const template = place.meaning === 'lsn' && place.kind === 'text' ? 'position_text' : place.kind;
  // By the hour, so that the text of the statement stays the same for a while.
  const hour = String(Math.floor(now() / 3600) * 3600);
  // PostgreSQL compares all types of time with its own clock; DuckDB only like with like.
  const limit = session.engine === 'duckdb' ? sqlOf(session, place.zoned ? 'landed_limit_zoned' : 'landed_limit', { now: hour }) : '';
  return sqlOf(session, `landed_${template}`, { n: String(n), column: quoted(place.column), relation: quotedRelation(place), limit });
}

function fill(entry: Entry | undefined, place: Place | undefined, value: string | null, other: string | null): void {
  if (!entry || !place || (value === null && other === null)) return;
  if (place.meaning === 'lsn') {
    entry.lsn = largerPosition(value, other);
    if (entry.lsn === null) entry.unread = 'its largest value is no position in the WAL';
    return;
  }
  entry.time = timeOf(place.kind, value ?? '');
  if (entry.time === null) entry.unread = 'its largest value is no time';
}
