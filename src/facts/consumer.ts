import type { CollectedQuery } from '../model/query.js';
import type { RolePurpose } from '../model/store.js';
import { type FactsOf, type GroupSchema, unknownFacts } from './schema.js';

export const schema = {
  name: { type: 'string', doc: 'how reports name it: "metabase card 118 Open cases", "role analyst_ro", "reports/monthly.sql"' },
  kind: { type: 'string', doc: 'card (found in a dashboard source) or role (only seen in the statistics)' },
  tool: { type: 'string', doc: 'metabase, grafana, sql-files …; empty for a role' },
  title: { type: 'string', doc: 'the title a person gave it' },
  dashboard: { type: 'string', doc: 'the dashboard or folder it stands on' },
  owner: { type: 'string', doc: 'empty where nobody is known' },
  public: { type: 'bool', doc: 'anyone with the link sees it' },
  part: { type: 'string', doc: 'query, variable, annotation, alert …' },
  schedule: { type: 'string', doc: 'how often the tool runs it unasked' },
  role: { type: 'string', doc: 'the database role that runs it, where the statistics tell' },
  role_purpose: { type: 'string', doc: 'application, reporting, loader, person, administration or unknown' },
  seen: { type: 'bool', doc: 'found in the statistics of its store' },
} as const satisfies GroupSchema;

export type ConsumerFacts = FactsOf<typeof schema>;

/** The database role behind a statement, where the statistics tell. */
export interface RoleOfConsumer {
  name: string;
  purpose: RolePurpose;
  owner: string | null;
}

/** A query of a dashboard source. `seen` when the statistics of its store hold it. */
export function extractCard(query: CollectedQuery, name: string, owner: string | null, role: RoleOfConsumer | null, seen: boolean): ConsumerFacts {
  return {
    name,
    kind: 'card',
    tool: query.kind,
    title: query.title ?? '',
    dashboard: query.container?.title ?? '',
    owner: owner ?? '',
    public: query.isPublic,
    part: query.role,
    schedule: query.schedule ?? '',
    role: role?.name ?? '',
    role_purpose: role?.purpose ?? 'unknown',
    seen,
  };
}

/** A statement that no dashboard source explains: its role is all that is known. */
export function extractRole(role: RoleOfConsumer): ConsumerFacts {
  return {
    ...unknownFacts(schema),
    name: `role ${role.name}`,
    kind: 'role',
    owner: role.owner ?? '',
    part: 'query',
    role: role.name,
    role_purpose: role.purpose,
    seen: true,
  };
}
