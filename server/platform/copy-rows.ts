import { once } from 'node:events';
import { Readable } from 'node:stream';
import type pg from 'pg';

/**
 * COPY over a client's own connection, in PostgreSQL's text format: a row is a line, fields are separated by tabs. Nothing is held in
 * memory but one chunk, whichever side is slower.
 */
interface CopyConnection extends pg.Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

interface Command {
  readonly text: string;
}

const CHUNK_BYTES = 64 * 1024;

/** How many rows a finished COPY says it moved. */
const rowsOf = ({ text }: Command): number => Number(text.split(' ')[1]);

/** The rows of a COPY … TO STDOUT, in chunks of whole lines. `rows` is known when it has ended. */
export class CopyOut extends Readable {
  rows = 0;
  private readonly sql: string;
  private connection: pg.Connection | undefined;
  private chunk: Buffer[] = [];
  private size = 0;

  constructor(sql: string) {
    super({ highWaterMark: 4 * CHUNK_BYTES });
    this.sql = sql;
  }

  submit(connection: pg.Connection): void {
    this.connection = connection;
    connection.query(this.sql);
  }

  override _read(): void {
    this.connection?.stream.resume();
  }

  /** Whoever read us gave up: what is still to come is read and thrown away, so that the connection can end. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.connection?.stream.resume();
    done(error);
  }

  handleCopyData(message: { readonly chunk: Buffer }): void {
    if (this.destroyed) return;
    this.chunk.push(Buffer.from(message.chunk)); // the parser uses its memory again
    this.size += message.chunk.length;
    if (this.size >= CHUNK_BYTES) this.hand();
  }

  private hand(): void {
    const full = Buffer.concat(this.chunk);
    this.chunk = [];
    this.size = 0;
    if (!this.push(full)) this.connection?.stream.pause();
  }

  handleCommandComplete(message: Command): void {
    this.rows = rowsOf(message);
  }

  handleReadyForQuery(): void {
    if (this.destroyed) return;
    if (this.size > 0) this.hand();
    this.connection?.stream.resume();
    this.push(null);
  }

  handleError(error: Error): void {
    this.destroy(error);
  }
}

/** Sends chunks to a COPY … FROM STDIN and returns how many rows the table took. What fails on either side ends both. */
export function copyIn(client: pg.ClientBase, sql: string, chunks: AsyncIterable<Buffer>): Promise<number> {
  return new Promise((resolve, reject) => {
    let rows = 0;
    let failure: Error | undefined;
    async function send(connection: CopyConnection): Promise<void> {
      try {
        for await (const chunk of chunks) {
          if (failure) return;
          connection.sendCopyFromChunk(chunk);
          if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
        }
        connection.endCopyFrom();
      } catch (error) {
        failure ??= error instanceof Error ? error : new Error(String(error));
        connection.sendCopyFail(failure.message);
      }
    }
    client.query({
      submit: (connection: pg.Connection) => connection.query(sql),
      handleCopyInResponse: (connection: CopyConnection) => void send(connection),
      handleCommandComplete: (message: Command) => {
        rows = rowsOf(message);
      },
      handleReadyForQuery: () => (failure ? reject(failure) : resolve(rows)),
      handleError: (error: Error) => {
        failure ??= error;
        reject(failure);
      },
    } as pg.Submittable);
  });
}
