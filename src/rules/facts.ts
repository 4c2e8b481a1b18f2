import type { Field, GroupSchema } from '../facts/schema.js';
import { subjects, type SubjectId } from '../facts/subjects.js';
import type { Thresholds } from '../model/thresholds.js';

/** The values of one subject by group and field, as rules see them. */
export type Facts = Record<string, Record<string, string | boolean | number | string[]>>;

/** The thresholds of the configuration, as a group that every rule sees beside the facts of its subject. */
export const thresholdSchema = {
  analytical_bytes_per_call: { type: 'number', unit: 'bytes', doc: 'an unkeyed statement above it is analytical' },
  bounded_bytes_per_call: { type: 'number', unit: 'bytes', doc: 'a statement below it is bounded' },
  privacy_confidence: { type: 'number', doc: 'personal data below this confidence is not reported' },
  statement_timeout_seconds_max: { type: 'number', unit: 'seconds', doc: 'a longer statement_timeout is as good as none' },
  idle_in_transaction_timeout_seconds_max: {
    type: 'number',
    unit: 'seconds',
    doc: 'a longer idle_in_transaction_session_timeout is as good as none',
  },
  lock_timeout_seconds_max: { type: 'number', unit: 'seconds', doc: 'a longer lock_timeout is as good as none' },
  reporting_transaction_seconds_max: { type: 'number', unit: 'seconds', doc: 'a session of reports that keeps a transaction open for longer holds vacuum back' },
  reporting_temp_bytes_max: { type: 'number', unit: 'bytes', doc: 'a higher temp_file_limit of a reporting role is as good as none' },
  reporting_work_mem_bytes_max: { type: 'number', unit: 'bytes', doc: 'more work_mem of a reporting role is too much' },
  reporting_parallel_workers_max: { type: 'number', doc: 'more parallel workers for a statement of a reporting role are too many' },
  growth_days: { type: 'number', unit: 'days', doc: 'a statement that outgrows its bound within so many days is told of now' },
  unused_days: { type: 'number', unit: 'days', doc: 'a card that nobody has opened for longer is unused' },
  scan_bytes_per_call_max: { type: 'number', unit: 'bytes', doc: 'a statement of a warehouse that reads more of whole tables in one run is told of' },
  repeated_scan_bytes_max: { type: 'number', unit: 'bytes', doc: 'so much the runs of one text may read together in the window of the history' },
  scan_share_max: { type: 'number', unit: 'share', doc: 'the part of all that a warehouse reads that the statement of one consumer may take' },
} as const satisfies Record<keyof Thresholds, Field>;

export const subjectIds: readonly SubjectId[] = Object.keys(subjects).filter(isSubjectId);

function isSubjectId(name: string): name is SubjectId {
  return Object.hasOwn(subjects, name);
}

/** The groups that a rule about this subject sees, each as a variable. */
export function groupsOf(subject: SubjectId): Record<string, GroupSchema> {
  return { ...subjects[subject], threshold: thresholdSchema };
}

export interface FactPage {
  path: string;
  type: Field['type'];
  unit: Field['unit'] | null;
  doc: string;
}

/** Every fact that rules about this subject can use, in the order of the schemas. */
export function listFacts(subject: SubjectId): FactPage[] {
  return Object.entries(groupsOf(subject)).flatMap(([group, schema]) =>
    Object.entries(schema).map(([field, { type, unit, doc }]) => ({ path: `${group}.${field}`, type, unit: unit ?? null, doc })),
  );
}
