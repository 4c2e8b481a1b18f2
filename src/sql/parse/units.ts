/** Units of time as the manuals of Snowflake, BigQuery, Redshift, T-SQL and Databricks list them, without the plural's s. */
const UNITS: ReadonlySet<string> = new Set(
  `nanosecond ns nsec microsecond us usec mcs millisecond ms msec second s sec ss minute m mi min n hour h hh hr day d dd dayofmonth dayofweek dayofweekiso
   dayofweek_iso dayofyear doy dow dw dy y weekday isodow date time week w wk ww isoweek isowk isoww weekiso week_iso weekofyear iso_week month mon mm quarter q
   qq qtr year yy yyyy yr isoyear yearofweek yearofweekiso decade century millennium epoch epoch_second epoch_millisecond epoch_microsecond epoch_nanosecond
   timezone_hour timezone_minute tzoffset`.split(/\s+/),
);

const FUNCTION = /^(?:date|time|timestamp|datetime)_?(?:add|sub|diff|trunc|part|name|bucket)$|^(?:last_day|trunc)$/;

/** Whether a function takes a unit of time as a bare word, which a grammar reads as a column. */
export function takesUnit(functionName: string): boolean {
  return FUNCTION.test(functionName);
}

/** Whether a word, in lower case, is a unit of time. */
export function isUnitWord(word: string): boolean {
  return UNITS.has(word) || UNITS.has(word.replace(/s$/, ''));
}
