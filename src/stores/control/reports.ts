import type { OfficialReportRecord } from '../../model/control-record.js';
import { REPORT_PARTS } from './conventions.js';
import type { Asked } from './dialect.js';
import { keyOf, type FoundTable } from './find.js';
import { byName, type ControlRow, isoOf, timeIn } from './row.js';
import { statusMeaning } from './status-word.js';

/**
 * What each run has to say (Part 066 §9). A report may have no parameters and use no reference data and say so by `{}`; one
 * without any source has not said which.
 */
const DEMANDED: Readonly<Record<string, { braces: boolean }>> = {
  version: { braces: false }, parameters: { braces: false }, watermarks: { braces: true }, references: { braces: false }, by: { braces: false }, executed: { braces: false }, hash: { braces: true },
};

export const REPORT_ASKED: Readonly<Record<string, Asked>> = {
  report: { as: 'value', part: 'report' },
  version: { as: 'value', part: 'version' },
  executed: { as: 'value', part: 'executed' },
  status: { as: 'value', part: 'status' },
  approved: { as: 'value', part: 'approved' },
  id: { as: 'digest', parts: ['id'], folded: true },
  by: { as: 'digest', parts: ['by'], folded: true },
  approver: { as: 'digest', parts: ['approver'], folded: true },
  missing_approver: { as: 'missing', part: 'approver', braces: false },
  inputs: { as: 'digest', parts: ['version', 'parameters', 'watermarks', 'references'], folded: false },
  hash: { as: 'digest', parts: ['hash'], folded: true },
  ...Object.fromEntries(Object.entries(DEMANDED).map(([part, { braces }]) => [`missing_${part}`, { as: 'missing', part, braces }])),
};

export const APPROVAL_ASKED: Readonly<Record<string, Asked>> = {
  run: { as: 'digest', parts: ['run'], folded: true },
  approver: { as: 'digest', parts: ['approver'], folded: true },
  missing_approver: { as: 'missing', part: 'approver', braces: false },
  approved: { as: 'value', part: 'approved' },
};

export const ARTIFACT_ASKED: Readonly<Record<string, Asked>> = {
  run: { as: 'digest', parts: ['run'], folded: true },
  missing_hash: { as: 'missing', part: 'hash', braces: true },
};

/** Of one report: digests that are compared and dropped. */
interface Approval {
  by: string | null;
  /** Epoch seconds. */
  at: number | null;
}

interface Read {
  table: FoundTable;
  rows: readonly ControlRow[];
}

/** Approvals of the runs of a table by the run's digest; null where there is no such table beside it. */
export function approvalsOf(read: readonly Read[], reports: FoundTable): ReadonlyMap<string, Approval[]> | null {
  return besides(read, reports, (row, { columns }): Approval => ({ by: row['missing_approver'] === '1' ? null : (row['approver'] ?? null), at: timeIn(columns['approved'], row['approved']) }));
}

/** Of each artifact of a run whether it lacks its hash; null where there is no such table beside it. */
export function artifactsOf(read: readonly Read[], reports: FoundTable): ReadonlyMap<string, boolean[]> | null {
  return besides(read, reports, (row, { columns }) => columns['hash'] === undefined || row['missing_hash'] === '1');
}

function besides<T>(read: readonly Read[], { schema }: FoundTable, valueOf: (row: ControlRow, table: FoundTable) => T): ReadonlyMap<string, T[]> | null {
  const found = read.filter(({ table }) => table.schema === schema);
  if (found.length === 0) return null;
  const byRun = new Map<string, T[]>();
  for (const { table, rows } of found) for (const row of rows) if (row['run']) byRun.set(row['run'], [...(byRun.get(row['run']) ?? []), valueOf(row, table)]);
  return byRun;
}

type Standing = 'succeeded' | 'approved' | 'revoked' | 'running' | 'failed' | 'unknown';

/** The five words of the article, and what else says the same. */
function standingOf(status: string): Standing {
  if (/^(approv|sign|releas|publish|genehmigt|freigegeben|approuv|aprobad|disetujui)/i.test(status)) return 'approved';
  if (/^(revok|withdraw|superseded|recalled|widerruf|retir[eé]|revocad|dicabut)/i.test(status)) return 'revoked';
  const meaning = statusMeaning(status);
  return meaning === 'good' || meaning === 'partial' ? 'succeeded' : meaning === 'bad' ? 'failed' : meaning === 'running' ? 'running' : 'unknown';
}

