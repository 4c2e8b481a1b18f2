/** The words of a name, lower case: `caseStatus_v2` is case, status, v2. */
export function wordsOf(name: string): string[] {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase().split(/[^a-z0-9]+/).filter((word) => word !== '');
}
