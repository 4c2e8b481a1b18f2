export function compileHarness(folder: string): string;
