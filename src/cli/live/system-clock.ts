import type { Clock } from '../../live/clock.js';

export const systemClock: Clock = {
  now: () => Date.now() / 1000,
  monotonic_ms: () => performance.now(),
  after(delay_ms, act) {
    const timer = setTimeout(act, delay_ms);
    return () => clearTimeout(timer);
  },
};
