import type { Span } from '../sql/lexer.js';
import type { MacroNode } from './grafana-scan.js';
import { TIME_FROM, TIME_TO } from './grafana-variables.js';
import { placeholder, quote } from './placeholder.js';
import type { Notes } from './result.js';
import type { Slot } from './slot.js';

/** Whose macros they are: each data source has an engine of its own. */
export type MacroEngine = 'postgres' | 'mysql' | 'mssql' | 'clickhouse' | 'bigquery';

export interface MacroContext {
  text: string;
  engine: MacroEngine;
  timescale: boolean;
  notes: Notes;
  slot: Slot;
  /** Writes text that stands for the macro. */
  generate(text: string): void;
  /** Writes an argument, its own macros and variables expanded. */
  argument(span: Span): void;
  /** An argument as text, its variables put in. */
  plain(span: Span): string;
}

type Macro = (context: MacroContext, first: Span, rest: readonly Span[]) => void;

const EPOCH_FROM = 1704067200;
const EPOCH_TO = 1704153600;

interface EngineForm {
  time: readonly [string, string];
  /** Around a time, to make it seconds since 1970. */
  epoch: readonly [string, string];
  epochAlias: string;
  alias: string;
  /** Before and after the grouped epoch. */
  floor: readonly [string, (seconds: number) => string];
}

const QUOTED = ' AS "time"';

/**
 * What differs between the engines (Grafana v12 `pkg/tsdb/{grafana-postgresql-datasource,mysql,mssql}/macros.go`, and the
 * macros of the ClickHouse and BigQuery plugins).
 */
const ENGINES: Readonly<Record<MacroEngine, EngineForm>> = {
  postgres: {
    time: ['', QUOTED], epoch: ['extract(epoch from ', ')'], epochAlias: ' as "time"', alias: QUOTED,
    floor: ['floor(', (seconds) => `/${seconds})*${seconds}`],
  },
  mysql: {
    time: ['UNIX_TIMESTAMP(', ') AS time_sec'], epoch: ['UNIX_TIMESTAMP(', ')'], epochAlias: ' AS time_sec', alias: ' AS "time"',
    floor: ['', (seconds) => ` DIV ${seconds} * ${seconds}`],
  },
  mssql: {
    time: ['', ' AS time'], epoch: ["DATEDIFF(second, '1970-01-01', ", ')'], epochAlias: ' AS time', alias: ' AS [time]',
    floor: ['FLOOR(', (seconds) => `/${seconds})*${seconds}`],
  },
  clickhouse: {
    time: ['', ' AS time'], epoch: ['toUnixTimestamp(', ')'], epochAlias: ' AS time', alias: ' AS time',
    floor: ['intDiv(', (seconds) => `, ${seconds}) * ${seconds}`],
  },
  bigquery: {
    time: ['', ' AS time'], epoch: ['UNIX_SECONDS(', ')'], epochAlias: ' AS time', alias: ' AS time',
    floor: ['DIV(', (seconds) => `, ${seconds}) * ${seconds}`],
  },
};

/** Macros with at least one argument. */
const MACROS: Readonly<Record<string, Macro>> = {
  __time: (context, column) => around(context, ENGINES[context.engine].time[0], column, ENGINES[context.engine].time[1]),
  __timeEpoch: (context, column) => around(context, ENGINES[context.engine].epoch[0], column, `${ENGINES[context.engine].epoch[1]}${ENGINES[context.engine].epochAlias}`),
  __timeFilter: timeFilter,
  __timeFilter_ms: timeFilter,
  __timeGroup: (context, column, rest) => timeGroup(context, column, rest[0]),
  __timeGroupAlias: (context, column, rest) => {
    timeGroup(context, column, rest[0]);
    context.generate(ENGINES[context.engine].alias);
  },
  __unixEpochFilter: (context, column) => epochFilter(context, column, ''),
  __unixEpochNanoFilter: (context, column) => epochFilter(context, column, '000000000'),
  __unixEpochGroup: (context, column, rest) => epochGroup(context, column, rest[0]),
  __unixEpochGroupAlias: (context, column, rest) => {
    epochGroup(context, column, rest[0]);
    context.generate(ENGINES[context.engine].alias);
  },
  // Other SQL plugins; their arguments are kept so that no column read is lost.
  __timeInterval: timeInterval,
  __timeInterval_ms: timeInterval,
  __dateFilter: (context, column) => around(context, '', column, ` BETWEEN '${TIME_FROM.slice(0, 10)}' AND '${TIME_TO.slice(0, 10)}'`),
  __dateTimeFilter: (context, date, rest) => {
    MACROS['__dateFilter']?.(context, date, []);
    if (rest[0] === undefined) return;
    context.generate(' AND ');
    MACROS['__timeFilter']?.(context, rest[0], []);
  },
  __conditionalAll: (context, predicate) => context.argument(predicate),
};

