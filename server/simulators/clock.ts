/** A simulator's own time, which tests may move: authorizations expire and parcels travel by it. */
export class SimClock {
  offsetMs = 0;

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.offsetMs;
  }

  /** Unix seconds. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }
}
