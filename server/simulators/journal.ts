import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A simulator's memory on disk: one line of JSON per request. A line that was written survives kill -9 of the process (not of the
 * machine, hence no fsync). Lines of one turn of the event loop are written together, and a reply waits for its line.
 */
export interface Journal {
  /** Resolves when the record is in the file. */
  append(record: unknown): Promise<void>;
  /** Resolves when everything appended so far is in the file: a read must not tell of what a crash could still undo. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const NEWLINE = 0x0a;

/** Replays whole lines and returns how many bytes they took: what follows was cut off by a crash and never acknowledged. */
function replayLines(file: string, replay: (record: unknown) => void): number {
  const bytes = readFileSync(file);
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    replay(JSON.parse(bytes.toString('utf8', start, end)));
    start = end + 1;
  }
  return start;
}

/** Opens the journal, handing every earlier record to `replay` in order. Without a file it keeps nothing. */
export function openJournal(file: string | undefined, replay: (record: unknown) => void): Journal {
  if (file === undefined) {
    const done = Promise.resolve();
    return { append: () => done, settled: () => done, close: () => done };
  }
  mkdirSync(dirname(file), { recursive: true });
  const whole = existsSync(file) ? replayLines(file, replay) : 0;
  const fd = openSync(file, existsSync(file) ? 'r+' : 'w+');
  ftruncateSync(fd, whole);
  let position = whole;
  let waiting: string[] = [];
  let flushing: Promise<void> | undefined;

  const write = () => {
    const bytes = Buffer.from(`${waiting.join('\n')}\n`, 'utf8');
    waiting = [];
    for (let at = 0; at < bytes.length; ) {
      const written = writeSync(fd, bytes, at, bytes.length - at, position);
      at += written;
      position += written;
    }
  };
  const flush = () => {
    flushing ??= new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        flushing = undefined;
        try {
          write();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
    return flushing;
  };
  return {
    append: (record) => {
      waiting.push(JSON.stringify(record));
      return flush();
    },
    settled: () => flushing ?? Promise.resolve(),
    close: async () => {
      await flushing;
      closeSync(fd);
    },
  };
}
