import { CORRECTNESS_LEVELS } from '../../model/classified-consumer.js';
import { count } from '../../text/quantity.js';
import type { Look } from '../input.js';
import { type Asked, breaking, type Check, noneOf, notApplicable, ofChecks, ofUnits, operationalOf, type Question, unknown, withStatistics } from './asked.js';

const METRICS = [
  'metric-definitions-differ', 'metric-contradicts-declared', 'metric-declared-twice', 'metric-declaration-incomplete', 'metric-deprecated-still-used', 'metric-same-under-other-names',
  'metric-name-means-other-things', 'metric-on-ingestion-clock', 'metric-exclusion-missing', 'metric-equal-only-by-assertion', 'metric-differs-when-empty', 'metric-differs-between-engines',
  'metric-bypasses-semantic-view', 'metric-equal-only-by-constraint', 'metric-undecided', 'metric-copied', 'metric-*', 'consumer-without-*', 'consumer-mixes-*',
] as const;
const FRESHNESS = ['product-status-hides-staleness', 'product-without-freshness-contract', 'product-watermark-behind-load', 'product-never-loaded'] as const;
const OFFICIAL = ['report-run-*', 'official-report-*', 'consumer-under-*', 'consumer-over-*', 'consumer-exceeds-*'] as const;

/** Questions 5 to 8 of Part 066 §29. */
export const CORRECTNESS: readonly Question[] = [
  {
    number: 5, area: 'correctness', question: 'Is there one authoritative store for commands?', by: 'proposed',
    rules: ['warehouse-used-as-authority', 'analytics-writes-operational', 'application-reads-warehouse', 'concept-*', 'consumer-store-*', 'table-*', 'column-*'],
    ask: (look) => {
      const operational = operationalOf(look);
      if (operational.length === 0) return unknown('No operational store was looked at');
      const looked = withStatistics(operational).length > 0;
      const unnamed = (look.configuration.concepts ?? []).filter(({ authority }) => authority === null);
      const named: Check[] = look.configuration.concepts === undefined ? [] : [{ holds: 'each concept has a named authority', state: unnamed.length === 0, evidence: unnamed.map(({ name }) => `${name} has no authority in the configuration`) }];
      return ofChecks([
        noneOf(look, 'no command is decided by the warehouse', { area: 'coupling', rules: ['warehouse-used-as-authority'], looked }),
        noneOf(look, 'nothing but applications writes what production is the authority for', { area: 'guardrail', rules: ['analytics-writes-operational'], looked }),
        ...named,
      ]);
    },
  },
  {
    number: 6, area: 'correctness', question: 'Is there one authoritative definition of each metric?', rules: METRICS, by: 'proposed',
    ask: ({ report, configuration }) => {
      const names = new Set([...(report.metrics ?? []).map(({ name }) => name), ...(configuration.metrics ?? []).map(({ name }) => name)]);
      if (names.size === 0) return unknown('No metric is declared, and none is claimed by several dashboards');
      const found = report.findings.filter(({ ruleId, level, relation }) => level !== 'note' && ruleId.startsWith('metric-') && names.has(relation));
      // Stricter or looser is another definition, though no rule calls it a contradiction.
      const parted = (report.metrics ?? []).filter(({ verdict }) => !verdict.startsWith('equal') && verdict !== 'undecided').map(({ name }) => name);
      const bad = new Set([...found.map(({ relation }) => relation), ...parted]).size;
      return ofUnits({ good: names.size - bad, known: names.size }, `${names.size - bad} of ${count(names.size, 'metric')} that are declared or claimed by several consumers ${names.size - bad === 1 ? 'has' : 'have'} one definition`, found.map(({ message }) => message));
    },
  },
  {
    number: 7, area: 'correctness', question: 'Do those who read a dashboard see how fresh it is?', rules: FRESHNESS, by: 'machine',
    ask: (look) => {
      const shown = controlUnits(look, 'freshness-watermark');
      if (shown.known + shown.unseen > 0) return ofUnits(shown, `${shown.good} of ${count(shown.known, 'consumer')} that must show it ${shown.good === 1 ? 'does' : 'do'}`, [...shown.evidence, ...breaking(look, ...FRESHNESS).map(({ message }) => message)]);
      const products = look.configuration.live.dataProducts;
      if (products.length === 0) return unknown('No consumer is classified, and no data product is declared');
      const promising = products.filter(({ objective }) => objective !== null);
      return ofUnits({ good: promising.length, known: products.length }, `${promising.length} of ${count(products.length, 'data product')} ${promising.length === 1 ? 'promises' : 'promise'} how fresh it is`, []);
    },
  },
  {
    number: 8, area: 'correctness', question: 'Can official reports be produced again?', rules: OFFICIAL, by: 'machine',
    ask: (look) => officialReports(look),
  },
];

/** Consumers that need a control: those that have it, those of which it is known, and those of which it is not. */
function controlUnits({ consumers }: Look, control: string): { good: number; known: number; unseen: number; evidence: string[] } {
  const required = consumers.flatMap(({ name, controls }) => controls.filter((one) => one.control === control && one.required).map((one) => ({ name, ...one })));
  const by = (state: string): typeof required => required.filter((one) => one.state === state);
  const evidence = by('absent').map(({ name, evidence: text }) => `${name}: ${text}`);
  return { good: by('present').length, known: by('present').length + by('absent').length, unseen: by('unknown').length, evidence };
}

function officialReports(look: Look): Asked {
  const recorded = look.snapshot.stores.flatMap(({ name, control }) => (control?.reports ?? []).map(({ report }) => ({ store: name, report })));
  const found = breaking(look, 'report-run-*');
  const broken = recorded.filter(({ store, report }) => found.some((finding) => finding.store === store && finding.relation === report));
  const needing = look.consumers.filter(({ level }) => level !== null && CORRECTNESS_LEVELS.indexOf(level.value) >= CORRECTNESS_LEVELS.indexOf('financial-regulatory'));
  const { good, known, unseen, evidence } = controlUnits({ ...look, consumers: needing }, 'reproducible-run');
  if (recorded.length + needing.length === 0) {
    if (look.consumers.length === 0) return unknown('No consumer is classified, and no store keeps runs of official reports');
    return notApplicable('No consumer is classified as official, and no store keeps runs of official reports');
  }
  const parts = [
    ...(recorded.length === 0 ? [] : [`${recorded.length - broken.length} of ${count(recorded.length, 'report')} that ${recorded.length === 1 ? 'is' : 'are'} recorded can be produced again`]),
    ...(known === 0 ? [] : [`${good} of ${count(known, 'consumer')} that ${known === 1 ? 'is' : 'are'} official ${good === 1 ? 'has' : 'have'} recorded runs`]),
  ];
  const sentence = parts.length === 0 ? `Of ${count(unseen, 'official consumer')} nothing tells whether its runs are recorded` : parts.join('; ');
  return ofUnits({ good: recorded.length - broken.length + good, known: recorded.length + known, unseen }, sentence, [...found.map(({ message }) => message), ...evidence]);
}
