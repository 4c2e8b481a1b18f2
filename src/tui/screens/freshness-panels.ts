import type { BudgetView, PipelineView, ProductView, ReaderView } from '../../model/live.js';
import { fit, line, span, type Line } from '../cells.js';
import { chart } from '../chart.js';
import { recent, shareMark, sparkline, strip, window } from '../meter.js';
import { facts, heading, paragraph, ruled, stack, type Fact } from '../panels.js';
import type { Room } from '../screen.js';
import { PLAIN, THEME, type Style } from '../theme.js';
import { clean, compact, moment, percent, quantity, shortClock, since } from '../words.js';

const DAY_SECONDS = 86_400;
const CHART_SECONDS = 1800;

/** About one data product: its last day, its age, where it comes from and who reads it. */
export function productPanels(product: ProductView, room: Room): Line[] {
  const limit = product.objective?.within_seconds ?? null;
  const age = room.wide || room.expanded
    ? chart(product.history, {
        title: 'AGE', width: room.width, height: room.expanded ? 7 : 4, now: room.view.at, seconds: CHART_SECONDS,
        limit, format: (value) => quantity(value, 'seconds'),
      })
    : [ageLine(product, limit, room)];
  const sides = [marks(product, room), readers(product.readers, room)] as const;
  return stack(
    [
      { rank: 2, lines: product.objective === null ? [] : lastDay(product, room) },
      { rank: 3, lines: age },
      { rank: 1, lines: room.wide ? ruled(...sides, room) : room.expanded ? sides.flat() : shortMarks(product, room) },
      { rank: 4, lines: room.expanded ? [heading('CAUSE'), ...paragraph(product.cause, room.width)] : [] },
    ],
    room,
  );
}

/** The last day as one or two rows of cells, and what it means for the objective. */
function lastDay(product: ProductView, room: Room): Line[] {
  const { view, width } = room;
  const rows = room.wide ? 2 : 1;
  const cells = room.wide ? 60 : Math.min(60, width - 14);
  const { from, to } = window(view.at, DAY_SECONDS, cells * rows);
  const over = product.over(from, to, cells * rows).map(shareMark);
  const part_seconds = DAY_SECONDS / (cells * rows);
  const name = clean(product.name, 40);
  const drawn = Array.from({ length: rows }, (_, row): Line => {
    const begin = from + row * cells * part_seconds;
    return [span(`   ${shortClock(begin)} `, THEME.label), ...strip(over.slice(row * cells, (row + 1) * cells)), span(row === rows - 1 ? ' now' : '', THEME.label)];
  });
  const legend = '● within   ▲ some over   ✖ all over   · not looked at';
  const title = `${name}: LAST 24 H, one cell = ${quantity(part_seconds, 'seconds')}`;
  return [heading(title, room.wide ? legend : ''), ...drawn, ...(room.wide ? [] : [line(`   ${legend}`, THEME.label)]), ...budgetLines(product.budget, product)];
}

function budgetLines(budget: BudgetView | null, { objective }: ProductView): Line[] {
  if (budget === null || objective === null) return [];
  const window_text = quantity(budget.window_seconds, 'seconds');
  const met = budget.share_met === null ? 'nothing has been looked at yet' : `${percent(budget.share_met)} within ${quantity(objective.within_seconds, 'seconds')}; ${percent(budget.share_required)} promised over ${window_text}`;
  const looked = budget.coverage < 0.95 ? `   ${percent(budget.coverage)} of it looked at` : '';
  const burn = [budget.burn_1h === null ? null : `burn ${budget.burn_1h.toFixed(1)}× over 1 h`, budget.burn_6h === null ? null : `${budget.burn_6h.toFixed(1)}× over 6 h`].filter((part) => part !== null);
  const ends = budget.ends_in_seconds === null ? '' : `   the budget ends in ${quantity(budget.ends_in_seconds, 'seconds')}`;
  return [[span(`   ${met}`), span(looked, THEME.label)], ...(burn.length === 0 && ends === '' ? [] : [line(`   ${burn.join(', ')}${ends}`, THEME.label)])];
}

function ageLine(product: ProductView, limit: number | null, { view, width }: Room): Line {
  const said = `  ${quantity(product.age_seconds, 'seconds')}${limit === null ? '' : `   objective ${quantity(limit, 'seconds')}`} `;
  return [span(' age  ', THEME.label), span(sparkline(recent(product.history, view.at, CHART_SECONDS, width - 6 - said.length), limit), THEME.series), span(said)];
}

