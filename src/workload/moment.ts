/** `2026-03-02 09:00 UTC`. */
export function moment(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? 'an unknown time' : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
