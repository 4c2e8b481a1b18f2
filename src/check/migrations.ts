import type { JoinedInFull } from '../audit.js';
import type { Subject } from '../facts/subjects.js';
import type { StoreBoundary } from '../graph/boundary.js';
import { applyMigrations, type AppliedMigrations, readMigrations } from '../migrations/index.js';
import type { Configuration } from '../model/configuration.js';
import type { MigrationFile, MigrationTool } from '../model/migration.js';
import type { ScratchSpace } from '../model/scratch-engine.js';
import type { Gap, StoreSnapshot } from '../model/snapshot.js';
import type { StatementStatistics } from '../model/statement.js';
import type { CollectedQuery } from '../model/query.js';
import type { Engine } from '../model/store.js';
import type { Parsers } from '../sql/parse/parsers.js';
import { plainText } from '../text/plain-text.js';
import { filesAlreadyThere } from './migrations/already-there.js';
import { storeGap, unknownChangeGaps, unreadReaderGaps, unseenReaders } from './migrations/gaps.js';
import { migratedStore } from './migrations/migrated-store.js';
import { migrationSubjects } from './migrations/subjects.js';
import { workOut } from './migrations/work-out.js';
import { covering } from './sides.js';

/** A file of a change, with the path from the folder of the configuration. */
export interface ChangedMigration {
  path: string;
  text: string;
}

export interface MigrationsGiven {
  files: readonly ChangedMigration[];
  joined: JoinedInFull;
  parsers: Parsers;
  configuration: Configuration;
  /** An engine with the semantics of a store; null where there is none. */
  scratch: (engine: Engine) => Promise<ScratchSpace | null>;
  /**
   * What the change edits or takes away, with the join of the side before: what the statistics have of it is sent no more once the
   * change is deployed, and would be told of its role otherwise.
   */
  replaced?: { queries: readonly Pick<CollectedQuery, 'id'>[]; boundaries: readonly StoreBoundary[] } | undefined;
}

export interface JudgedMigrations {
  /** Of the rule subject `migration`: one for each reader or promise and what a statement does to it. */
  subjects: Subject[];
  /** Statements whose effect is not known, and readers that name what is changed and could not be read. */
  gaps: Gap[];
  assumptions: string[];
}

/**
 * What the migrations of a change do to everyone who reads the stores: each is read as its tool would run it, applied to the catalogue
 * of its store, and followed to readers, promises and equal metrics as `tidemark impact` follows it. The store of a file is the one
 * that the configuration names for its folder, else the only operational one. Nothing is thrown for a text, however broken.
 */
export async function judgeMigrations({ files, joined, parsers, configuration, scratch, replaced }: MigrationsGiven): Promise<JudgedMigrations> {
  const judged: JudgedMigrations = { subjects: [], gaps: [], assumptions: [] };
  const { batches, gaps } = batchesOf(files, joined.snapshot.stores, configuration);
  judged.gaps.push(...gaps);
  for (const [store, own] of batches) {
    const found = joined.boundaries.find((one) => one.store.name === store.name);
    if (found === undefined) continue;
    const boundary = replaced === undefined ? found : withoutReplaced(found, replaced);
    const { pending, applied, assumptions } = await applyPending(store, own);
    judged.assumptions.push(...assumptions);
    if (pending.length === 0) continue;
    const { report, unread } = await workOut({ files: pending, applied, boundary, joined, parsers, configuration, scratch, namesSettle: true });
    judged.subjects.push(...migrationSubjects(report, boundary));
    judged.gaps.push(...unknownChangeGaps(report.unknown), ...unreadReaderGaps(unread, pending));
    judged.assumptions.push(...unseenReaders(unread));
  }
  return judged;
}