/** Macros without arguments. */
const CONSTANTS: Readonly<Record<string, string>> = {
  __timeFrom: quote(TIME_FROM),
  __timeTo: quote(TIME_TO),
  __unixEpochFrom: String(EPOCH_FROM),
  __unixEpochTo: String(EPOCH_TO),
  __unixEpochNanoFrom: `${EPOCH_FROM}000000000`,
  __unixEpochNanoTo: `${EPOCH_TO}000000000`,
};

/** Writes what the engine of the data source makes of a macro. Arguments stay in the text, whatever the macro is. */
export function expandMacro(node: MacroNode, context: MacroContext): void {
  const [first, ...rest] = node.arguments;
  if (first !== undefined && context.text.slice(first.start, first.end).includes('(')) {
    context.notes.assume(`the arguments of $${node.name} are read with their own parentheses; Grafana ends them at the first )`);
  }
  const constant = Object.hasOwn(CONSTANTS, node.name) ? CONSTANTS[node.name] : undefined;
  if (constant !== undefined && first === undefined) return context.generate(constant);
  const macro = Object.hasOwn(MACROS, node.name) ? MACROS[node.name] : undefined;
  if (macro !== undefined && first !== undefined) {
    // Grafana before 5.3 took $__timeGroup for the aliased form, and the engine still does where a comma follows.
    const isOldForm = node.name === '__timeGroup' && context.text.charAt(node.end) === ',';
    macro(context, first, rest);
    if (isOldForm) context.generate(ENGINES[context.engine].alias);
    return;
  }
  if (macro !== undefined) context.notes.problem('unsupported', `$${node.name} lacks its argument: Grafana refuses to run this query`);
  else context.notes.assume(`$${node.name} is no macro that is known of this data source; its arguments are kept`);
  unknownMacro(node.name, context, first);
}

function unknownMacro(name: string, context: MacroContext, first: Span | undefined): void {
  if (first === undefined) return context.generate(placeholder(context.slot, name, 'unknown', 'NULL') ?? '');
  if (context.slot === 'predicate') return around(context, '(', first, ') IS NOT NULL');
  context.argument(first);
}

function around(context: MacroContext, before: string, argument: Span, after: string): void {
  context.generate(before);
  context.argument(argument);
  context.generate(after);
}

function timeGroup(context: MacroContext, column: Span, interval: Span | undefined): void {
  const seconds = intervalSeconds(context, interval);
  if (context.timescale) return around(context, `time_bucket('${seconds.toFixed(3)}s',`, column, ')');
  const { epoch, floor } = ENGINES[context.engine];
  around(context, floor[0] + epoch[0], column, epoch[1] + floor[1](seconds));
}

function timeFilter(context: MacroContext, column: Span): void {
  switch (context.engine) {
    case 'mysql':
      return around(context, '', column, ` BETWEEN FROM_UNIXTIME(${EPOCH_FROM}) AND FROM_UNIXTIME(${EPOCH_TO})`);
    case 'clickhouse':
      around(context, '', column, ` >= toDateTime(${EPOCH_FROM}) AND `);
      return around(context, '', column, ` <= toDateTime(${EPOCH_TO})`);
    default:
      return around(context, '', column, ` BETWEEN '${TIME_FROM}' AND '${TIME_TO}'`);
  }
}

/** Only ClickHouse's plugin has it; elsewhere its column must do. */
function timeInterval(context: MacroContext, column: Span): void {
  if (context.engine === 'clickhouse') around(context, 'toStartOfInterval(toDateTime(', column, '), INTERVAL 60 second)');
  else context.argument(column);
}

function epochGroup(context: MacroContext, column: Span, interval: Span | undefined): void {
  const seconds = intervalSeconds(context, interval);
  const { floor } = ENGINES[context.engine];
  around(context, `${floor[0]}(`, column, `)${floor[1](seconds)}`);
}

function epochFilter(context: MacroContext, column: Span, zeros: string): void {
  around(context, '', column, ` >= ${EPOCH_FROM}${zeros} AND `);
  around(context, '', column, ` <= ${EPOCH_TO}${zeros}`);
}

/** Lengths of Grafana's units (`gtime.ParseInterval`); months and years are the averages it uses. */
const UNIT_SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  M: 2_629_746,
  y: 31_556_952,
};

function intervalSeconds(context: MacroContext, interval: Span | undefined): number {
  const text = interval === undefined ? '' : context.plain(interval).replace(/^['"\s]+|['"\s]+$/g, '');
  const match = /^(\d{1,9})\s*(ms|[smhdwMy])$/.exec(text);
  const unit = UNIT_SECONDS[match?.[2] ?? ''];
  if (match?.[1] !== undefined && unit !== undefined) return Number(match[1]) * unit;
  context.notes.assume('an interval that only the running dashboard knows is one minute');
  return 60;
}
