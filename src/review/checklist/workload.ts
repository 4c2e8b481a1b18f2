import { count, formatQuantity } from '../../text/quantity.js';
import { breaking, isAmong, noneOf, ofChecks, ofUnits, operationalOf, type Question, rolesOf, unknown, withStatistics } from './asked.js';

const SCANS = [
  'analytical-on-operational', 'unclaimed-analytical', 'application-runs-analytics', 'export-from-operational', 'analytical-spills-to-disk', 'mart-built-on-operational',
  'replica-*', 'reporting-blocks-application', 'reporting-holds-vacuum-back', 'reporting-idles-in-transaction', 'vacuum-held-back-by-other', 'index-serves-only-reports', 'federated-operational-read',
  'will-outgrow-its-bound', 'unused-card', 'unused-card-still-runs',
] as const;
const LIMITS = [
  'role-without-statement-timeout', 'role-without-idle-in-transaction-timeout', 'role-without-lock-timeout', 'reporting-role-without-temp-limit', 'reporting-role-without-connection-limit',
] as const;
/** A limit that is set and does not hold. */
const LOOSENED = ['role-timeout-overridden', 'role-idle-timeout-overridden'] as const;
const BESIDE = ['reporting-role-with-large-work-mem', 'reporting-role-with-parallel-workers', 'no-kill-switch-for-reports'] as const;
const MIXED = ['role-serves-application-and-reporting', 'reporting-in-application-pool'] as const;

/** Questions 1 to 4 of Part 066 §29. */
export const WORKLOAD: readonly Question[] = [
  {
    number: 1, area: 'workload', question: 'Is it known which queries are operational and which are analytical?', rules: ['unclaimed-analytical'], by: 'machine',
    ask: ({ report }) => {
      const classes = (report.workload ?? []).filter(({ store }) => report.stores.some(({ name, role }) => name === store && role !== 'warehouse')).flatMap((store) => store.classes);
      const total = classes.reduce((sum, { statements }) => sum + statements, 0);
      const told = classes.reduce((sum, one) => sum + (one.class === 'unknown' ? 0 : one.statements), 0);
      if (total === 0) return unknown('No statistics of an operational store could be read, so nobody knows what ran');
      return ofUnits({ good: told, known: total }, `${told} of ${count(total, 'statement')} that ran on operational stores ${told === 1 ? 'is' : 'are'} told to be operational or analytical`,
        classes.filter(({ statements }) => statements > 0).map((one) => `${one.class}: ${count(one.statements, 'statement')}${one.share.blocks === null ? '' : `, ${formatQuantity(one.share.blocks, 'share') ?? ''} of block reads`}`));
    },
  },
  {
    number: 2, area: 'workload', question: 'Are large scans kept away from the operational store?', rules: SCANS, by: 'machine',
    ask: (look) => {
      const operational = operationalOf(look);
      if (operational.length === 0) return unknown('No operational store was looked at');
      const found = breaking(look, ...SCANS);
      const shares = (look.report.workload ?? []).filter(({ store }) => operational.some((one) => one.store.name === store)).flatMap(({ store, classes }) =>
        classes.filter((one) => one.class === 'analytical' || one.class === 'mixed').flatMap(({ class: kind, share }) => (share.blocks === null ? [] : [{ store, kind, share: share.blocks }])));
      const evidence = found.map(({ message }) => message);
      if (withStatistics(operational).length === 0 || shares.length === 0) {
        if (found.length === 0) return unknown('No statistics of an operational store could be read, and no dashboard is known to scan it');
        return { answer: 'no', value: 0, sentence: `${count(found.length, 'scan')} on operational stores by ${count(new Set(found.map(({ consumer }) => consumer)).size, 'consumer')}; how much of the load they are is not known`, evidence: evidence.slice(0, 5) };
      }
      // Of several stores the one that suffers most answers.
      const byStore = new Map<string, number>();
      for (const { store, share } of shares) byStore.set(store, (byStore.get(store) ?? 0) + share);
      const worst = Math.min(1, Math.max(...byStore.values()));
      const said = `${formatQuantity(worst, 'share') ?? ''} of block reads on ${[...byStore].find(([, share]) => Math.min(1, share) === worst)?.[0] ?? ''} are analytical`;
      if (found.length === 0) return { answer: 'yes', value: 1, sentence: `No large scan reaches production: ${said}`, evidence: [] };
      const value = 1 - worst;
      return { answer: value < 0.005 ? 'no' : 'partly', value, sentence: `${said}, by ${count(new Set(found.map(({ consumer }) => consumer)).size, 'consumer')}`, evidence: evidence.slice(0, 5) };
    },
  },
  {
    number: 3, area: 'workload', question: 'Are timeouts and resource limits set for everybody who sends reports to production?', rules: [...LIMITS, ...LOOSENED, ...BESIDE], by: 'machine',
    ask: (look) => {
      const roles = rolesOf(operationalOf(look), ['reporting', 'person']);
      if (roles.length === 0) return unknown('No login is known that sends reports to an operational store');
      const expected = roles.length * LIMITS.length;
      // A note counts here: each limit is one of those that are counted.
      const found = look.report.findings.filter(({ ruleId }) => isAmong(ruleId, [...LIMITS, ...LOOSENED]));
      const missing = Math.min(expected, found.length);
      return ofUnits({ good: expected - missing, known: expected }, `${expected - missing} of ${expected} limits hold: ${LIMITS.length} for each of ${count(roles.length, 'login')} of reports and people`, found.map(({ message }) => message));
    },
  },
  {
    number: 4, area: 'workload', question: 'Are logins of reports apart from those of applications?', rules: MIXED, by: 'machine',
    ask: (look) => {
      const roles = rolesOf(withStatistics(operationalOf(look)), ['reporting', 'person', 'application']);
      const found = breaking(look, ...MIXED);
      if (roles.length === 0) return ofChecks([noneOf(look, 'no login serves an application and reports', { area: 'guardrail', rules: MIXED, looked: false })]);
      const mixed = new Set(found.map(({ store, consumer }) => `${store} ${consumer}`)).size;
      return ofUnits({ good: Math.max(0, roles.length - mixed), known: roles.length }, `${count(mixed, 'login')} of ${roles.length} ${mixed === 1 ? 'serves' : 'serve'} an application and reports`, found.map(({ message }) => message));
    },
  },
];
