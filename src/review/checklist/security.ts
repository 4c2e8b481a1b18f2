import { count } from '../../text/quantity.js';
import { breaking, type Check, noneOf, notApplicable, ofChecks, operationalOf, type Question, unknown } from './asked.js';

const SHOWN = ['personal-data-shown', 'personal-data-on-public-dashboard', 'personal-data-on-embedded-dashboard', 'personal-data-weakly-pseudonymised', 'secret-read', 'small-groups-shown', 'secure-zone-on-dashboard'] as const;
const STORED = ['personal-data-in-mart', 'weak-pseudonym-stored', 'masking-rule-not-applied', 'declaration-against-name', 'declarations-contradict', 'classification-lowered'] as const;
const EXPORTS = ['personal-data-exported', 'personal-data-delivered', 'export-from-operational'] as const;
const TENANTS = ['tenant-column-lost', 'row-security-not-carried', 'row-security-lost-in-view'] as const;
const POWERS = ['reporting-role-is-superuser', 'reporting-role-bypasses-row-security'] as const;
const WRITES = ['reporting-role-may-write', 'reporting-role-not-read-only', 'role-read-only-overridden', 'migration-widens-access'] as const;

/** Questions 14 to 17 of Part 066 §29. */
export const SECURITY: readonly Question[] = [
  {
    number: 14, area: 'security', question: 'Is analytical access no broader than operational access?', rules: [...POWERS, ...WRITES, 'personal-data-open-to-reports'], by: 'machine',
    ask: (look) => {
      const looked = operationalOf(look).some(({ store }) => store.catalog.roles.length > 0);
      if (!looked) return unknown('No logins of an operational store could be read');
      return ofChecks([
        noneOf(look, 'no login of reports is above the rules', { area: 'guardrail', rules: POWERS }),
        noneOf(look, 'no login of reports may write', { area: 'guardrail', rules: WRITES }),
        noneOf(look, 'personal data is not open to all who report', { area: 'privacy', rules: ['personal-data-open-to-reports'] }),
        noneOf(look, 'row security goes along with the rows', { area: 'privacy', rules: TENANTS }),
      ]);
    },
  },
  {
    number: 15, area: 'security', question: 'Is personal data left out or masked on the way to analytics?', rules: [...SHOWN, ...STORED, 'personal-data-copied-unused', 'personal-data-as-condition', 'personal-data-literal'], by: 'machine',
    ask: (look) => {
      const { queries, relations } = look.report.coverage;
      if (relations === 0) return unknown('No catalogue could be read');
      const rule = (holds: string, rules: readonly string[], looked = true): Check => noneOf(look, holds, { area: 'privacy', rules, looked });
      return ofChecks([
        rule('no dashboard shows it as it is', SHOWN, queries.total > 0),
        rule('no mart holds it in the open', STORED, look.boundaries.some(({ zones }) => [...zones.values()].some(({ zone }) => zone === 'mart' || zone === 'semantic'))),
        rule('nothing is copied that nobody uses', ['personal-data-copied-unused'], queries.total > 0 && look.movements.length > 0),
        rule('no address or secret stands in a query', ['personal-data-literal'], queries.total > 0),
      ]);
    },
  },
  {
    number: 16, area: 'security', question: 'Are exports of data audited?', rules: EXPORTS, by: 'machine',
    ask: (look) => {
      const operational = operationalOf(look);
      const exports = breaking(look, ...EXPORTS);
      if (operational.length === 0) return unknown('No operational store was looked at');
      const audited = operational.filter(({ store: { catalog } }) => catalog.extensions.some(({ name }) => name === 'pgaudit') || Object.keys(catalog.settings).some((name) => name.startsWith('pgaudit.')));
      const log: Check = {
        holds: 'the server keeps an audit log of reads', state: audited.length === operational.length ? true : operational.some(({ store }) => store.engine === 'postgres') ? false : null,
        evidence: audited.length === operational.length ? audited.map(({ store }) => `pgaudit on ${store.name}`) : ['pgaudit is not installed; what the platform logs by itself is not seen'],
      };
      const looked = look.report.coverage.statements.total + look.report.coverage.queries.total > 0;
      // Without the extension reads may still be logged by the platform, which nobody here can see: that is no violation where nothing leaves.
      const seen = log.state === false && exports.length === 0 ? { ...log, state: null } : log;
      return ofChecks([seen, noneOf(look, 'no personal data leaves in files', { area: 'privacy', rules: ['personal-data-exported', 'personal-data-delivered'], looked })]);
    },
  },
  {
    number: 17, area: 'security', question: 'Do restrictions by tenant or region hold in analytics too?', rules: TENANTS, by: 'machine',
    ask: (look) => {
      const operational = operationalOf(look);
      if (operational.length === 0) return unknown('No operational store was looked at');
      const bound = operational.flatMap(({ store }) => store.catalog.relations.filter(({ rowSecurity }) => rowSecurity).map(({ schema, name }) => `${store.name}: ${schema}.${name}`));
      const found = breaking(look, ...TENANTS);
      if (bound.length === 0 && found.length === 0) return notApplicable('No relation of production restricts its rows by tenant, region or anything else');
      return ofChecks([
        noneOf(look, 'views and copies keep row security', { area: 'privacy', rules: ['row-security-not-carried', 'row-security-lost-in-view'] }),
        noneOf(look, 'copies keep the column of the tenant', { area: 'privacy', rules: ['tenant-column-lost'] }),
        ...(bound.length === 0 ? [] : [noneOf(look, `no login of reports is exempt from the row security of ${count(bound.length, 'relation')}`, { area: 'guardrail', rules: ['reporting-role-bypasses-row-security'] })]),
      ]);
    },
  },
];
