export type { Pace } from './pace.js';
export { createPace, type PaceOptions } from './create.js';
