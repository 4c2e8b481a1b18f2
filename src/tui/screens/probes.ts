import { STATES, type CostView, type LiveView, type ProbeView } from '../../model/live.js';
import { fit, span, type Line } from '../cells.js';
import { bar } from '../meter.js';
import { heading, paragraph, stack, stateSpan } from '../panels.js';
import { defineScreen, type Room } from '../screen.js';
import { THEME, UNKNOWN } from '../theme.js';
import { clean, moment, quantity, since } from '../words.js';

/** What looks, how often, and what it costs those who are looked at. */
export const screen = defineScreen<ProbeView>({
  id: 'probes',
  title: 'Probes',
  rows: ({ probes }) => probes,
  key: ({ id, store }) => `${store}/${id}`,
  subjects: ({ id }) => [id],
  columns: [
    { title: 'PROBE', priority: 1, min: 14, max: 18, sort: 'name', cell: ({ id }) => clean(id) },
    { title: 'STORE', priority: 3, min: 12, max: 22, sort: 'store', cell: ({ store }) => clean(store) },
    { title: 'STATE', priority: 2, min: 9, max: 9, sort: 'state', cell: ({ state }) => [stateSpan(state)] },
    { title: 'LAST', priority: 5, min: 8, max: 9, align: 'right', cell: ({ last_at }, { now }) => (last_at === null ? 'never' : since(last_at, now)) },
    { title: 'EVERY', priority: 6, min: 7, max: 8, align: 'right', cell: ({ pace_seconds }) => quantity(pace_seconds, 'seconds') },
    { title: 'WAITED', priority: 7, min: 10, max: 10, align: 'right', sort: 'waited', cell: ({ elapsed_ms_per_minute }) => `${quantity(elapsed_ms_per_minute, 'ms')}/min` },
    {
      title: 'WHY', priority: 4, min: 14, max: 90,
      cell: ({ failure, slowed }) => (failure === null ? [span(slowed === null ? '' : `▲ slower: ${clean(slowed)}`, THEME.warning)] : [span(clean(failure.message), THEME.unknown)]),
    },
  ],
  sorts: [
    { name: 'state', value: ({ state }) => STATES.indexOf(state), descending: false },
    { name: 'waited', value: ({ elapsed_ms_per_minute }) => elapsed_ms_per_minute, descending: true },
    { name: 'store', value: ({ store }) => clean(store), descending: false },
    { name: 'name', value: ({ id }) => clean(id), descending: false },
  ],
  fields: {
    name: { text: ({ id }) => id },
    store: { text: ({ store }) => store },
    state: { text: ({ state }) => state },
    why: { text: ({ failure, slowed }) => `${failure?.message ?? ''} ${slowed ?? ''}` },
    waited: { number: ({ elapsed_ms_per_minute }) => elapsed_ms_per_minute, unit: 'ms' },
  },
  isProblem: ({ state, failure }) => state !== 'ok' || failure !== null,
  summary: ({ probes }) => {
    const slowed = probes.filter((probe) => probe.slowed !== null).length;
    return [`${answering({ probes })} of ${probes.length} answer`, ...(slowed > 0 ? [`${slowed} slowed`] : [])];
  },
  empty: () => ['no probe is running', 'name a store in tidemark.yaml, or give --postgres URL'],
  below,
  sentence: ({ id, store, failure, slowed }) => {
    if (failure !== null) return `${failure.message}: ${failure.next_step}`;
    return slowed === null ? `${id} on ${store} answers` : `${id} on ${store} runs less often than planned: ${slowed}`;
  },
  copy: ({ failure }) => (failure === null ? null : { what: 'the next step', text: () => clean(failure.next_step, 2_000) }),
});

/** Probes that gave an answer lately; one that is made to look less often answers too. */
export function answering({ probes }: Pick<LiveView, 'probes'>): number {
  return probes.filter(({ state, failure }) => state !== 'unknown' && failure === null).length;
}

function below(probe: ProbeView | null, room: Room): Line[] {
  return stack(
    [
      { rank: 2, lines: probe === null ? [] : about(probe, room) },
      { rank: 1, lines: costs(room) },
    ],
    room,
  );
}

function about({ id, store, failure, slowed, last_at, pace_seconds }: ProbeView, { view, width }: Room): Line[] {
  return [
    [span(` ${clean(id)} on ${clean(store)}`, THEME.title), span(`   last answer ${moment(last_at, view.at)}   every ${quantity(pace_seconds, 'seconds')}`, THEME.label)],
    ...(failure === null ? [] : [...paragraph(failure.message, width, THEME.unknown), ...paragraph(`→ ${failure.next_step}`, width)]),
    ...(slowed === null ? [] : paragraph(`slower than planned: ${slowed}`, width, THEME.warning)),
  ];
}

/** What watching costs each store, beside what it may cost. */
function costs({ view, wide }: Room): Line[] {
  if (view.costs.length === 0) return [];
  const widest = Math.min(24, Math.max(...view.costs.map(({ store }) => clean(store).length)));
  return [heading('WHAT WATCHING COSTS', wide ? 'database time a minute, by the server itself where it keeps statistics' : ''), ...view.costs.map((cost) => costLine(cost, widest, wide))];
}

function costLine(cost: CostView, nameWidth: number, wide: boolean): Line {
  const spent = cost.database_ms_per_minute ?? cost.elapsed_ms_per_minute;
  const { budget_ms_per_minute } = cost;
  if (budget_ms_per_minute === null) {
    const waited = `read through a copy, which costs it nothing   waited ${quantity(cost.elapsed_ms_per_minute, 'ms')}/min`;
    return [span(` ${fit(clean(cost.store), nameWidth)}  `), span(wide ? waited : 'read through a copy', THEME.label)];
  }
  const share = budget_ms_per_minute > 0 ? spent / budget_ms_per_minute : null;
  const over = share !== null && share > 1;
  const known = cost.database_ms_per_minute === null ? `${UNKNOWN} database time; waited ${quantity(cost.elapsed_ms_per_minute, 'ms')}/min` : `${quantity(cost.database_ms_per_minute, 'ms')}/min`;
  return [
    span(` ${fit(clean(cost.store), nameWidth)}  `),
    span(bar(share, wide ? 20 : 10), over ? THEME.warning : undefined),
    span(`  ${known} of ${quantity(budget_ms_per_minute, 'ms')}/min`, over ? THEME.warning : undefined),
    span(wide ? `   received ${quantity(cost.received_bytes_per_minute, 'bytes')}/min` : '', THEME.label),
    ...(over ? [span('  ▲ over its budget', THEME.warning)] : []),
  ];
}
