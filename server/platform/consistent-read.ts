import { DomainError } from '../kernel/errors.ts';

/**
 * How fresh a read has to be (DESIGN 6). strong: what is committed when it is read. atLeast: the object at this version or a later one,
 * which a caller who was answered a version asks for; waited for where this place has not seen it yet. eventual: what this process has in
 * memory, at most `maxAgeMs` old, with its age beside it. Nothing that is read here decides whether money moves.
 */
export type Consistency = 'strong' | 'eventual' | { readonly atLeast: bigint };

/** What was read, and how old it is. `lagMs` is 0 for what was read just now. */
export interface Seen<T> {
  readonly value: T;
  readonly version: bigint;
  readonly asOf: Date;
  readonly lagMs: number;
}

export interface Versioned<T> {
  readonly value: T;
  readonly version: bigint;
}

export interface ConsistentReader<T> {
  /** Null where there is no such object. Throws `version_not_reached` where the version did not come in time. */
  read(id: string, consistency: Consistency): Promise<Seen<T> | null>;
}

export interface ReaderOptions<T> {
  readonly load: (id: string) => Promise<Versioned<T> | null>;
  /** How old an eventual answer may be. */
  readonly maxAgeMs?: number;
  /** How long a version is waited for. */
  readonly patienceMs?: number;
  readonly maxEntries?: number;
  readonly clock?: () => number;
}

const MAX_AGE_MS = 2_000;
const PATIENCE_MS = 2_000;
/** At some 300 bytes an entry this bounds the memory at a few megabytes. */
const MAX_ENTRIES = 10_000;
const FIRST_LOOK_AGAIN_MS = 10;

interface Kept<T> extends Versioned<T> {
  /** By `clock`, from before the question was asked: an answer is never younger than it says. */
  readonly askedAt: number;
}

/** Makes a reader with a memory of its own. One per process and kind of object. */
export function createConsistentReader<T>({
  load,
  maxAgeMs = MAX_AGE_MS,
  patienceMs = PATIENCE_MS,
  maxEntries = MAX_ENTRIES,
  clock = () => performance.now(),
}: ReaderOptions<T>): ConsistentReader<T> {
  const kept = new Map<string, Kept<T>>(); // oldest first
  const loading = new Map<string, Promise<Kept<T> | null>>();

  /** A slow answer never replaces a newer one. */
  function keep(id: string, fresh: Kept<T>): void {
    const known = kept.get(id);
    if (known && (known.version > fresh.version || (known.version === fresh.version && known.askedAt > fresh.askedAt))) return;
    kept.delete(id);
    kept.set(id, fresh);
    if (kept.size > maxEntries) for (const oldest of kept.keys()) return void kept.delete(oldest);
  }

  async function ask(id: string): Promise<Kept<T> | null> {
    const askedAt = clock();
    const found = await load(id);
    if (!found) {
      kept.delete(id);
      return null;
    }
    const fresh = { ...found, askedAt };
    keep(id, fresh);
    return fresh;
  }

  /** Many who are content with what is remembered ask once between them. */
  function askTogether(id: string): Promise<Kept<T> | null> {
    const running = loading.get(id) ?? ask(id).finally(() => loading.delete(id));
    loading.set(id, running);
    return running;
  }

  async function askUntil(id: string, version: bigint): Promise<Kept<T> | null> {
    const deadline = clock() + patienceMs;
    for (let pause = FIRST_LOOK_AGAIN_MS; ; pause *= 2) {
      const found = await ask(id);
      if (!found || found.version >= version) return found;
      const left = deadline - clock();
      if (left <= 0) {
        throw new DomainError('version_not_reached', `Version ${version} has not been reached; ${found.version} is the newest.`, {
          version: Number(found.version),
          retryAfterSeconds: 1,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(pause, left)));
    }
  }

  function seen({ value, version, askedAt }: Kept<T>, fresh: boolean): Seen<T> {
    const lagMs = fresh ? 0 : Math.max(0, Math.round(clock() - askedAt));
    return { value, version, asOf: new Date(Date.now() - lagMs), lagMs };
  }

  return {
    async read(id, consistency) {
      if (consistency === 'eventual') {
        const known = kept.get(id);
        if (known && clock() - known.askedAt <= maxAgeMs) return seen(known, false);
        const found = await askTogether(id);
        return found && seen(found, false);
      }
      const found = consistency === 'strong' ? await ask(id) : await askUntil(id, consistency.atLeast);
      return found && seen(found, true);
    },
  };
}
