import type { CollectedQuery, Delivery } from '../../model/query.js';
import { isObject } from '../common/json.js';
import { titleOf } from '../common/words.js';
import { type ChartEntry, type DashboardEntry, type Inventory, within } from './inventory.js';
import { recipientShape } from './shapes.js';

const DELIVERIES_MAX = 20;

/** How charts leave Superset: reports that are sent, by themselves or with their dashboard, and dashboards that pages embed. */
export class Deliveries {
  readonly #byChart = new Map<string, Delivery[]>();
  readonly #byDashboard = new Map<string, Delivery[]>();
  readonly #embedded: ReadonlySet<string>;

  constructor({ reports, embedded }: Inventory) {
    this.#embedded = embedded;
    for (const { value, file } of reports) {
      const { active, type, crontab, report_format: format, recipients, chart, dashboard } = value;
      // An alert names the chart that it sends beside the condition, as a report does.
      if (active === false || (type !== 'Report' && type !== 'Alert')) continue;
      const ways = recipients.map((recipient) => recipientShape.safeParse(recipient).data?.type ?? null);
      const sent = (ways.length > 0 ? ways : [null]).map((way): Delivery => ({ kind: /^email$/i.test(way ?? '') ? 'mail' : 'message', format: titleOf(format)?.toLowerCase() ?? null, schedule: titleOf(crontab) }));
      const ofChart = chart?.id ?? value.chart_id;
      const ofDashboard = dashboard?.id ?? value.dashboard_id;
      if (ofChart) put(this.#byChart, within(file, ofChart), sent);
      if (ofDashboard) put(this.#byDashboard, within(file, ofDashboard), sent);
    }
  }

  /** Nothing where nobody sends or embeds it. */
  ofChart({ value, file }: ChartEntry, dashboard: DashboardEntry | null): Pick<CollectedQuery, 'deliveries' | 'isEmbedded'> {
    const stated = value.dashboards.flatMap((item) => (isObject(item) && (typeof item['id'] === 'number' || typeof item['id'] === 'string') ? [String(item['id'])] : []));
    const boards = [...new Set([...(dashboard?.value.id ? [dashboard.value.id] : []), ...stated])].map((id) => within(file, id));
    const all = [value.id === null ? undefined : this.#byChart.get(within(file, value.id)), ...boards.map((board) => this.#byDashboard.get(board))].flatMap((some) => some ?? []);
    const deliveries = [...new Map(all.map((delivery) => [JSON.stringify(delivery), delivery])).values()].slice(0, DELIVERIES_MAX);
    return { ...(deliveries.length === 0 ? {} : { deliveries }), ...(boards.some((board) => this.#embedded.has(board)) ? { isEmbedded: true } : {}) };
  }
}

function put(into: Map<string, Delivery[]>, key: string, deliveries: readonly Delivery[]): void {
  into.set(key, [...(into.get(key) ?? []), ...deliveries]);
}
