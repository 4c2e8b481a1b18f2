import { type Command, Option } from 'commander';
import { WORKLOAD_CLASSES } from '../../model/workload.js';
import type { Act, CommandContext } from '../command.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { addSampleOption, sampleSeconds } from '../sample-option.js';
import { addTargetOptions } from '../target-options.js';
import { formsOf } from '../forms.js';
import { limitOf } from '../limit-option.js';
import { BY, oneOf, SORTS, type Filters, type WorkloadOptions } from '../workload/options.js';

export function register(command: Command, act: Act): void {
  const repeated = (value: string, previous: string[] | undefined) => [...(previous ?? []), value];
  addSampleOption(addTargetOptions(command))
    .argument('[bundle...]', 'files that tidemark collect wrote; of several, what ran between them')
    .option('--since <bundle>', 'of live stores: only what ran since that bundle')
    .addOption(new Option('--ddl <file>', 'without a store: the tables and views that dashboards read; may be repeated').argParser(repeated))
    .addOption(new Option('--by <what>', `one list only: ${BY.join(', ')}`).argParser(oneOf('--by', BY)))
    .addOption(new Option('--sort <by>', `${SORTS.join(', ')}; default: blocks`).argParser(oneOf('--sort', SORTS)))
    .option('--consumer <name>', 'only statements of such consumers; * stands for any characters, here and below')
    .option('--role <name>', 'only statements of such database roles')
    .option('--relation <name>', 'only statements that read or write such relations, as in app.*')
    .addOption(new Option('--class <class>', `only ${WORKLOAD_CLASSES.join(', ')}`).argParser(oneOf('--class', WORKLOAD_CLASSES)))
    .option('--store <name>', 'only such stores')
    .addOption(new Option('--limit <rows>', 'rows of a list, or all; default: 20 in text, all in json and ndjson').argParser(limitOf))
    .addHelpText('after', HELP)
    .action((bundles: string[], options: WorkloadOptions) => act((context) => run(context, bundles, options)));
}

const HELP = `
Examples:
  tidemark workload casework.tidemark
  tidemark workload monday.tidemark friday.tidemark --by day
  tidemark workload --postgres service=casework --since monday.tidemark
  tidemark workload --dashboards reports/ --ddl schema.sql --class analytical
  tidemark workload -c tidemark.yaml --by consumer --sort temp --limit all

A statement is operational, analytical, mixed or unknown, by its shape, by what
a call costs, by its rhythm and by who sends it. docs/workload.md is the
contract of --format json and ndjson.

Exit codes:
  0  looked at everything
  2  wrong usage, an unusable configuration, or a fault of tidemark
  3  a store or source could not be looked at; the rest is told`;

const ROWS_DEFAULT = 20;

async function run(context: CommandContext, bundles: readonly string[], options: WorkloadOptions): Promise<ExitCode> {
  const { output, progress, redactor } = context;
  const forms = formsOf('workload', context.options);
  const filters: Filters = filtersOf(options);
  const sample_seconds = sampleSeconds(options.sample);
  for (const { file } of forms) if (file !== null) await output.refuseUnwritable(file);
  const { lookAtWorkload } = await import('../workload/look.js');
  const looked = await lookAtWorkload(context, bundles, { ...options, filters, sample_seconds });
  progress.end();
  // Redacted before it is JSON: what hides a password must not run over a quote.
  const divided = redactor.redactAll(looked);
  const { write } = await import('../workload/write.js');
  await write(context, divided, forms, { by: options.by ?? null, sort: options.sort ?? 'blocks', filters, limit: options.limit ?? null, rows_default: ROWS_DEFAULT });
  return divided.whole.gaps.some(({ severity }) => severity === 'blind') ? EXIT.blind : EXIT.clean;
}

function filtersOf({ role, consumer, relation, class: workloadClass, store }: WorkloadOptions): Filters {
  return {
    ...(role === undefined ? {} : { role }),
    ...(consumer === undefined ? {} : { consumer }),
    ...(relation === undefined ? {} : { relation }),
    ...(workloadClass === undefined ? {} : { class: workloadClass }),
    ...(store === undefined ? {} : { store }),
  };
}
