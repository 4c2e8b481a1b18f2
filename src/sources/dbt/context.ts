import type { CollectedQuery, ConnectionReference, Container, Origin, Owner } from '../../model/query.js';
import type { Origins } from '../common/origins.js';
import { ownersOf } from '../metricflow/owners.js';
import type { DbtEnvironment } from './environment.js';
import type { DbtRelation, Profile, TextPlace } from './model.js';
import type { Relations } from './relations.js';
import type { DbtConfig } from './shapes.js';

export const ID = 'dbt';

/** What the records of one project share. */
export interface RecordContext {
  environment: DbtEnvironment;
  relations: Relations;
  profile: Profile;
  groups: ReadonlyMap<string, readonly string[]>;
  origins: Origins;
  /** The connection that the configuration gives where the project says nothing. */
  fallback: ConnectionReference | null;
}

export function originOf({ file, pointer, offset }: TextPlace, origins: Origins): Origin {
  if (pointer !== null) return origins.add(file, pointer, offset);
  return { file: file.path, pointer: '', ...file.position(offset) };
}

/** The profile's connection, in the database that the relation stands in. A manifest alone names no server. */
export function connectionOf(context: RecordContext, relation: DbtRelation | null = null): ConnectionReference | null {
  const { connection } = context.profile;
  if (context.fallback !== null && connection.host === null) return context.fallback;
  return { ...connection, database: relation?.database ?? connection.database };
}

export function projectContainer(name: string): Container {
  return { kind: 'project', id: name, title: name };
}

interface Owned {
  owner?: unknown;
  config: DbtConfig | null;
  meta: Record<string, unknown> | null;
  group?: string | null;
}

export function ownersIn(context: RecordContext, { owner, config, meta, group }: Owned): Owner[] {
  return ownersOf({ owner, config, meta, group }, (name) => context.groups.get(name) ?? []);
}

/** What most records of dbt have in common. */
export function baseRecord(id: string): Pick<CollectedQuery, 'id' | 'kind' | 'isPublic' | 'usage'> {
  return { id: `${ID}:${id}`, kind: ID, isPublic: false, usage: null };
}