function marks(product: ProductView, { view }: Room): Line[] {
  const says = product.reported_status;
  const upstream = product.upstream.map(({ name, text }): Fact => [clean(name, 24), text]);
  return [
    heading('UPSTREAM'),
    ...facts([
      ...upstream,
      ['relation', product.relation],
      ['watermark', moment(product.watermark_at, view.at)],
      ['loaded', product.loaded_at === null ? null : moment(product.loaded_at, view.at)],
      ['not arrived', product.debt_seconds === null ? null : product.debt_seconds === 0 ? 'nothing' : `changes of the last ${quantity(product.debt_seconds, 'seconds')}`],
      ['loads', product.load_without_progress ? '▲ succeed, and the watermark stands still' : null, THEME.warning],
      ['reported status', says === null ? null : product.status_lies ? `✖ ${clean(says, 20)}, which is not true` : clean(says, 20), product.status_lies ? THEME.breach : PLAIN],
      ['final before', product.provisional_since === null ? null : moment(product.provisional_since, view.at)],
    ]),
  ];
}

function readers(all: readonly ReaderView[], { expanded }: Room): Line[] {
  const sorted = [...all].sort((a, b) => Number(b.late) - Number(a.late));
  const shown = expanded ? sorted : sorted.slice(0, 7);
  return [
    line(` WHO READS IT   ${all.length === 0 ? 'no dashboard that is known' : all.length}`, THEME.label),
    ...shown.map(({ consumer, owner, late }): Line => [
      span(late ? ' ✖ late ' : ' ● ok   ', late ? THEME.breach : THEME.ok),
      span(fit(clean(consumer), 34)),
      span(` ${clean(owner ?? '', 24)}`, THEME.label),
    ]),
    ...(sorted.length > shown.length ? [line(` and ${sorted.length - shown.length} more: e shows all`, THEME.label)] : []),
  ];
}

function shortMarks(product: ProductView, { view }: Room): Line[] {
  const late = product.readers.filter((reader) => reader.late).length;
  const upstream = product.upstream.map(({ name, text }) => `${clean(name, 24)} ${clean(text, 60)}`).join(', ');
  return [
    [
      span(' watermark ', THEME.label),
      span(moment(product.watermark_at, view.at)),
      span('   readers ', THEME.label),
      span(`${product.readers.length}`),
      span(late === 0 ? '' : `  ✖ ${late} show older data than promised`, THEME.breach),
    ],
    ...(upstream === '' ? [] : [[span(' upstream ', THEME.label), span(upstream)]]),
    ...(product.status_lies ? [line(` ✖ reported status ${clean(product.reported_status ?? '', 16)}, which is not true`, THEME.breach)] : []),
  ];
}

/** About one pipeline: its last run beside those before it. */
export function pipelinePanels(pipeline: PipelineView, room: Room): Line[] {
  const { view, width } = room;
  const warn = (bad: boolean): Style => (bad ? THEME.warning : PLAIN);
  const median = pipeline.duration_median_seconds;
  const run = facts([
    ['started', pipeline.last_started_at === null ? 'never' : `${moment(pipeline.last_started_at, view.at)}, ${since(pipeline.last_started_at, view.at)} ago`],
    ['status', pipeline.last_status],
    ['duration', `${quantity(pipeline.duration_seconds, 'seconds')}${median === null ? '' : `, usually ${quantity(median, 'seconds')}`}`],
    ['rows read', compact(pipeline.rows_read)],
    ['rows rejected', compact(pipeline.rows_rejected), warn((pipeline.rows_rejected ?? 0) > 0)],
    ['of unknown dimension', pipeline.unknown_dimension_rows === null ? null : compact(pipeline.unknown_dimension_rows), warn((pipeline.unknown_dimension_rows ?? 0) > 0)],
    ['failed in 24 h', `${pipeline.failed_runs_24h} ${pipeline.failed_runs_24h === 1 ? 'run' : 'runs'}`, warn(pipeline.failed_runs_24h > 0)],
  ]);
  const history: Line = [span(' 24 h  ', THEME.label), span(sparkline(recent(pipeline.history, view.at, DAY_SECONDS, width - 9), null), THEME.series)];
  return stack(
    [
      { rank: 1, lines: [heading(`${clean(pipeline.name, 60)}: THE LAST RUN`), ...run] },
      { rank: 2, lines: [history] },
      { rank: 3, lines: room.expanded ? [heading('CAUSE'), ...paragraph(pipeline.cause, width)] : [] },
    ],
    room,
  );
}
