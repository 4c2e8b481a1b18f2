import { groupsOf } from '../facts/role-settings.js';
import type { Role } from '../model/catalog.js';
import type { RolePurpose } from '../model/store.js';
import type { StoreBoundary } from './boundary.js';

/** Whether one grip stops all reports and nothing else. */
export interface KillSwitch {
  /** Logins of reports and persons, sorted. */
  reporting_roles: string[];
  /** The group without a login that holds them all and no application; empty where there is none. */
  kill_switch: string;
  /** The group without an application that holds the most of them; empty where none holds any. */
  kill_switch_near: string;
  /** The reporting logins that are not in the nearest group. */
  reporting_roles_outside: string[];
}

const STOPPED: ReadonlySet<RolePurpose> = new Set(['reporting', 'person']);

/**
 * Looks for the group by which all reporting logins of a store can be found and stopped: a role that nobody signs in as, of which
 * every one of them is a member, through other groups too, and no login of an application is.
 */
export function killSwitchOf({ store, roles }: Pick<StoreBoundary, 'store' | 'roles'>): KillSwitch {
  const { catalog } = store;
  const logins = catalog.roles.filter(({ canLogin }) => canLogin);
  const purposeOf = (role: Role): RolePurpose => roles.get(role.name)?.purpose ?? 'unknown';
  const reporting = logins.filter((role) => STOPPED.has(purposeOf(role))).map(({ name }) => name).sort();
  const members = new Map<string, Set<string>>();
  const ofApplications = new Set<string>();
  for (const login of logins) {
    for (const group of groupsOf(login, catalog)) {
      if (group.canLogin) continue;
      members.set(group.name, (members.get(group.name) ?? new Set()).add(login.name));
      if (purposeOf(login) === 'application') ofApplications.add(group.name);
    }
  }
  const held = [...members]
    .filter(([group]) => !ofApplications.has(group))
    .map(([group, names]) => ({ group, outside: reporting.filter((name) => !names.has(name)) }))
    .filter(({ outside }) => outside.length < reporting.length)
    .sort((a, b) => a.outside.length - b.outside.length || (a.group < b.group ? -1 : 1));
  const [nearest] = held;
  return {
    reporting_roles: reporting,
    kill_switch: nearest?.outside.length === 0 ? nearest.group : '',
    kill_switch_near: nearest?.group ?? '',
    reporting_roles_outside: nearest?.outside ?? reporting,
  };
}
