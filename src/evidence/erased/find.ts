import type { Catalog, Relation } from '../../model/catalog.js';
import type { MaskLevel } from '../../model/masking.js';
import type { RelationMovement } from '../../model/movement.js';
import type { PersonalColumn } from '../../model/personal-column.js';
import type { Gap } from '../../model/snapshot.js';
import { gapOf, gathered, type AskedStore } from '../asking.js';
import { quoted } from '../quote.js';
import { readBuckets, readDigests, type Bucket, type Side } from './digests.js';
import { keyForm, type KeyColumn } from './key.js';
import { tombstonesOf } from './tombstone.js';
import { keyOf, subjectsOf, type Subjects, type Trail } from './trails.js';

/** A stored relation downstream, compared by key with where its subjects stand first. */
export interface ErasedCopy {
  store: string;
  /** `schema.name`. */
  relation: string;
  key: string[];
  /** Who or what moves the rows, the whole way. */
  by: string[];
  /** Of the whole way, 0 to 1: below 1 where some of it was inferred. */
  confidence: number;
  /** Personal columns that are still filled for these subjects. */
  columns: { column: string; kind: string; mask: MaskLevel }[];
  /** Subjects here that are in no row of production any more; what production never had counts, too. */
  absent: number;
  /** Subjects here that production marks as erased or deleted. */
  marked: number;
  /** All subjects here of whom something personal is left. */
  subjects: number;
}

export interface ErasedCheck {
  store: string;
  relation: string;
  key: string[];
  /** What marks erased rows in production, in words; empty where only absence tells. */
  marks: string[];
  copies: ErasedCopy[];
}

export interface ErasedReport {
  /** Sorted by store and relation; with the copies that could be compared. */
  checks: ErasedCheck[];
  /** Stored copies of persons that could not be compared; the gaps say why. */
  unknown: number;
  gaps: Gap[];
}

export interface ErasedOptions {
  columns: readonly PersonalColumn[];
  movements: readonly RelationMovement[];
  /** Every catalogue that is known, also of stores that cannot be asked. */
  catalogs: ReadonlyMap<string, Catalog>;
  /** Random for each run, in hexadecimal: digests of different runs cannot be compared. */
  secret: string;
  onProgress(text: string): void;
}

const BUCKETS_MIN = 64;
const BUCKETS_MAX = 65_536;
const KEYS_PER_BUCKET = 32;
/** Ways below it were guessed from names. */
const SURE = 0.7;

/**
 * Searches every stored copy of persons for subjects that production has erased. Keys are compared inside the engines by digests
 * under the run's secret: first sums by bucket, then the digests of the buckets that differ. Only numbers travel.
 *
 * The copy is always read before production: what reached it was in production before that, so whatever is missing there has
 * been erased since. Rows that have not reached the copy yet do not matter.
 * @throws what an abort gives.
 */
export async function findErased(stores: readonly AskedStore[], options: ErasedOptions): Promise<ErasedReport> {
  const report: ErasedReport = { checks: [], unknown: 0, gaps: [] };
  for (const subjects of subjectsOf(options.columns, options.movements, options.catalogs)) {
    const check = await checkOne(subjects, stores, options, report.gaps);
    report.unknown += subjects.trails.length - check.copies.length;
    if (check.copies.length > 0) report.checks.push(check);
  }
  report.gaps = gathered(report.gaps);
  return report;
}

async function checkOne(subjects: Subjects, stores: readonly AskedStore[], options: ErasedOptions, gaps: Gap[]): Promise<ErasedCheck> {
  const relation = keyOf(subjects.relation);
  const check: ErasedCheck = { store: subjects.store, relation, key: subjects.key ?? [], marks: [], copies: [] };
  const sides = sidesOf(subjects, stores, gaps);
  if (sides === null) return check;
  const { source, copies, marks } = sides;
  check.marks = marks;
  options.onProgress(`comparing the subjects of ${relation}`);
  const buckets = bucketsFor(subjects.relation);
  const read: { trail: Trail; side: Side; sums: Map<number, Bucket> }[] = [];
  for (const copy of copies) {
    const sums = await readBuckets(copy.side, options.secret, buckets);
    if (sums instanceof Map) read.push({ ...copy, sums });
    else gaps.push(sums);
  }
  if (read.length === 0) return check;
  const origin = await readBuckets(source, options.secret, buckets);
  if (!(origin instanceof Map)) {
    gaps.push(origin);
    return check;
  }
  const compared = [];
  for (const { trail, side, sums } of read) {
    const differing = new Set([...sums].filter(([bucket, sum]) => differs(sum, origin.get(bucket))).map(([bucket]) => bucket));
    const digests = differing.size === 0 ? new Map<string, boolean>() : await readDigests(side, options.secret, buckets, differing, keysIn(sums, differing));
    if (digests instanceof Map) compared.push({ trail, sums, differing, digests });
    else gaps.push(digests);
  }
  const wanted = new Set(compared.flatMap(({ differing }) => [...differing]));
  const known = wanted.size === 0 ? new Map<string, boolean>() : await readDigests(source, options.secret, buckets, wanted, keysIn(origin, wanted));
  if (!(known instanceof Map)) {
    gaps.push(known);
    return check;
  }
  for (const { trail, sums, digests } of compared) {
    const copy = copyOf(trail, sums, digests, known);
    if (isNoCopy(copy)) {
      const missing = `whether erased subjects of ${relation} are still in ${copy.relation}`;
      gaps.push(gapOf({ name: copy.store }, { missing }, `${copy.absent === copy.subjects ? 'none' : 'fewer than half'} of its ${copy.subjects.toLocaleString('en-US')} subjects are in production, so it is hardly a copy of it`, 'Name the two sides as a pair under reconcile in tidemark.yaml, where it is one.'));
    } else check.copies.push(copy);
  }
  return check;
}