/** The store without what its roles sent for queries that the change replaces. */
function withoutReplaced(boundary: StoreBoundary, { queries, boundaries }: NonNullable<MigrationsGiven['replaced']>): StoreBoundary {
  const ids = new Set(queries.map(({ id }) => id));
  const before = boundaries.find(({ store }) => store.name === boundary.store.name);
  const former = new Set((before?.accesses ?? []).flatMap(({ query, rows }) => (query !== null && ids.has(query.id) ? rows.flatMap((row) => entryKey(row) ?? []) : [])));
  return { ...boundary, accesses: boundary.accesses.filter(({ query, rows }) => query !== null || rows.length === 0 || !rows.every((row) => former.has(entryKey(row) ?? ''))) };
}

/** Null for an entry that the server keeps hidden. */
function entryKey({ role, queryId }: StatementStatistics): string | null {
  return queryId === null ? null : JSON.stringify([role, queryId]);
}

/**
 * `schema.name` of every relation that the migrations change, sorted: their texts do not always say it, as those of Rails and Django,
 * or where a type or a schema is changed.
 */
export async function relationsMigrated(files: readonly ChangedMigration[], stores: readonly StoreSnapshot[], configuration: Configuration): Promise<string[]> {
  const changed = new Set<string>();
  for (const [store, own] of batchesOf(files, stores, configuration).batches) {
    const { changes } = await applyMigrations(store.catalog, await migrationsOf(own));
    for (const { relation, kind } of changes) if (relation !== '' && kind !== 'harmless') changed.add(relation);
  }
  return [...changed].sort();
}

interface Batch {
  files: ChangedMigration[];
  tool: MigrationTool | null;
}

/** Files by their store and by the tool that the configuration names; files whose store is not known are gaps. */
function batchesOf<T extends Pick<StoreSnapshot, 'name' | 'role'>>(files: readonly ChangedMigration[], stores: readonly T[], { gate }: Configuration): { batches: Map<T, Batch[]>; gaps: Gap[] } {
  const batches = new Map<T, Batch[]>();
  const gaps: Gap[] = [];
  for (const file of files) {
    if (isUndo(file.path)) continue;
    // The longest path speaks: a folder within a folder may be of another store.
    const [folder] = (gate?.migrations ?? []).filter(({ path }) => covering([path])(file.path)).toSorted((a, b) => b.path.length - a.path.length);
    const wanted = folder?.store ?? null;
    const answer = migratedStore(stores, wanted);
    if (!('found' in answer)) {
      gaps.push(storeGap(file.path, wanted, answer));
      continue;
    }
    const own = batches.get(answer.found) ?? [];
    const tool = folder?.tool ?? null;
    const batch = own.find((one) => one.tool === tool);
    if (batch === undefined) own.push({ files: [file], tool });
    else batch.files.push(file);
    batches.set(answer.found, own);
  }
  return { batches, gaps };
}

/** What takes a migration back is no part of a deployment: `0042_note.down.sql` of golang-migrate, `U12__note.sql` of Flyway. */
function isUndo(file: string): boolean {
  return /\.down\.sql$/i.test(file) || /(?:^|\/)U\d[\d._]*__[^/]*\.sql$/.test(file);
}

async function migrationsOf(batches: readonly Batch[]): Promise<MigrationFile[]> {
  const read = await Promise.all(batches.map(({ files, tool }) => readMigrations(files, tool === null ? {} : { tool })));
  return read.flat();
}

interface Pending {
  pending: MigrationFile[];
  applied: AppliedMigrations;
  assumptions: string[];
}

/** The migrations that the catalogue does not have yet, applied to it. */
async function applyPending({ name, catalog }: StoreSnapshot, batches: readonly Batch[]): Promise<Pending> {
  const files = await migrationsOf(batches);
  const applied = await applyMigrations(catalog, files);
  const there = filesAlreadyThere(files, applied);
  if (there.size === 0) return { pending: files, applied, assumptions: [] };
  const pending = files.filter((file) => !there.has(file));
  return {
    pending,
    applied: await applyMigrations(catalog, pending),
    assumptions: [...there].map(({ path }) => `The bundle of ${plainText(name, 60)} has what ${plainText(path, 200)} changes already: the migration was not judged.`),
  };
}
