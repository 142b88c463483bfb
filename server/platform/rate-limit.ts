import { DomainError } from '../kernel/errors.ts';

/**
 * How often something may happen: `burst` at once, and on average `burst` per `periodMs`.
 */
export interface Limit {
  /** Names the limit in keys and metrics, such as "sign-in-by-ip". */
  readonly name: string;
  readonly burst: number;
  readonly periodMs: number;
}

export interface GcraResult {
  readonly allowed: boolean;
  /** The theoretical arrival time to keep for the key, in 1/burst ms, so that all arithmetic is on integers. */
  readonly tat: number;
  /** How long until the next one is allowed, in ms; 0 where allowed. */
  readonly retryAfterMs: number;
}

/**
 * The generic cell rate algorithm (ITU-T I.371), virtual scheduling form: one number per key. Over any window of length w it allows
 * at most burst + w / (periodMs / burst). `tat` is what the last call returned, or undefined for a new key. A clock that steps back
 * makes it stricter, never looser.
 */
export function gcra(limit: Limit, tat: number | undefined, nowMs: number): GcraResult {
  const { burst, periodMs } = limit; // in 1/burst ms the interval between two is periodMs
  const now = nowMs * burst;
  const arrival = Math.max(tat ?? now, now);
  const allowedFrom = arrival - (periodMs * burst - periodMs);
  if (now < allowedFrom) return { allowed: false, tat: arrival, retryAfterMs: (allowedFrom - now) / burst };
  return { allowed: true, tat: arrival + periodMs, retryAfterMs: 0 };
}

export interface RateLimiter {
  /** Counts one attempt. Throws `too_many_requests` with `retryAfterSeconds`; then nothing is counted. */
  take(limit: Limit, key: string): void;
  /** Forgets a key: a success clears the failures before it. */
  clear(limit: Limit, key: string): void;
  readonly size: () => number;
}

/** At about 100 bytes a key this bounds the store at some 5 MB. */
const MAX_KEYS = 50_000;

/**
 * Limits in this process's memory. Past `maxKeys` the key that was used longest ago is forgotten: a flood of made-up keys can
 * loosen a limit but never fill the memory. Behind several API processes each counts for itself.
 */
export function createRateLimiter(clock: () => number = Date.now, maxKeys: number = MAX_KEYS): RateLimiter {
  const kept = new Map<string, { tat: number; freeAtMs: number }>(); // in order of last use
  const id = (limit: Limit, key: string): string => `${limit.name}\u0000${key.slice(0, 200)}`;

  function remember(key: string, tat: number, freeAtMs: number, nowMs: number): void {
    kept.delete(key);
    kept.set(key, { tat, freeAtMs });
    for (const [oldest, entry] of kept) {
      if (entry.freeAtMs > nowMs && kept.size <= maxKeys) break;
      kept.delete(oldest);
    }
  }

  return {
    take(limit, key) {
      const nowMs = clock();
      const name = id(limit, key);
      const result = gcra(limit, kept.get(name)?.tat, nowMs);
      if (result.allowed) {
        remember(name, result.tat, result.tat / limit.burst, nowMs);
        return;
      }
      const retryAfterSeconds = Math.max(1, Math.ceil(result.retryAfterMs / 1000));
      throw new DomainError('too_many_requests', `Too many attempts. Try again in ${inWords(retryAfterSeconds)}.`, {
        retryAfterSeconds,
      });
    },
    clear(limit, key) {
      kept.delete(id(limit, key));
    },
    size: () => kept.size,
  };
}

function inWords(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
