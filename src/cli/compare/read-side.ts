import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Side } from '../../compare/side.js';
import { parseReport, ReportFileError } from '../../compare/report-file.js';
import { consumerName } from '../../graph/consumer-name.js';
import { readBundle } from '../../snapshot/bundle.js';
import type { Snapshot } from '../../model/snapshot.js';
import { statementRules } from '../../findings/suppressions/statement-rules.js';
import type { CommandContext } from '../command.js';
import { rulesFor } from '../judge.js';
import type { Scratch } from '../scratch.js';
import { prepareBundle } from '../targets.js';
import { toolVersion } from '../version.js';
import { cardsOfStores } from './cards.js';

/** Longer reports are of no system. */
const REPORT_BYTES_MAX = 200_000_000;

/** A file that was read and not judged yet. */
export type ReadFile = { file: string; snapshot: Snapshot } | { file: string; side: Side };

/**
 * Reads a bundle or a report, which its first characters tell.
 *
 * @throws BundleError, ReportFileError
 */
export async function readSide(context: CommandContext, file: string): Promise<ReadFile> {
  const place = path.resolve(context.host.directory, file);
  const content = await contentOfReport(place, file);
  if (content === null) return { file, snapshot: await readBundle(place) };
  const report = parseReport(content, file);
  const since = report.check?.since?.commit ?? null;
  return { file, side: { about: { file, kind: 'report', takenAt: report.takenAt, version: report.tool.version, since }, report, snapshot: null } };
}

/** The text of a file that begins as JSON does; null for any other, of which the reader of bundles says what is wrong. */
async function contentOfReport(place: string, file: string): Promise<string | null> {
  // A pipe is never opened: that would wait for a writer, past every signal.
  const found = await stat(place).catch(() => null);
  if (found === null || !found.isFile()) return null;
  const handle = await open(place).catch(() => null);
  if (handle === null) return null;
  try {
    const head = Buffer.alloc(64);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    if (!/^\uFEFF?\s*[{[]/.test(head.subarray(0, bytesRead).toString('utf8'))) return null;
    if (found.size > REPORT_BYTES_MAX) throw new ReportFileError(file, `it holds more than ${REPORT_BYTES_MAX} bytes`, 'A report is never so large; write it again.');
    const bytes = Buffer.alloc(found.size);
    const read = await handle.read(bytes, 0, found.size, 0);
    return bytes.subarray(0, read.bytesRead).toString('utf8').replace(/^\uFEFF/, '');
  } finally {
    await handle.close();
  }
}

/**
 * Judges a bundle, with the configuration that holds now; a report was judged. Throws what preparing and auditing throw.
 *
 * @param scratch which both sides share, as an engine takes longer to start than a bundle to judge
 */
export async function judgedSide(context: CommandContext, read: ReadFile, scratch: Scratch): Promise<Side> {
  if ('side' in read) return read.side;
  const { file, snapshot } = read;
  const { lifetime, progress } = context;
  progress.stage(`judging ${file}`);
  const prepared = await prepareBundle(context, {}, snapshot);
  const rules = await rulesFor(prepared);
  const { auditWithJoin } = await import('../../audit.js');
  const options = { signal: lifetime.signal, scratch: ({ engine }: { engine: string }) => scratch.space(engine) };
  const { report, boundaries } = await auditWithJoin(snapshot, prepared.configuration, rules, toolVersion(), options);
  lifetime.signal.throwIfAborted();
  return {
    about: { file, kind: 'bundle', takenAt: report.takenAt, version: toolVersion(), since: null },
    report: { ...report, gaps: [...report.gaps, ...scratch.gaps] },
    snapshot: { queries: snapshot.queries, sources: snapshot.sources, consumers: new Set(snapshot.queries.map(consumerName)), statementRules: statementRules(rules), cards: cardsOfStores(boundaries) },
  };
}
