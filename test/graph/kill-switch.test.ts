import { describe, expect, test } from 'vitest';
import { killSwitchOf } from '../../src/graph/kill-switch.js';
import type { Role } from '../../src/model/catalog.js';
import type { RolePurpose } from '../../src/model/store.js';
import { emptyCatalog } from '../../src/sql/catalog.js';
import { role, store } from '../support/estate.js';

const PURPOSES: Record<string, RolePurpose> = { metabase_ro: 'reporting', grafana_ro: 'reporting', 'j.keller': 'person', shop_app: 'application', loader: 'loader' };
const group = (name: string, memberOf: string[] = []): Role => role(name, { canLogin: false, memberOf });

function switchOf(roles: Role[]): ReturnType<typeof killSwitchOf> {
  const purposes = new Map(roles.map(({ name }) => [name, { purpose: PURPOSES[name] ?? 'unknown', reason: 'configured', owner: null }] as const));
  return killSwitchOf({ store: store({ ...emptyCatalog(), roles }), roles: purposes });
}

const members = (memberOf: Record<string, string[]>): Role[] => Object.keys(PURPOSES).map((name) => role(name, { memberOf: memberOf[name] ?? [] }));
const ALL = ['grafana_ro', 'j.keller', 'metabase_ro'];

describe('the group by which all reports can be stopped', () => {
  test('holds every reporting login, through other groups too, and no application', () => {
    const roles = [group('reporting'), group('dashboards', ['reporting']), ...members({ metabase_ro: ['dashboards'], grafana_ro: ['dashboards'], 'j.keller': ['reporting'] })];
    expect(switchOf(roles)).toEqual({ reporting_roles: ALL, kill_switch: 'reporting', kill_switch_near: 'reporting', reporting_roles_outside: [] });
  });

  test('is none that an application is in, for it would be stopped too', () => {
    const roles = [group('readers'), ...members({ metabase_ro: ['readers'], grafana_ro: ['readers'], 'j.keller': ['readers'], shop_app: ['readers'] })];
    expect(switchOf(roles)).toEqual({ reporting_roles: ALL, kill_switch: '', kill_switch_near: '', reporting_roles_outside: ALL });
  });

  test('is none that somebody signs in as', () => {
    const roles = members({ grafana_ro: ['metabase_ro'], 'j.keller': ['metabase_ro'] });
    expect(switchOf(roles)).toMatchObject({ kill_switch: '', kill_switch_near: '' });
  });

  test('where one login is outside, the group and that login are named', () => {
    const roles = [group('reporting'), group('analysts'), ...members({ metabase_ro: ['reporting'], grafana_ro: ['reporting'], 'j.keller': ['analysts'] })];
    expect(switchOf(roles)).toEqual({ reporting_roles: ALL, kill_switch: '', kill_switch_near: 'reporting', reporting_roles_outside: ['j.keller'] });
  });

  test('a store of which no role is known has no reporting logins', () => {
    expect(switchOf([])).toEqual({ reporting_roles: [], kill_switch: '', kill_switch_near: '', reporting_roles_outside: [] });
  });
});