function copyOf({ store, relation, key, by, confidence, columns }: Trail, sums: ReadonlyMap<number, Bucket>, digests: ReadonlyMap<string, boolean>, known: ReadonlyMap<string, boolean>): ErasedCopy {
  const here = [...digests.keys()];
  return {
    store, relation: keyOf(relation), key: key ?? [], by, confidence, columns,
    absent: here.filter((digest) => !known.has(digest)).length,
    marked: here.filter((digest) => known.get(digest) === true).length,
    subjects: [...sums.values()].reduce((sum, { keys }) => sum + keys, 0),
  };
}

/** Keys that have nothing in common were not copied; of a way that was only inferred half is too little. */
function isNoCopy({ absent, subjects, confidence }: ErasedCopy): boolean {
  return subjects > 0 && (absent === subjects || (confidence < SURE && absent * 2 > subjects));
}

/** Equal sums of equal numbers of keys are the same keys, unless some of them are marked. */
function differs(here: Bucket, origin: Bucket | undefined): boolean {
  return origin === undefined || origin.gone > 0 || origin.keys !== here.keys || origin.total !== here.total;
}

function keysIn(sums: ReadonlyMap<number, Bucket>, wanted: ReadonlySet<number>): number {
  return [...wanted].reduce((sum, bucket) => sum + (sums.get(bucket)?.keys ?? 0), 0);
}

function bucketsFor({ rows }: Relation): number {
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, (rows ?? 100_000) / KEYS_PER_BUCKET)));
  return Math.min(BUCKETS_MAX, Math.max(BUCKETS_MIN, wanted));
}

interface Sides {
  source: Side;
  copies: { trail: Trail; side: Side }[];
  marks: string[];
}

/** What can be compared; what cannot becomes a gap. */
function sidesOf(subjects: Subjects, stores: readonly AskedStore[], gaps: Gap[]): Sides | null {
  const { relation, key: names } = subjects;
  const place = keyOf(relation);
  const cannot = (trail: Trail, cause: string, remedy: string | null): void => {
    gaps.push(gapOf({ name: trail.store }, { missing: `whether erased subjects of ${place} are still in ${keyOf(trail.relation)}` }, cause, remedy));
  };
  const all = (cause: string, remedy: string | null): null => {
    for (const trail of subjects.trails) cannot(trail, cause, remedy);
    return null;
  };
  const store = stores.find(({ name }) => name === subjects.store);
  if (names === null) return all(`${place} has no primary key and no unique key that is never null`, 'Declare the key of the subjects in the database.');
  if (store === undefined) return all(`${subjects.store}, where the subjects stand first, cannot be asked`, null);
  const types = names.map((name) => relation.columns.find((column) => column.name === name)).map((column) => column?.baseType ?? column?.type ?? '');
  const forms = types.map(keyForm);
  const odd = forms.indexOf(null);
  if (odd >= 0) return all(`the key ${names[odd] ?? ''} of ${place} is of type ${types[odd] ?? ''}, whose text is not the same in every engine`, null);
  const key = (columns: readonly string[], of: Relation): KeyColumn[] => columns.map((name, at) => {
    const column = of.columns.find((one) => one.name === name);
    return { name, type: column?.baseType ?? column?.type ?? '', form: forms[at] ?? 'text' };
  });
  const own = key(names, relation);
  const tombstones = tombstonesOf(store.catalog, relation, own);
  const copies = subjects.trails.flatMap((trail) => {
    const target = stores.find(({ name }) => name === trail.store);
    if (target === undefined) return cannot(trail, 'this store cannot be asked', null) ?? [];
    if (trail.key === null) return cannot(trail, `its rows do not carry the key of ${place} (${names.join(', ')}) as it was`, 'Carry the key along, or check erasure there by hand.') ?? [];
    const there = key(trail.key, trail.relation);
    const unlike = there.find(({ type }) => keyForm(type) === null);
    if (unlike !== undefined) return cannot(trail, `its key ${unlike.name} is of type ${unlike.type}, whose text is not the same in every engine`, null) ?? [];
    const only = trail.columns.map(({ column }) => `t.${quoted(column)} is not null`).join(' or ');
    return [{ trail, side: { store: target, relation: trail.relation, key: there, gone: null, only } }];
  });
  const gone = tombstones.length === 0 ? null : tombstones.map(({ condition }) => `(${condition})`).join(' or ');
  return { source: { store, relation, key: own, gone, only: null }, copies, marks: tombstones.map(({ by }) => by) };
}
