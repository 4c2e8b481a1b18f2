import { isObject } from '../common/json.js';
import { idKey } from './field-catalog.js';
import { channelShape, jobShape, notificationShape, pulseShape, subscriptionShape, tagReferenceShape } from './shapes.js';

/** When Metabase runs cards unasked: subscriptions to dashboards, alerts on cards, jobs that run transforms. */
export class Schedules {
  readonly #cards = new Map<string, Set<string>>();
  readonly #dashboards = new Map<string, Set<string>>();
  readonly #tags = new Map<string, Set<string>>();

  /** Of a card by itself and by its dashboards; several in a list. Null where nobody asked for it to be run. */
  ofCard(id: string | null, dashboards: readonly string[]): string | null {
    const all = [this.#cards.get(id ?? ''), ...dashboards.map((dashboard) => this.#dashboards.get(dashboard))];
    return inWords(all);
  }

  /** Of a transform, by its tags. */
  ofTags(tags: readonly string[]): string | null {
    return inWords(tags.map((tag) => this.#tags.get(tag)));
  }

  /** A subscription (`pulse` with a dashboard or with cards) or an alert (with one card) of before v0.53. */
  addPulse(value: Record<string, unknown>): void {
    const { archived, dashboard_id, cards, card, channels } = pulseShape.parse(value);
    if (archived === true) return;
    const words = (channels ?? []).filter(isObject).flatMap((channel) => channelWords(channel) ?? []);
    for (const word of words) {
      if (idKey(dashboard_id) !== null) put(this.#dashboards, idKey(dashboard_id), word);
      else for (const one of [card, ...(cards ?? [])]) if (isObject(one)) put(this.#cards, idKey(one['id']), word);
    }
  }

  /** v0.53 and later: alerts first, then subscriptions. */
  addNotification(value: Record<string, unknown>): void {
    const { active, payload, subscriptions } = notificationShape.parse(value);
    if (active === false) return;
    for (const subscription of (subscriptions ?? []).filter(isObject)) {
      const { type, cron_schedule } = subscriptionShape.parse(subscription);
      if (!cron_schedule || type?.endsWith('/cron') === false) continue;
      put(this.#cards, idKey(payload?.card_id), cron_schedule);
      put(this.#dashboards, idKey(payload?.dashboard_id), cron_schedule);
    }
  }

  addJob(value: Record<string, unknown>): void {
    const job = jobShape.parse(value);
    if (!job.schedule || job.active === false) return;
    for (const tag of [...tagKeys(job.job_tags), ...tagKeys(job.tag_ids)]) put(this.#tags, tag, job.schedule);
  }
}

/** Tags stand as ids, or as objects that name one. */
export function tagKeys(list: readonly unknown[] | null | undefined): string[] {
  return (list ?? []).flatMap((tag) => idKey(isObject(tag) ? tagReferenceShape.parse(tag).tag_id : tag) ?? []);
}

/** `daily at 8:00`, `weekly on mon at 8:00`, `monthly on the first mon at 8:00`; null for a channel that is switched off. */
export function channelWords(value: Record<string, unknown>): string | null {
  const { enabled, schedule_type, schedule_hour, schedule_day, schedule_frame } = channelShape.parse(value);
  if (enabled === false || !schedule_type) return null;
  const frame = schedule_frame ? `the ${schedule_frame} ` : '';
  const day = schedule_type === 'weekly' || schedule_type === 'monthly' ? `${frame}${schedule_day ?? (frame === '' ? '' : 'day')}`.trim() : '';
  const hour = schedule_type === 'hourly' || typeof schedule_hour !== 'number' ? '' : ` at ${schedule_hour}:00`;
  return `${schedule_type.slice(0, 40)}${day === '' ? '' : ` on ${day.slice(0, 40)}`}${hour}`;
}

function put(into: Map<string, Set<string>>, key: string | null, schedule: string): void {
  if (key === null) return;
  const known = into.get(key);
  if (known === undefined) into.set(key, new Set([schedule.slice(0, 120)]));
  else known.add(schedule.slice(0, 120));
}

function inWords(all: readonly (ReadonlySet<string> | undefined)[]): string | null {
  const words = new Set(all.flatMap((some) => [...(some ?? [])]));
  return words.size === 0 ? null : [...words].toSorted().slice(0, 5).join(', ');
}
