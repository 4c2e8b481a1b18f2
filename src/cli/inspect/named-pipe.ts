import { close, constants, open } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/**
 * Opens a named pipe for reading, and waits for its writer. Reading from it holds no thread, so that the process can end
 * while the writer is silent; that is why it is not read as a file is.
 *
 * @throws the signal's reason when it comes first, or the error of the system
 */
export function openPipe(place: string, signal: AbortSignal): Promise<Readable> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      reject(signal.reason);
      wake(place);
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    open(place, constants.O_RDONLY, (error, file) => {
      signal.removeEventListener('abort', stop);
      if (error) reject(error);
      else if (signal.aborted) close(file);
      else resolve(new Socket({ fd: file, readable: true, writable: false }));
    });
  });
}

/** Lets a thread go that waits for a writer, and which no process can end without. Writes nothing. */
function wake(place: string): void {
  open(place, constants.O_WRONLY | constants.O_NONBLOCK, (error, file) => {
    if (!error) close(file);
  });
}
