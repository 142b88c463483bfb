/** Time that moves only when the simulation says so, and the timers that wait for it. */
export interface Timer {
  readonly at: number;
  readonly label: string;
  readonly fire: () => void;
  cancelled: boolean;
}

export class VirtualTime {
  /** Milliseconds since 1970. The same for every seed, whatever the day. */
  now: number = Date.UTC(2026, 10, 22, 12);
  readonly began: number = this.now;
  private readonly timers: Timer[] = [];

  after(ms: number, label: string, fire: () => void): Timer {
    const timer: Timer = { at: this.now + Math.max(0, Math.round(ms)), label, fire, cancelled: false };
    // Sorted by time, and among equals in the order in which they were set.
    let index = this.timers.length;
    while (index > 0 && (this.timers[index - 1] as Timer).at > timer.at) index--;
    this.timers.splice(index, 0, timer);
    return timer;
  }

  /** Takes the next timer that is due by `until`. */
  due(until: number): Timer | undefined {
    for (;;) {
      const first = this.timers[0];
      if (!first || (first.at > until && !first.cancelled)) return undefined;
      this.timers.shift();
      if (!first.cancelled) return first;
    }
  }

  /** When the next timer fires; undefined where none waits. */
  next(): number | undefined {
    while (this.timers[0]?.cancelled) this.timers.shift();
    return this.timers[0]?.at;
  }
}

/** What the product takes from the global scope to know the time, to wait and to draw lots. */
export interface Globals {
  readonly time: VirtualTime;
  /** Runs as soon as it is chosen. */
  soon(label: string, run: () => void): void;
  random(): number;
}

/** The real ones, for whoever drives the simulation. */
export const real = { setImmediate: globalThis.setImmediate, now: performance.now.bind(performance) };

/** Puts virtual time in the place of the clock, timers and lots until the returned function is called. */
export function install({ time, soon, random }: Globals): () => void {
  const kept = {
    Date: globalThis.Date,
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setImmediate: globalThis.setImmediate,
    random: Math.random,
    timeout: AbortSignal.timeout,
  };
  class VirtualDate extends kept.Date {
    constructor(...args: [] | [number | string | Date]) {
      if (args.length === 0) super(time.now);
      else super(...(args as [number]));
    }
    static override now(): number {
      return time.now;
    }
  }
  const later = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): Timer =>
    time.after(ms, 'timer', () => run(...args));
  const cancel = (timer?: Timer): void => {
    if (timer) timer.cancelled = true;
  };
  Object.assign(globalThis, {
    Date: VirtualDate,
    setTimeout: later,
    clearTimeout: cancel,
    setImmediate: (run: (...args: unknown[]) => void, ...args: unknown[]) => soon('immediate', () => run(...args)),
  });
  Math.random = random;
  AbortSignal.timeout = (ms) => {
    const controller = new AbortController();
    time.after(ms, 'time limit', () => controller.abort(new DOMException('It took too long.', 'TimeoutError')));
    return controller.signal;
  };
  return () => {
    const { random: realRandom, timeout, ...globals } = kept;
    Object.assign(globalThis, globals);
    Math.random = realRandom;
    AbortSignal.timeout = timeout;
  };
}
