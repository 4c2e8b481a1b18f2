import type { ObjectiveView, State } from '../../model/live.js';
import type { PayloadOf } from '../../probes/index.js';
import { plainText } from '../../text/plain-text.js';
import { count, formatQuantity } from '../../text/quantity.js';
import type { Series } from '../series.js';

const NAMES_MAX = 2;

export interface WorkloadFacts {
  store: string;
  /** False where there is no current sample. */
  looked: boolean;
  failure: string | null;
  /** False where no audit has told what there was. */
  hasAudit: boolean;
  /** Null where too much of the work is not recognised. */
  analytical_share: number | null;
  share_max: number | null;
  /** Who sends analytical statements that the baseline does not have. */
  newAnalytical: string[];
  /** Roles of new statements that take much and that no audit has seen yet. */
  newUnrecognised: string[];
  history: Series;
}

/** Nothing new and analytical on production; and its share, where the configuration limits it. */
export function workloadObjectives(facts: WorkloadFacts): ObjectiveView[] {
  const { store } = facts;
  const common = { kind: 'workload' as const, since: null, budget: null, screen: 'statements' as const, subject: store };
  const { state, sentence } = newWork(facts);
  const fresh: ObjectiveView = {
    ...common,
    id: `workload/new/${store}`,
    name: `new analytical work on ${store}`,
    target: '= 0',
    now: state === 'unknown' ? null : String(facts.newAnalytical.length),
    state,
    detail: state === 'warning' ? 'new' : '',
    history: null,
    limit: null,
    sentence,
  };
  if (facts.share_max === null) return [fresh];
  const share = facts.analytical_share;
  return [
    fresh,
    {
      ...common,
      id: `workload/share/${store}`,
      name: `analytical share of ${store}`,
      target: `≤ ${formatQuantity(facts.share_max, 'share') ?? ''}`,
      now: share === null ? null : formatQuantity(share, 'share'),
      state: share === null ? 'unknown' : share > facts.share_max ? 'warning' : 'ok',
      detail: '',
      history: facts.history,
      limit: facts.share_max,
      sentence: share === null ? notKnown(facts, `what share of ${store} is analytical work`) : `${formatQuantity(share, 'share') ?? ''} of the database time of ${store} is analytical work`,
    },
  ];
}

function newWork(facts: WorkloadFacts): { state: State; sentence: string } {
  const { store, newAnalytical, newUnrecognised } = facts;
  if (!facts.looked || !facts.hasAudit) return { state: 'unknown', sentence: notKnown(facts, `whether there is new analytical work on ${store}`) };
  if (newAnalytical.length > 0) {
    const what = count(newAnalytical.length, 'analytical statement');
    return { state: 'warning', sentence: `${store}: ${what} since the baseline, from ${named(newAnalytical)}: move it to the warehouse or to a replica` };
  }
  if (newUnrecognised.length > 0) {
    return { state: 'unknown', sentence: `${store}: ${count(newUnrecognised.length, 'new statement')} of ${named(newUnrecognised)} takes much and is being looked at` };
  }
  return { state: 'ok', sentence: `${store}: no analytical statement that was not there before` };
}

function notKnown({ store, failure, looked, hasAudit }: WorkloadFacts, what: string): string {
  if (failure !== null) return `${what} cannot be told: ${failure}`;
  if (!looked) return `${store}: the statistics have not been read twice yet`;
  return hasAudit ? `${store}: too much of its work is not recognised to say what share is analytical` : `${what} is not known: no audit has told yet what is analytical`;
}

function named(origins: readonly string[]): string {
  const names = [...new Set(origins)].map((origin) => plainText(origin, 60));
  return names.length > NAMES_MAX ? `${names.slice(0, NAMES_MAX).join(', ')} and ${count(names.length - NAMES_MAX, 'other')}` : names.join(' and ');
}

export interface TransactionFacts {
  store: string;
  activity: PayloadOf<'activity'> | null;
  failure: string | null;
  seconds_max: number;
  history: Series;
}

/** Nobody keeps a transaction open for long. */
export function transactionObjective({ store, activity, failure, seconds_max, history }: TransactionFacts): ObjectiveView {
  const longest = activity?.transactions.reduce<PayloadOf<'activity'>['transactions'][number] | null>(
    (worst, transaction) => (worst === null || transaction.age_seconds > worst.age_seconds ? transaction : worst),
    null,
  );
  const age = longest?.age_seconds ?? 0;
  const late = age > seconds_max;
  const sees = activity?.sees_all === true;
  const seconds = formatQuantity(age, 'seconds') ?? '';
  return {
    id: `transaction/${store}`,
    kind: 'transaction',
    name: `longest transaction on ${store}`,
    target: `≤ ${formatQuantity(seconds_max, 'seconds') ?? ''}`,
    now: activity === null || (!sees && !late) ? null : longest ? seconds : '0 s',
    // What is hidden from this role may be longer.
    state: activity === null ? 'unknown' : late ? 'warning' : sees ? 'ok' : 'unknown',
    detail: activity !== null && late ? (longest?.session_state ?? '') : '',
    since: null,
    history,
    limit: seconds_max,
    budget: null,
    sentence: transactionSentence({ store, activity, failure }, longest ?? null, late),
    screen: 'statements',
    subject: store,
  };
}

type Transaction = PayloadOf<'activity'>['transactions'][number];

function transactionSentence({ store, activity, failure }: Pick<TransactionFacts, 'store' | 'activity' | 'failure'>, longest: Transaction | null, late: boolean): string {
  if (activity === null) return failure === null ? `${store}: its sessions have not been read yet` : `how long transactions on ${store} are open cannot be told: ${failure}`;
  const seconds = longest === null ? '1 s' : (formatQuantity(longest.age_seconds, 'seconds') ?? '');
  if (!late || longest === null) {
    return activity.sees_all ? `${store}: no transaction is open for longer than ${seconds}` : `${store}: transactions of other roles are hidden; GRANT pg_read_all_stats shows them`;
  }
  const application = longest.application_name === '' ? '' : ` (${plainText(longest.application_name, 60)})`;
  const harm = longest.holds_xmin ? ', which holds vacuum back' : '';
  return `${store}: ${plainText(longest.role, 60)}${application} has had a transaction open for ${seconds}${harm}; session ${longest.pid} is ${longest.session_state}`;
}
