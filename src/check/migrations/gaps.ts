import path from 'node:path';
import type { UnreadReader } from '../../impact/index.js';
import type { UnknownChange } from '../../model/migration.js';
import type { Gap } from '../../model/snapshot.js';
import { plainText } from '../../text/plain-text.js';
import type { StoreDoubt } from './migrated-store.js';

const CAUSE_LENGTH_MAX = 400;

/** Statements of which it is not known what they change. Those of one line are one. */
export function unknownChangeGaps(unknown: readonly UnknownChange[]): Gap[] {
  const byPlace = new Map<string, UnknownChange[]>();
  for (const one of unknown) {
    const key = `${one.place.file}:${one.place.line}`;
    byPlace.set(key, [...(byPlace.get(key) ?? []), one]);
  }
  return [...byPlace.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    return [{
      subject: subjectOf(first.place),
      missing: 'what it changes for who reads the store',
      cause: plainText([...new Set(own.map(({ why }) => why))].join('; '), CAUSE_LENGTH_MAX),
      remedy: 'look at the statement beside who reads what it names, then let a waiver of could-not-look say so',
      severity: 'partial' as const,
    }];
  });
}

/** Readers that name what is changed and could not be followed; of whom nothing is known at all is told by `unseenReaders`. */
export function unreadReaderGaps(readers: readonly UnreadReader[], files: readonly { path: string }[]): Gap[] {
  const [file] = files;
  if (file === undefined) return [];
  const subject = files.length === 1 ? subjectOf({ file: file.path, line: 1 }) : `${files.length} migrations, first ${subjectOf({ file: file.path, line: 1 })}`;
  return readers.filter(({ why }) => why === 'names-it').map(({ name }) => ({
    subject,
    missing: 'whether a reader is hit',
    cause: plainText(name, CAUSE_LENGTH_MAX),
    remedy: 'ask its owner, or make its text readable',
    severity: 'partial' as const,
  }));
}

/** Whom no migration's effect can be told of, in a sentence each. */
export function unseenReaders(readers: readonly UnreadReader[]): string[] {
  return readers.flatMap(({ name, why }) => (why === 'nothing-known' || why === 'engine' ? [`Whether migrations hit it was not looked at: ${plainText(name, CAUSE_LENGTH_MAX)}.`] : []));
}

/** Migrations of which it is not known what store they change. */
export function storeGap(file: string, wanted: string | null, { doubt, names }: StoreDoubt): Gap {
  const stores = names.map((name) => plainText(name, 60)).join(', ');
  const causes: Record<StoreDoubt['doubt'], string> = {
    'no such store': `the bundle has no store named '${plainText(wanted ?? '', 60)}'${stores === '' ? '' : `; it has ${stores}`}`,
    'no store': 'the bundle has no store',
    'several stores': `the bundle has several stores that it could be of: ${stores}`,
  };
  return {
    subject: subjectOf({ file, line: 1 }), missing: 'what it changes for who reads the store', cause: causes[doubt],
    remedy: doubt === 'no store' ? 'collect the store that is migrated into the bundle' : `name it in tidemark.yaml: migrations: [{ path: ${plainText(path.dirname(file), 200)}, store: NAME }]`,
    severity: 'blind',
  };
}

/** `0042_drop.sql (db/migrate/0042_drop.sql:12)`. */
function subjectOf({ file, line }: { file: string; line: number }): string {
  const shown = plainText(file, 200);
  return `${path.posix.basename(shown)} (${shown}:${line})`;
}