interface Run {
  name: string;
  row: ControlRow;
  executed: number | null;
  standing: Standing;
  approvals: Approval[];
}

/** What the newest runs say of each report, rows given newest first. */
export function reportsOf(table: FoundTable, rows: readonly ControlRow[], approvals: ReadonlyMap<string, Approval[]> | null, artifacts: ReadonlyMap<string, boolean[]> | null): OfficialReportRecord[] {
  const { columns } = table;
  const runs = rows.flatMap((row): Run[] => {
    const { report } = row;
    if (!report) return [];
    const own: Approval[] = row['missing_approver'] === '0' ? [{ by: row['approver'] ?? null, at: timeIn(columns['approved'], row['approved']) }] : [];
    return [{
      name: report, row, executed: timeIn(columns['executed'], row['executed']), standing: standingOf(row['status'] ?? ''),
      approvals: [...own, ...((row['id'] ? approvals?.get(row['id']) : undefined) ?? [])],
    }];
  });
  const keepsApprovers = columns['by'] !== undefined && (columns['approver'] !== undefined || (approvals !== null && columns['id'] !== undefined));
  return byName(runs).map(([report, own]) => {
    const kept = own.filter(({ standing }) => standing === 'succeeded' || standing === 'approved');
    return {
      relation: keyOf(table), report,
      versions: [...new Set(own.flatMap(({ row }) => row['version'] ?? []))].toSorted(),
      runs: own.length,
      byStatus: countsOf(own.map(({ row }) => row['status'] ?? '?')),
      lastExecutedAt: isoOf(latest(own)),
      missing: missingIn(kept),
      approvedWithoutSuccess: own.filter(isApprovedWithoutSuccess).length,
      approvedByAuthor: keepsApprovers ? own.filter(({ row, approvals: given }) => given.some(({ by }) => by !== null && row['missing_by'] === '0' && by === row['by'])).length : null,
      approved: own.filter(({ standing, approvals: given }) => standing === 'approved' || given.length > 0).length,
      sameInputsOtherHash: unstable(kept),
      artifactsWithoutHash: artifacts === null || columns['id'] === undefined ? null : own.flatMap(({ row }) => (row['id'] ? artifacts.get(row['id']) : undefined) ?? []).filter(Boolean).length,
      keepsApprover: keepsApprovers || columns['approver'] !== undefined || approvals !== null,
      approvedWithoutApprover: keepsApprovers ? own.filter(({ standing, approvals: given }) => standing === 'approved' && given.every(({ by }) => by === null)).length : null,
    };
  });
}

/** Approved while it runs or after it failed, without a result, or before it was executed. */
function isApprovedWithoutSuccess({ standing, approvals, row, executed }: Run): boolean {
  if (approvals.length > 0 && (standing === 'running' || standing === 'failed')) return true;
  if (standing === 'approved' && row['missing_hash'] === '1') return true;
  return standing !== 'revoked' && executed !== null && approvals.length > 0 && approvals.every(({ at }) => at !== null && at < executed);
}

function missingIn(runs: readonly Run[]): Record<string, number> {
  const counts = Object.entries(REPORT_PARTS).flatMap(([part, { names }]): [string, number][] => {
    const missing = runs.filter(({ row }) => DEMANDED[part] !== undefined && row[`missing_${part}`] === '1').length;
    return missing === 0 ? [] : [[names[0] ?? part, missing]];
  });
  return Object.fromEntries(counts);
}

/** Runs whose inputs are those of another one and whose result is not: one of each result is taken for right. */
function unstable(runs: readonly Run[]): number {
  const results = new Map<string, Set<string>>();
  for (const { row } of runs) {
    const { inputs, hash } = row;
    if (!inputs || !hash || row['missing_hash'] !== '0' || row['missing_watermarks'] !== '0') continue;
    results.set(inputs, (results.get(inputs) ?? new Set()).add(hash));
  }
  return [...results.values()].reduce((sum, { size }) => sum + size - 1, 0);
}

function countsOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words.toSorted()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function latest(runs: readonly Run[]): number | null {
  const times = runs.flatMap(({ executed }) => executed ?? []);
  return times.length === 0 ? null : Math.max(...times);
}
