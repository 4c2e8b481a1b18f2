import type { Delivery } from '../../model/query.js';
import { isObject } from '../common/json.js';
import { idKey } from './field-catalog.js';
import { channelWords } from './schedules.js';
import { channelShape, handlerShape, notificationShape, pulseShape, sentCardShape, subscriptionShape } from './shapes.js';

/** A card has so many at most: a list of subscriptions may be long. */
const DELIVERIES_MAX = 20;

/** What Metabase sends out: subscriptions to dashboards and alerts on cards, with the files that they attach. */
export class Deliveries {
  readonly #cards = new Map<string, Delivery[]>();
  readonly #dashboards = new Map<string, Delivery[]>();

  /** Of a card by itself and by its dashboards, sorted, none twice. */
  ofCard(id: string | null, dashboards: readonly string[]): Delivery[] {
    const all = [this.#cards.get(id ?? ''), ...dashboards.map((dashboard) => this.#dashboards.get(dashboard))].flatMap((some) => some ?? []);
    const byWords = new Map(all.map((delivery) => [JSON.stringify([delivery.kind, delivery.format, delivery.schedule]), delivery]));
    return [...byWords].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, delivery]) => delivery).slice(0, DELIVERIES_MAX);
  }

  /** Of before v0.53: every card stands in it with what is attached; the mail itself shows the rows of each. */
  addPulse(value: Record<string, unknown>): void {
    const { archived, dashboard_id, cards, card, channels } = pulseShape.parse(value);
    if (archived === true) return;
    const sent = [card, ...(cards ?? [])].filter(isObject).map((one) => sentCardShape.parse(one));
    for (const channel of (channels ?? []).filter(isObject)) {
      const schedule = channelWords(channel);
      if (schedule === null) continue;
      const kind = kindOf(channelShape.parse(channel).channel_type);
      for (const { id, include_csv, include_xls } of sent) {
        const files = [...(include_csv === true ? ['csv'] : []), ...(include_xls === true ? ['xlsx'] : [])];
        for (const format of files.length > 0 ? files : [null]) put(this.#cards, idKey(id), { kind, format, schedule });
      }
      if (sent.length === 0) put(this.#dashboards, idKey(dashboard_id), { kind, format: null, schedule });
    }
  }

  /** v0.53 and later. */
  addNotification(value: Record<string, unknown>): void {
    const { active, payload, subscriptions, handlers } = notificationShape.parse(value);
    if (active === false) return;
    const ways = (handlers ?? []).filter(isObject).map((handler) => handlerShape.parse(handler)).filter((handler) => handler.active !== false);
    for (const subscription of (subscriptions ?? []).filter(isObject)) {
      const { type, cron_schedule } = subscriptionShape.parse(subscription);
      if (!cron_schedule || type?.endsWith('/cron') === false) continue;
      for (const { channel_type } of ways) {
        const delivery: Delivery = { kind: kindOf(channel_type), format: null, schedule: cron_schedule.slice(0, 120) };
        put(this.#cards, idKey(payload?.card_id), delivery);
        put(this.#dashboards, idKey(payload?.dashboard_id), delivery);
      }
    }
  }
}

/** Slack and webhooks take messages; what does not tell its channel is none of the others for sure. */
function kindOf(channel: string | null | undefined): Delivery['kind'] {
  return channel === 'email' || channel === 'channel/email' ? 'mail' : 'message';
}

function put(into: Map<string, Delivery[]>, key: string | null, delivery: Delivery): void {
  if (key === null) return;
  const known = into.get(key);
  if (known === undefined) into.set(key, [delivery]);
  else known.push(delivery);
}
