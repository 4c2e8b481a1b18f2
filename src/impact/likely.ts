/** Below this confidence an impact is a hint: what it says is right, that it matters to its reader is not likely. */
export const LIKELY = 0.5;
