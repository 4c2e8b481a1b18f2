const UNIT_SECONDS: Record<string, number> = { s: 1, second: 1, sec: 1, m: 60, min: 60, minute: 60, h: 3600, hour: 3600, d: 86_400, day: 86_400, w: 604_800, week: 604_800 };
const NAMED_SECONDS: Record<string, number> = { hourly: 3600, daily: 86_400, nightly: 86_400, midnight: 86_400, weekly: 604_800, monthly: 2_629_800 };
const MONTH_SECONDS = 2_629_800;

/** Seconds between two runs of a schedule in the words of a tool: `30s`, `5m`, `every 10 minutes`, `@daily`, five fields of cron. Null for what no clock starts. */
export function periodOfSchedule(schedule: string): number | null {
  const text = schedule.trim().toLowerCase();
  const named = NAMED_SECONDS[text.replace(/^@|^every\s+/, '')];
  if (named !== undefined) return named;
  const duration = /^(?:every\s+|@every\s+)?(\d+(?:\.\d+)?)?\s*([a-z]+?)s?$/.exec(text);
  const unit = UNIT_SECONDS[duration?.[2] ?? ''];
  if (duration && unit !== undefined) return Number(duration[1] ?? 1) * unit;
  const fields = text.split(/\s+/);
  // Quartz puts seconds before, and some tools a year behind.
  if (fields.length >= 6 && /^\d+$/.test(fields[0] ?? '')) fields.shift();
  return fields.length >= 5 && fields.slice(0, 5).every((field) => /^[\d*/,?a-z#-]+$/.test(field)) ? periodOfCron(fields) : null;
}

function periodOfCron([minute = '*', hour = '*', day = '*', month = '*', weekday = '*']: readonly string[]): number | null {
  const any = (field: string): boolean => field === '*' || field === '?';
  if (any(minute)) return 60;
  const withinHour = runsOf(minute, 60);
  if (withinHour === null) return null;
  if (withinHour > 1) return 3600 / withinHour;
  if (any(hour)) return 3600;
  const withinDay = runsOf(hour, 24);
  if (withinDay === null) return null;
  if (withinDay > 1) return 86_400 / withinDay;
  if (any(day) && any(weekday)) return 86_400;
  if (any(day)) return /[-,]/.test(weekday) ? 86_400 : 604_800;
  return any(month) ? MONTH_SECONDS : null;
}

/** How often a field of cron fires in `length` steps. */
function runsOf(field: string, length: number): number | null {
  const step = /^(?:\*|\d+|(\d+)-(\d+))\/(\d+)$/.exec(field);
  if (step) {
    const width = step[1] === undefined ? length : Number(step[2]) - Number(step[1]) + 1;
    return Math.max(1, Math.floor(width / Number(step[3])));
  }
  const range = /^(\d+)-(\d+)$/.exec(field);
  if (range) return Number(range[2]) - Number(range[1]) + 1;
  return /^\d+(?:,\d+)*$/.test(field) ? field.split(',').length : null;
}
