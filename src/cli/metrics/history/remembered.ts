import { foldJournal } from '../../../history/fold.js';
import type { ClosedPeriods } from '../../../model/closed-period.js';
import type { Configuration } from '../../../model/configuration.js';
import type { Gap, Snapshot } from '../../../model/snapshot.js';
import { closedPeriodsFolder, readClosedPeriods } from './journal.js';

/**
 * A snapshot with what the journal has of closed periods: of metrics that are declared still, by the configuration or a view. Without a journal
 * it is as it was. Never throws.
 */
export async function withClosedPeriods(snapshot: Snapshot, { metrics = [] }: Pick<Configuration, 'metrics'>, stateFolder: string): Promise<Snapshot> {
  const { lines, problems } = await readClosedPeriods(closedPeriodsFolder(stateFolder));
  const gaps = problems.map((cause): Gap => ({ subject: 'closed periods', missing: 'what was remembered of metrics', cause, remedy: null, severity: 'partial' }));
  const views = new Set(snapshot.stores.flatMap(({ name, catalog }) => catalog.relations.map((relation) => `${name}\0${relation.schema}.${relation.name}`)));
  const isDeclared = ({ metric, store }: ClosedPeriods): boolean => metrics.some((one) => one.name === metric && one.store === store) || views.has(`${store}\0${metric}`);
  const closedPeriods = foldJournal(lines).filter(isDeclared);
  return { ...snapshot, gaps: [...snapshot.gaps, ...gaps], ...(closedPeriods.length === 0 ? {} : { closedPeriods }) };
}
