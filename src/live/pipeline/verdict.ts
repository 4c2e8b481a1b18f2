import { type State, STATES } from '../../model/live.js';

/** One thing that is wrong: `text` goes on where the name of the subject ends. */
export interface Charge {
  state: State;
  detail: string;
  text: string;
}

export interface Verdict {
  state: State;
  detail: string;
  cause: string;
}

/** The worst first, the others behind it; without any, `fine`. */
export function verdictOf(name: string, charges: readonly Charge[], fine: string): Verdict {
  const sorted = [...charges].sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  const [worst] = sorted;
  if (worst === undefined) return { state: 'ok', detail: '', cause: `${name}: ${fine}` };
  const others = sorted.slice(1).map(({ detail }) => detail);
  return {
    state: worst.state,
    detail: worst.detail,
    cause: `${name}: ${worst.text}${others.length > 0 ? `; also ${others.join(', ')}` : ''}`,
  };
}
