/**
 * Reads by key, gathered: what is asked for while one read is under way is asked together in the next. Nobody is answered from a read
 * that began before they asked, so that what was revoked or changed before a request is never seen by it; an idle gather reads at once.
 */
export interface Gather<V> {
  /** What the read found under the key; undefined where nothing is. Rejects as the read did. */
  get(key: string): Promise<V | undefined>;
}

interface Asked<V> {
  readonly key: string;
  readonly resolve: (value: V | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** A statement with more keys gains nothing. */
const MOST_KEYS = 1_000;

/** Makes a gather. `read` is given distinct keys. */
export function createGather<V>(read: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>): Gather<V> {
  const waiting: Asked<V>[] = [];
  let reading = false;

  async function drain(): Promise<void> {
    reading = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST_KEYS);
      try {
        const found = await read([...new Set(batch.map(({ key }) => key))]);
        for (const { key, resolve } of batch) resolve(found.get(key));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    reading = false;
  }

  return {
    get: (key) =>
      new Promise((resolve, reject) => {
        waiting.push({ key, resolve, reject });
        if (!reading) void drain();
      }),
  };
}
