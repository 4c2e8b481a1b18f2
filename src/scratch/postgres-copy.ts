import type pg from 'pg';

/** What is used of pg's connection beyond its types. */
interface CopyConnection {
  sendCopyFromChunk(data: Buffer): void;
  endCopyFrom(): void;
}

/** COPY … FROM STDIN as pg's client runs it: it is asked for the data, and told how it ended. */
export class CopyIn implements pg.Submittable {
  #error: Error | null = null;

  constructor(readonly sql: string, readonly lines: string, readonly ended: (error: Error | null) => void) {}

  submit(connection: pg.Connection): void {
    connection.query(this.sql);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(Buffer.from(this.lines));
    connection.endCopyFrom();
  }

  handleError(error: Error): void {
    this.#error = error;
    // One that the server sent is followed by ReadyForQuery; a lost connection is not, and pg ends it by this call.
    this.ended(error);
  }

  handleReadyForQuery(): void {
    if (this.#error === null) this.ended(null);
  }

  handleCommandComplete(): void {
    // ReadyForQuery follows.
  }
}
