import { titleOf } from '../common/words.js';
import type { DataSources } from './data-sources.js';
import { DataSourceScope } from './data-sources.js';
import { sqlOf, type DashboardModel } from './model.js';
import { isObject } from '../common/json.js';
import { alertGroupShape, alertQueryShape, alertRuleShape } from './shapes.js';

/** One alert rule, as the provisioning API and provisioning files have it. It runs at its group's interval. */
export function readAlertRule(value: Record<string, unknown>, pointer: string, sources: DataSources, schedule: string | null, fallbackUid: string): DashboardModel {
  const rule = alertRuleShape.parse(value);
  const scope = new DataSourceScope(sources, [], []);
  const owner = rule.labels?.['owner'] ?? rule.labels?.['team'];
  const title = titleOf(rule.title);
  return {
    uid: `alert:${rule.uid ?? fallbackUid}`,
    title: null,
    folder: null,
    owners: typeof owner === 'string' && owner !== '' ? [{ name: owner, via: 'owner-field' }] : [],
    isPublic: false,
    variables: new Map(),
    targets: (rule.data ?? []).flatMap((item, index) => {
      const query = isObject(item) ? alertQueryShape.parse(item) : null;
      if (!query?.model) return [];
      const dataSource = scope.resolve(query.datasourceUid ?? null, null);
      const text = sqlOf(query.model, dataSource.language, true);
      if (text === null) return [];
      const at = `${pointer}/data/${index}/model`;
      return { part: query.refId ?? String(index), role: 'alert' as const, title, description: null, pointer: at, file: null, text, dataSource, hidden: rule.isPaused === true, schedule, missing: null };
    }),
  };
}

/** The rules of a group with its interval. */
export function rulesOfGroup(value: Record<string, unknown>): { rules: Record<string, unknown>[]; schedule: string | null } {
  const group = alertGroupShape.parse(value);
  const interval = group.interval;
  const schedule = typeof interval === 'string' ? interval : typeof interval === 'number' ? `${interval}s` : null;
  return { rules: (group.rules ?? []).filter(isObject), schedule };
}
