import { STATES, type LiveView, type PathNode, type State } from '../model/live.js';
import { plainText } from '../text/plain-text.js';
import { count, formatQuantity } from '../text/quantity.js';

type Parts = Pick<LiveView, 'source' | 'target' | 'streams' | 'products' | 'workload' | 'findings' | 'probes' | 'objectives'> & {
  /** Of the operational store; null before two looks. */
  transactions_per_second: number | null;
};

/** The way of the data, from production to its readers. */
export function pathOf(parts: Parts): PathNode[] {
  return [...sourceNode(parts), ...streamNode(parts), ...targetNode(parts), ...productNode(parts), readersNode(parts)];
}

export function worst(states: readonly State[]): State {
  return STATES.find((state) => states.includes(state)) ?? 'unknown';
}

function sourceNode({ source, streams, workload, probes, transactions_per_second }: Parts): PathNode[] {
  if (source === null) return [];
  const wal = streams.find(({ store, wal_bytes_per_second }) => store === source && wal_bytes_per_second !== null)?.wal_bytes_per_second ?? null;
  const analytical = workload.analytical_share === null ? null : `${formatQuantity(workload.analytical_share, 'share') ?? ''} analytical`;
  return [
    {
      name: plainText(source, 24),
      state: reachable(probes, source),
      lines: [
        transactions_per_second === null ? null : `${formatQuantity(transactions_per_second, 'count') ?? ''} tps`,
        wal === null ? null : `WAL ${formatQuantity(wal, 'bytes') ?? ''}/s`,
        analytical,
      ].filter((line) => line !== null),
    },
  ];
}

function streamNode({ streams }: Parts): PathNode[] {
  const [first] = [...streams].sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  if (first === undefined) return [];
  const name = streams.length === 1 ? plainText(first.name, 24) : count(streams.length, 'stream');
  return [
    {
      name,
      state: first.state,
      lines: [
        first.lag === null ? first.status : `lag ${formatQuantity(first.lag.value, 'seconds') ?? ''}`,
        ...(first.retained_bytes === null ? [] : [`retained ${formatQuantity(first.retained_bytes, 'bytes') ?? ''}`]),
      ],
    },
  ];
}

function targetNode({ target, probes }: Parts): PathNode[] {
  return target === null ? [] : [{ name: plainText(target, 24), state: reachable(probes, target), lines: [] }];
}

function productNode({ products }: Parts): PathNode[] {
  if (products.length === 0) return [];
  const judged = products.filter(({ objective }) => objective !== null);
  const oldest = Math.max(...products.map(({ age_seconds }) => age_seconds ?? -1));
  return [
    {
      name: count(products.length, 'product'),
      state: judged.length === 0 ? 'unknown' : worst(judged.map(({ state }) => state)),
      lines: oldest < 0 ? [] : [`oldest ${formatQuantity(oldest, 'seconds') ?? ''}`],
    },
  ];
}

function readersNode({ products, objectives, workload }: Parts): PathNode {
  const readers = new Map(products.flatMap(({ readers: all }) => all).map((reader) => [reader.consumer, reader]));
  const late = [...readers.values()].filter((reader) => reader.late).length;
  const states = objectives.filter(({ kind }) => kind === 'workload').map(({ state }) => state);
  return {
    name: readers.size === 0 ? 'readers' : count(readers.size, 'dashboard'),
    state: late > 0 ? 'breach' : states.length === 0 ? 'unknown' : worst(states),
    lines: [
      ...(late > 0 ? [`${late} show old data`] : []),
      ...(workload.new_statements > 0 ? [`${count(workload.new_statements, 'new statement')}`] : []),
    ],
  };
}

/** A store answers as long as one of its probes does. */
function reachable(probes: Parts['probes'], store: string): State {
  const own = probes.filter((probe) => probe.store === store);
  return own.every(({ state }) => state === 'unknown') ? 'unknown' : 'ok';
}
