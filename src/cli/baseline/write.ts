import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Occurrence } from '../../findings/occurrences.js';
import { renewedEntries } from '../../findings/suppressions/entries-of.js';
import { numberedGaps } from '../../findings/suppressions/gap-identity.js';
import { writeBaseline } from '../../findings/suppressions/write.js';
import type { Level } from '../../model/finding.js';
import type { SuppressionEntry } from '../../model/suppression.js';
import { count } from '../../text/quantity.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import { remark } from '../lines.js';
import { UsageError } from '../usage-error.js';
import { paragraph } from '../../report/layout/page.js';
import { entryLines, entryRecord } from './lines.js';
import { type LookedAt, lookAtBaseline, todayOf } from './look.js';
import { saidOf, type WriteOptions } from './options.js';

const SEVERITY: Record<Level, number> = { error: 0, warning: 1, note: 2 };

/** `tidemark baseline write`. */
export async function write(context: CommandContext, options: WriteOptions): Promise<ExitCode> {
  const { output, progress, redactor } = context;
  const forms = formsOf('baseline write', context.options);
  const today = todayOf(new Date());
  const said = saidOf(options, today);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const looked = await lookAtBaseline(context, options, { today, needed: false });
  const { file, shown, before } = looked;
  const known = before?.read.entries ?? [];
  const level = SEVERITY[options.level ?? 'warning'];
  const { judged: { after }, waived } = looked;
  const heirs = heirsOf(looked, known);
  const renewed = renewedEntries({
    // What the baseline holds stays in it whatever its level.
    occurrences: after.occurrences.filter((occurrence) => !waived.hidden.has(occurrence) && (SEVERITY[occurrence.finding.level] <= level || heirs.has(occurrence))),
    gaps: numberedGaps(after.gaps).flatMap(({ gap, identity }) => (waived.hiddenGaps.has(gap) ? [] : [identity])),
    known, heirs, file: shown,
    said: { ...said, reason: said.reason ?? '' },
  });
  refuseWithoutReason(renewed.added, said.reason);
  const entries = renewed.entries.map((entry) => redactor.redactAll(entry));
  const text = writeBaseline(entries, before, today);
  progress.end();
  if (text !== before?.text) {
    await makeFolder(path.dirname(file));
    await output.refuseUnwritable(file);
    await output.printOrWrite(text, file);
  }
  const { added, gone, changed } = redactor.redactAll(renewed);
  const unread = before?.read.problems.length ?? 0;
  const done = text === before?.text ? `nothing changed: ${shown} holds ${count(entries.length, 'entry', 'entries')}` : `wrote ${count(entries.length, 'entry', 'entries')} (${added.length} new, ${gone.length} gone${changed.length === 0 ? '' : `, ${changed.length} with other statements`}) to ${shown}`;
  await writeAnswer(context, forms, {
    lines: (page) => [
      ...paragraph(page, done, { first: '', columns: 0 }),
      ...(unread === 0 ? [] : remark(page, `${count(unread, 'entry', 'entries')} that cannot be read ${unread === 1 ? 'stays as it is' : 'stay as they are'}; tidemark baseline show says why`, 0)),
      ...(context.options.quiet ? [] : [...entryLines(page, 'new', added), ...entryLines(page, 'gone', gone)]),
    ],
    json: () => ({ schemaVersion: 1, file: shown, entries: entries.length, new: added.map(entryRecord), gone: gone.map(entryRecord), changed: changed.map(entryRecord) }),
    records: () => [
      ...(['new', 'gone', 'changed'] as const).flatMap((change) => ({ new: added, gone, changed })[change].map((entry) => ({ type: 'entry', change, ...entryRecord(entry) }))),
      { type: 'summary', file: shown, entries: entries.length, new: added.length, gone: gone.length, changed: changed.length },
    ],
  });
  return EXIT.clean;
}

/** The entries that hide what is known, under whatever name it was known. */
function heirsOf({ suppressed: { hidden } }: LookedAt, known: readonly SuppressionEntry[]): Map<Occurrence, SuppressionEntry> {
  const byPlace = new Map(known.map((entry) => [entry.place, entry]));
  return new Map([...hidden].flatMap(([occurrence, { place }]) => {
    const entry = byPlace.get(place);
    return entry === undefined ? [] : [[occurrence, entry] as const];
  }));
}

function refuseWithoutReason(added: readonly SuppressionEntry[], reason: string | null): void {
  if (reason !== null || added.length === 0) return;
  throw new UsageError(`${count(added.length, 'entry is', 'entries are')} new, and nobody says why ${added.length === 1 ? 'it' : 'they'} may stand`, 'say it: --reason "OPS-231, moves with the casework contract"');
}

/** One level suffices: a folder that somebody names is there, and .tidemark lies beside the configuration. */
async function makeFolder(folder: string): Promise<void> {
  if ((await stat(folder).catch(() => null)) === null) await mkdir(folder).catch(() => null);
}
