import type { OfficialFacts } from '../facts/official.js';
import { notReproducible } from '../facts/reproducible.js';
import type { StoreFacts } from '../facts/store.js';
import type { Subject } from '../facts/subjects.js';
import type { Access, StoreBoundary } from '../graph/boundary.js';
import { subject } from '../graph/subject.js';
import type { Configuration } from '../model/configuration.js';
import type { Relation } from '../model/catalog.js';
import type { ControlRecords, ControlTableKind, OfficialReportRecord } from '../model/control-record.js';
import { count } from '../text/quantity.js';
import { dayOf, foldedName, placeOf } from './place.js';

/** Tables that an official report needs besides its runs (Part 066 §25), by what the article calls them. */
const NEEDED: readonly (readonly [ControlTableKind, string])[] = [['report-approval', 'report_approval'], ['report-artifact', 'report_artifact'], ['restatement', 'data_restatement_run']];

/** Each report of which runs are recorded. */
export function officialSubjects(boundary: StoreBoundary, store: StoreFacts, configuration: Configuration): Subject[] {
  const { control } = boundary.store;
  if (control === undefined) return [];
  return control.reports.map((report) => {
    const accesses = boundary.accesses.filter(({ query }) => query?.title != null && foldedName(query.title) === foldedName(report.report));
    const owners = [...new Set(accesses.map(({ consumer }) => consumer.owner).filter((owner) => owner !== ''))];
    return subject('official', { official: officialFacts(report, control, accesses, boundary), store }, placeOf(boundary, report.report, configuration, owners.length === 1 ? (owners[0] ?? null) : null));
  });
}

function officialFacts(report: OfficialReportRecord, control: ControlRecords, accesses: readonly Access[], boundary: StoreBoundary): OfficialFacts {
  const table = control.tables.find(({ kind, relation }) => kind === 'report-run' && relation === report.relation);
  const keepsApprover = report.keepsApprover ?? false;
  const missingTables = NEEDED.filter(([kind]) => !control.tables.some((each) => each.kind === kind) && !(kind === 'report-approval' && keepsApprover));
  return {
    name: report.report,
    table: report.relation,
    speaks_for_table: control.reports.find(({ relation }) => relation === report.relation) === report,
    runs: report.runs,
    approved: report.approved,
    last_run: dayOf(report.lastExecutedAt),
    missing: missingOf(report),
    lacking: table?.lacking ?? [],
    tables_missing: missingTables.map(([, name]) => name),
    keeps_approver: keepsApprover,
    approved_without_success: report.approvedWithoutSuccess,
    approved_by_author: report.approvedByAuthor ?? Number.NaN,
    approved_without_approver: report.approvedWithoutApprover ?? Number.NaN,
    same_inputs_other_hash: report.sameInputsOtherHash,
    artifacts_without_hash: report.artifactsWithoutHash ?? Number.NaN,
    consumers: [...new Set(accesses.map(({ consumer }) => consumer.name))].toSorted(),
    not_reproducible: reasonsOf(accesses, boundary),
  };
}

function missingOf({ missing, approvedWithoutApprover }: OfficialReportRecord): string[] {
  const nobody = approvedWithoutApprover ?? 0;
  return [...Object.entries(missing), ...(nobody === 0 ? [] : [['approved_by', nobody] as const])].map(([column, runs]) => `${column} in ${count(runs, 'run')}`);
}

function reasonsOf(accesses: readonly Access[], { store }: StoreBoundary): string[] {
  const reasons = accesses.flatMap(({ part, statement }) => {
    if (part === null) return [];
    const read = new Set([...statement.direct_relations, ...statement.relations]);
    const relations = store.catalog.relations.filter(({ schema, name }) => read.has(`${schema}.${name}`));
    return notReproducible(part.statement, { columnKind: (parts) => kindOfColumn(parts.at(-1) ?? '', relations) }).map(({ text }) => text);
  });
  return [...new Set(reasons)];
}

/** What every relation that is read and has a column of the name says of it; null where they differ. */
function kindOfColumn(column: string, relations: readonly Relation[]): 'zoned' | 'float' | null {
  const kinds = new Set(relations.flatMap(({ columns }) => columns.filter(({ name }) => name.toLowerCase() === column.toLowerCase())).map(({ type }) => kindOfType(type)));
  const [kind = null] = kinds;
  return kinds.size === 1 ? kind : null;
}

function kindOfType(type: string): 'zoned' | 'float' | null {
  if (/^timestamptz|with time zone$|^timestamp_(l?tz)/i.test(type)) return 'zoned';
  return /^(double( precision)?|real|float\d*)$/i.test(type) ? 'float' : null;
}
