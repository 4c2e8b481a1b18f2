import { describe, expect, test } from 'vitest';
import { statusMeaning } from '../../../src/probes/warehouse/status-word.js';

describe('a status word', () => {
  test.each([
    ['good', ['SUCCESS', 'succeeded', ' Ok ', 'Completed', 'DONE', 'healthy', 'up_to_date', 'erfolgreich', 'Réussi', 'éxito', 'sucesso', 'geslaagd', 'zakończono']],
    ['bad', ['FAILED', 'upstream_failed', 'Error', 'unsuccessful', 'not successful', 'TIMED-OUT', 'cancelled', 'fehlgeschlagen', 'nicht erfolgreich', 'Abgebrochen', 'échec', 'fallido', 'falhou', 'mislukt', 'błąd', 'niepowodzenie']],
    ['partial', ['PARTIAL', 'partial_success', 'COMPLETED_WITH_ERRORS', 'Completed with warnings', 'WARNING', 'incomplete', 'teilweise geladen']],
    ['running', ['RUNNING', 'in progress', 'up_for_retry', 'Queued', 'läuft', 'en cours']],
    ['skipped', ['SKIPPED', 'no_op', 'no data', 'übersprungen']],
  ] as const)('means %s in any case and in several languages', (meaning, words) => {
    expect(words.filter((word) => statusMeaning(word) !== meaning)).toEqual([]);
  });

  test('that is not known says nothing, whatever it begins with', () => {
    for (const word of ['', 'X9', '1', 'gelb', 'okra', 'runway', 'passage', 'validating later']) expect(statusMeaning(word)).toBeNull();
  });
});
