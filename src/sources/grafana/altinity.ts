import type { GrafanaVariable } from '../../template/grafana.js';
import { altinityTargetShape } from './shapes.js';

/** Both ends of the day that stands for every time range, in seconds. */
const FROM = 1_704_067_200;
const TO = 1_704_153_600;

/**
 * What the ClickHouse plugin of Altinity (`vertamedia-clickhouse-datasource` v2 and v3, its README "Macros") puts in for its own
 * names, from the fields beside the query: `$table`, `$timeFilter`, `$timeSeries`. Empty for other plugins.
 */
export function altinityConstants(target: Record<string, unknown>, engine: string | null | undefined): ReadonlyMap<string, GrafanaVariable> | undefined {
  if (engine !== 'vertamedia-clickhouse-datasource') return undefined;
  const { database, table, dateTimeColDataType, dateColDataType } = altinityTargetShape.parse(target);
  const time = dateTimeColDataType || null;
  const relation = [database, table].filter(Boolean).join('.');
  const range = time === null ? null : `${time} >= toDateTime(${FROM}) AND ${time} <= toDateTime(${TO})`;
  const days = dateColDataType ? `${dateColDataType} >= toDate(${FROM}) AND ${dateColDataType} <= toDate(${TO})` : null;
  const texts: Record<string, string | null> = {
    table: table ? relation : null,
    dateTimeCol: time,
    dateCol: dateColDataType || null,
    timeFilter: [days, range].filter((part) => part !== null).join(' AND ') || null,
    timeFilterMs: time === null ? null : `${time} >= toDateTime64(${FROM}, 3) AND ${time} <= toDateTime64(${TO}, 3)`,
    timeSeries: time === null ? null : `(intDiv(toUInt32(${time}), 60) * 60) * 1000`,
    timeSeriesMs: time === null ? null : `(intDiv(toFloat64(${time}) * 1000, 60000) * 60000)`,
    interval: '60',
    from: String(FROM),
    to: String(TO),
  };
  const found = new Map<string, GrafanaVariable>();
  for (const [name, text] of Object.entries(texts)) if (text !== null) found.set(name, { name, multi: false, values: [text], current: [text], allValue: null });
  return found;
}
