/** Who runs the server, and what that means for mending it. */
export interface Hosting {
  id: 'self' | 'rds' | 'aurora' | 'cloud-sql' | 'azure' | 'supabase' | 'neon';
  /** For people; null for a server that tells of no service. */
  name: string | null;
  /** Who may what superusers may elsewhere. */
  administrator: string;
  /** How a setting of the server is changed, as a sentence; null where ALTER SYSTEM does it. */
  setting: ((name: string, value: string, restart: boolean) => string) | null;
  /** What behaves differently there and matters here; null for nothing. */
  peculiarity: string | null;
}

export interface HostingMarks {
  aurora: boolean;
  rds: boolean;
  cloud_sql: boolean;
  azure: boolean;
  supabase: boolean;
  neon: boolean;
}

export const SELF_MANAGED: Hosting = { id: 'self', name: null, administrator: 'a superuser', setting: null, peculiarity: null };

/** Documentation of each service on its parameters and on the role that stands in for a superuser. */
const SERVICES: Readonly<Record<Exclude<Hosting['id'], 'self'>, Hosting>> = {
  rds: {
    id: 'rds',
    name: 'Amazon RDS',
    administrator: 'a member of rds_superuser',
    setting: (name, value, restart) => `In the DB parameter group set ${name} to ${value}${restart ? ', and reboot the instance.' : '; it holds without a reboot.'}`,
    peculiarity: null,
  },
  aurora: {
    id: 'aurora',
    name: 'Amazon Aurora',
    administrator: 'a member of rds_superuser',
    setting: (name, value, restart) => `In the DB cluster parameter group set ${name} to ${value}${restart ? ', and reboot the instances.' : '; it holds without a reboot.'}`,
    peculiarity: 'readers share the storage of the writer: functions of physical standbys do not describe them, and there are no WAL files to list',
  },
  'cloud-sql': {
    id: 'cloud-sql',
    name: 'Cloud SQL',
    administrator: 'a member of cloudsqlsuperuser',
    setting: (name, value, restart) => `Add the database flag ${name}=${value} to the instance${restart ? ', which restarts it.' : '.'}`,
    peculiarity: null,
  },
  azure: {
    id: 'azure',
    name: 'Azure Database for PostgreSQL',
    administrator: 'a member of azure_pg_admin',
    setting: (name, value, restart) => `Set the server parameter ${name} to ${value}${restart ? ', and restart the server.' : '.'}`,
    peculiarity: 'an extension must stand in the server parameter azure.extensions before it can be created',
  },
  supabase: {
    id: 'supabase',
    name: 'Supabase',
    administrator: 'the role postgres',
    setting: (name, value, restart) => `With the Supabase CLI: supabase postgres-config update --config "${name}=${value}" (experimental)${restart ? ', which restarts the database.' : '.'}`,
    peculiarity: 'its transaction pooler drops settings of a session: connect directly, or to the session pooler',
  },
  neon: {
    id: 'neon',
    name: 'Neon',
    administrator: 'a member of neon_superuser',
    setting: (name, value) => `Ask the support of Neon for ${name} = ${value}: the service sets it for all.`,
    peculiarity: 'looking at it again and again keeps the compute awake, which costs money; statistics vanish when it is suspended',
  },
};

/** The most particular mark wins: Aurora has those of RDS. */
export function hostingOf(marks: HostingMarks): Hosting {
  if (marks.aurora) return SERVICES.aurora;
  if (marks.rds) return SERVICES.rds;
  if (marks.cloud_sql) return SERVICES['cloud-sql'];
  if (marks.azure) return SERVICES.azure;
  if (marks.neon) return SERVICES.neon;
  return marks.supabase ? SERVICES.supabase : SELF_MANAGED;
}
