/** A frame as a window has it when none is written (SQL:2016, 7.15; PostgreSQL 18, "Window Function Calls"). */
const DEFAULT = 'range from unbounded preceding to current row';

/** What a front end read of a frame; a bound in words without its distance: `preceding`, `unbounded following`, `current row`. */
export interface FrameParts {
  unit: string;
  start: string;
  /** Null where only a start is written: the frame then ends with the current row. */
  end: string | null;
  /** `ties`, `group`, `current row`; null where nothing is left out. */
  exclude: string | null;
}

/** A frame in the words of the tree; null for the one that a window has anyway. */
export function frameText({ unit, start, end, exclude }: FrameParts): string | null {
  const text = `${unit} from ${start} to ${end ?? 'current row'}${exclude === null ? '' : ` exclude ${exclude}`}`;
  return text === DEFAULT ? null : text;
}
