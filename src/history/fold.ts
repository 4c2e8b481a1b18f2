import type { ClosedBucket, ClosedPeriods } from '../model/closed-period.js';
import { sameHash, type JournalLine } from './journal-line.js';

/** How the journal calls one metric. */
export function keyOfMetric({ metric, store }: Pick<JournalLine, 'metric' | 'store'>): string {
  return `${metric}\0${store}`;
}

/**
 * What the journal knows of each metric, sorted by metric and store. Where the definition, the period or the key of the hashes is another
 * than before, its history begins anew there. Lines may come in any order, and from several writers.
 */
export function foldJournal(lines: readonly JournalLine[]): ClosedPeriods[] {
  const sorted = lines.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  const byMetric = new Map<string, Folding>();
  for (const line of sorted) {
    const key = keyOfMetric(line);
    const known = byMetric.get(key);
    const sameKey = known?.line.key === line.key;
    // Digests of another key say nothing of the definition.
    const redefined = known !== undefined && sameKey && (known.line.definition !== line.definition || known.line.period !== line.period);
    const folding = known === undefined || redefined || !sameKey ? begun(line, redefined ? line.at : null) : known;
    look(folding, line);
    byMetric.set(key, folding);
  }
  return [...byMetric].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, folding]) => closedPeriodsOf(folding));
}

interface Folding {
  /** The last one. */
  line: JournalLine;
  redefinedAt: string | null;
  buckets: Map<string, ClosedBucket>;
}

function begun(line: JournalLine, redefinedAt: string | null): Folding {
  return { line, redefinedAt, buckets: new Map() };
}

function look(folding: Folding, line: JournalLine): void {
  folding.line = line;
  for (const bucket of folding.buckets.values()) {
    if (bucket.bucket < line.from || bucket.bucket > line.to || line.seen[bucket.bucket] !== undefined) continue;
    bucket.lastSeenAt = line.at;
  }
  for (const [bucket, hash] of Object.entries(line.seen)) {
    const known = folding.buckets.get(bucket);
    if (known === undefined) {
      folding.buckets.set(bucket, { bucket, firstSeenAt: line.at, lastSeenAt: line.at, hashes: [{ at: line.at, hash }] });
      continue;
    }
    const last = known.hashes.at(-1);
    if (last !== undefined && !sameHash(last.hash, hash)) {
      last.lastSeenAt = known.lastSeenAt;
      known.hashes.push({ at: line.at, hash });
    }
    known.lastSeenAt = line.at;
  }
}

function closedPeriodsOf({ line, redefinedAt, buckets }: Folding): ClosedPeriods {
  const { metric, owner, store, relation, product, definition, period } = line;
  return {
    metric, owner, store, relation, product, definition, period, ...(redefinedAt === null ? {} : { redefinedAt }),
    // What is too old to be looked at is told no more.
    buckets: [...buckets.values()].filter(({ bucket }) => bucket >= line.from).toSorted((one, other) => (one.bucket < other.bucket ? -1 : 1)),
  };
}

/** What one look found. */
export interface Look extends Omit<JournalLine, 'schemaVersion' | 'from' | 'to' | 'seen'> {
  /** Every bucket that was looked at, with the hash of its value; oldest first. */
  hashes: { bucket: string; hash: string }[];
}

/** The line that the journal gets of a look: what it has already is left out. Null where nothing was looked at. */
export function lineOf(look: Look, known: ClosedPeriods | undefined, knownKey: string | undefined): JournalLine | null {
  const { hashes, ...rest } = look;
  const first = hashes[0];
  const last = hashes.at(-1);
  if (first === undefined || last === undefined) return null;
  const goesOn = known !== undefined && knownKey === look.key && known.definition === look.definition && known.period === look.period;
  const before = new Map(goesOn ? known.buckets.map(({ bucket, hashes: seen }) => [bucket, seen.at(-1)?.hash]) : []);
  const news = hashes.filter(({ bucket, hash }) => {
    const was = before.get(bucket);
    return was === undefined || !sameHash(was, hash);
  });
  return { schemaVersion: 1, ...rest, from: first.bucket, to: last.bucket, seen: Object.fromEntries(news.map(({ bucket, hash }) => [bucket, hash])) };
}
