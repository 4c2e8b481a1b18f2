import type { Command } from 'commander';
import type { Act } from '../command.js';
import { EXIT } from '../exit-code.js';

export function register(command: Command, act: Act): void {
  command.action(() =>
    act(async ({ output }) => {
      const { jsonSchema } = await import('../../config/schema.js');
      await output.printOrWrite(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
      return EXIT.clean;
    }),
  );
}
