import type { MetricGroup } from '../../model/metric-report.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { counts, isOpen } from './consequence.js';
import { nothingMatches, viewOf } from './filter.js';
import { formsOf } from '../forms.js';
import type { Filters, ListOptions } from './options.js';
import type { MetricsAnswer } from './answer.js';

export const ROWS_DEFAULT = 20;

/** `tidemark metrics`: every metric that is defined more than once, the gravest difference first. */
export async function list(context: CommandContext, bundles: readonly string[], options: ListOptions): Promise<ExitCode> {
  const { output, progress, redactor } = context;
  const forms = formsOf('metrics', context.options);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const filters = filtersOf(options);
  const { lookAtMetrics } = await import('./look.js');
  const { answer: looked, measure } = await lookAtMetrics(context, bundles, options);
  const chosen = viewOf(looked.groups, filters);
  const groups = options.measure === true ? viewOf(await measure(chosen), {}) : chosen;
  progress.end();
  // Redacted before it is JSON: what hides a password must not run over a quote.
  const answer = redactor.redactAll({ ...looked, groups: options.measure === true ? withMeasured(looked.groups, groups) : viewOf(looked.groups, {}) });
  const view = viewOf(answer.groups, filters);
  const [{ write }, { metricsPage }] = await Promise.all([import('./write.js'), import('./page.js')]);
  const nothing = nothingMatches(answer.groups, filters);
  if (nothing !== null && forms.some(({ id }) => id !== 'text')) output.note(nothing);
  await write(context, answer, view, forms, (page) => metricsPage(page, answer, { filters, limit: options.limit ?? ROWS_DEFAULT, quiet: context.options.quiet }));
  return exitCodeOf(answer, view, context);
}

function withMeasured(all: readonly MetricGroup[], measured: readonly MetricGroup[]): MetricGroup[] {
  const byId = new Map(measured.map((group) => [group.id, group]));
  return viewOf(all.map((group) => byId.get(group.id) ?? group), {});
}

/** A known difference answers the question, whatever stayed unseen; without one the unseen leaves it open. */
export function exitCodeOf({ gaps }: MetricsAnswer, groups: readonly MetricGroup[], { options }: CommandContext): ExitCode {
  if (groups.some((group) => counts(group, options.failOn))) return EXIT.findings;
  return groups.some(isOpen) || gaps.some(({ severity }) => severity === 'blind') ? EXIT.blind : EXIT.clean;
}

function filtersOf({ name, store, verdict, owner }: ListOptions): Filters {
  return {
    ...(name === undefined ? {} : { name }),
    ...(store === undefined ? {} : { store }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(owner === undefined ? {} : { owner }),
  };
}
