import type { CollectedQuery, Delivery } from '../model/query.js';
import type { RolePurpose } from '../model/store.js';
import { plainText } from '../text/plain-text.js';
import { type FactsOf, type GroupSchema, unknownFacts } from './schema.js';

export const schema = {
  name: { type: 'string', doc: 'how reports name it: "metabase card 118 Open cases", "role analyst_ro", "reports/monthly.sql"' },
  kind: { type: 'string', doc: 'card (found in a dashboard source), code (found in the code of an application) or role (only seen in the statistics)' },
  tool: { type: 'string', doc: 'metabase, grafana, sql-files …; empty for a role' },
  title: { type: 'string', doc: 'the title a person gave it' },
  dashboard: { type: 'string', doc: 'the dashboard or folder it stands on' },
  owner: { type: 'string', doc: 'empty where nobody is known' },
  public: { type: 'bool', doc: 'anyone with the link sees it' },
  embedded: { type: 'bool', doc: 'its tool lets other pages show it' },
  deliveries: { type: 'list', doc: 'how its result leaves the tool as a file or a message, in words: csv by mail, weekly on mon at 8:00' },
  builds: { type: 'string', doc: 'the relation that it makes or fills, for models; it moves data on and shows none' },
  part: { type: 'string', doc: 'query, variable, annotation, alert …' },
  schedule: { type: 'string', doc: 'how often the tool runs it unasked' },
  role: { type: 'string', doc: 'the database role that runs it, where the statistics tell' },
  role_purpose: { type: 'string', doc: 'application, reporting, loader, person, administration or unknown' },
  role_purpose_reason: { type: 'string', doc: 'configured, or why it was guessed' },
  operational_writes: { type: 'number', doc: 'how many statements its role, or its file of code, writes to internal relations of this store by key' },
  reverse_etl: { type: 'string', doc: 'the word in its role or application name by which it is known to carry data back from a warehouse' },
  seen: { type: 'bool', doc: 'found in the statistics of its store' },
  senders: { type: 'list', doc: 'who sends it by its comments, where no source explains it' },
  applications: { type: 'list', doc: 'the application names as which it was seen running, where no source explains it' },
  usage_known: { type: 'bool', doc: 'its tool tells when it was last opened' },
  last_used_days: { type: 'number', unit: 'days', doc: 'how long before the snapshot it was last opened' },
  views: { type: 'number', doc: 'how often it was opened, as its tool counts' },
  owner_inactive: { type: 'bool', doc: 'the account of who owns it is closed' },
  inactive_owner: { type: 'string', doc: 'that owner by name; empty for others' },
  reconstructed: { type: 'bool', doc: 'its text is built by tidemark from what the tool says of it' },
  federated: { type: 'bool', doc: 'it reads this store through another one' },
  via: { type: 'string', doc: 'how it does' },
} as const satisfies GroupSchema;

export type ConsumerFacts = FactsOf<typeof schema>;

/** The database role behind a statement, where the statistics tell. */
export interface RoleOfConsumer {
  name: string;
  purpose: RolePurpose;
  owner: string | null;
}

export interface CardInput {
  query: CollectedQuery & { federation?: { via: string } };
  name: string;
  owner: string | null;
  /** Of its first entry in the statistics. */
  role: RoleOfConsumer | null;
  /** Whether the statistics of its store hold it. */
  seen: boolean;
  /** How long ago it was opened; NaN where nothing tells. */
  last_used_days: number;
}

/** A query of a dashboard source or of an application's code. */
export function extractCard({ query, name, owner, role, seen, last_used_days }: CardInput): ConsumerFacts {
  const purpose = role?.purpose ?? 'unknown';
  const [first] = query.owners;
  const inactive = first?.inactive === true;
  return {
    name,
    // Code that signs in with a role of reports is a report.
    kind: query.kind === 'appcode' && purpose !== 'reporting' ? 'code' : 'card',
    tool: query.kind,
    title: query.title ?? '',
    dashboard: query.container?.title ?? '',
    owner: owner ?? '',
    public: query.isPublic,
    embedded: query.isEmbedded === true,
    deliveries: [...new Set((query.deliveries ?? []).map(deliveryWords))],
    builds: query.builds === undefined ? '' : plainText([query.builds.schema ?? '', query.builds.name].filter((part) => part !== '').join('.')),
    part: query.role,
    schedule: query.schedule ?? '',
    role: role?.name ?? '',
    role_purpose: purpose,
    role_purpose_reason: '',
    operational_writes: Number.NaN,
    reverse_etl: '',
    seen,
    senders: [],
    applications: [],
    usage_known: !Number.isNaN(last_used_days),
    last_used_days,
    views: query.usage?.views ?? Number.NaN,
    owner_inactive: inactive,
    inactive_owner: inactive ? plainText(first.name) : '',
    reconstructed: query.reconstructed || query.sqlKind === 'relation',
    federated: query.federation !== undefined,
    via: query.federation?.via ?? '',
  };
}

/** A statement that no source explains: its role is all that is known, and what its comments and samples tell. */
export function extractRole(role: RoleOfConsumer, heard: { senders: string[]; applications: string[] } = { senders: [], applications: [] }): ConsumerFacts {
  return {
    ...unknownFacts(schema),
    name: `role ${role.name}`,
    kind: 'role',
    owner: role.owner ?? '',
    part: 'query',
    role: role.name,
    role_purpose: role.purpose,
    seen: true,
    ...heard,
  };
}

const DELIVERY_WORDS: Record<Delivery['kind'], string> = { mail: 'by mail', file: 'into a file', extract: 'as an extract of the tool', message: 'by message' };

/** `csv by mail, weekly on mon at 8:00`. */
export function deliveryWords({ kind, format, schedule }: Delivery): string {
  const way = [format, DELIVERY_WORDS[kind]].filter((part) => part !== null).join(' ');
  return plainText(schedule === null ? way : `${way}, ${schedule}`);
}
