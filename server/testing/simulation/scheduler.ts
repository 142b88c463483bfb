import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import { real, VirtualTime } from './virtual-time.ts';

/** Something that can die or stand still, with everything that it was about to do: a process of the house. */
export interface Owner {
  readonly name: string;
  alive: boolean;
  pausedUntil: number;
  /** Called when it dies, before anything else goes on. */
  buried(): Promise<void>;
  /** Whether it may be stopped now: not while it holds what everybody needs. */
  mayPause(): boolean;
}

/** A thing that is about to happen, and whether it can happen now. */
export interface Point<T> {
  readonly owner: Owner | null;
  readonly label: string;
  /** Whether it is a call of somebody outside, or the answer. */
  readonly isCall?: boolean;
  readonly may?: () => boolean;
  readonly work: () => T | Promise<T>;
}

interface Waiting {
  readonly point: Point<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What a seed found: something that must never be. */
export class Violation extends Error {}

/** A step of the simulation takes this long at most; the database is fast. */
const STEP_MS = 3;
const PAUSE_MS = { from: 1_000, to: 40_000 };
/** Longer than the lease of a call and the sweep that finds it over (platform/saga.ts, jobs/tasks/sweep-sagas.ts). */
const LONG_PAUSE_MS = { from: 20_000, to: 32_000 };
/** A seed that takes more steps than this will never end. */
const MAX_STEPS = 60_000;

/**
 * Chooses what happens next. Whatever leaves the process (a statement, a COMMIT, a call, a timer) waits here until it is chosen, happens
 * alone, and everything that follows from it runs until it waits again. So the order of a seed follows from its lots and nothing else.
 */
export class Scheduler {
  readonly time = new VirtualTime();
  readonly trace: string[] = [];
  steps = 0;
  private readonly waiting: Waiting[] = [];
  private violation: Violation | null = null;
  private readonly random: Random;
  private readonly faults: Faults;

  constructor(random: Random, faults: Faults) {
    this.random = random;
    this.faults = faults;
  }

  /** Waits to be chosen, then happens. Never settles where its owner dies first. */
  perform<T>(point: Point<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({ point, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  soon(label: string, run: () => void): void {
    void this.perform({ owner: null, label, work: run });
  }

  /** Virtual time passes. Whoever sleeps belongs to nobody. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.time.after(ms, 'wakes up', resolve));
  }

  /** What must never be was seen. The seed ends with the first, whatever becomes of whoever met it. */
  found(what: string): void {
    this.violation ??= new Violation(what);
  }

  say(text: string): void {
    this.trace.push(
      `${String(this.steps).padStart(5)} ${((this.time.now - this.time.began) / 1_000).toFixed(3).padStart(9)}s  ${text}`,
    );
  }

  /** Runs until `main` has settled, and answers as it does. */
  async run<T>(main: () => Promise<T>): Promise<T> {
    let settled = false;
    const ending = main().finally(() => {
      settled = true;
    });
    ending.catch(() => {});
    await everythingThatFollows();
    while (!settled && !this.violation) {
      await this.step();
      await everythingThatFollows();
    }
    if (this.violation) throw this.violation;
    return ending;
  }

  private async step(): Promise<void> {
    const due = this.time.due(this.time.now);
    if (due) return due.fire();
    const ready = this.waiting.filter(({ point }) => this.isReady(point));
    if (ready.length === 0) return this.waitForTime();
    this.steps += 1;
    if (this.steps > MAX_STEPS) throw new Violation(`No end after ${MAX_STEPS} steps`);
    const chosen = this.random.pick(ready);
    const { owner, label, isCall } = chosen.point;
    if (owner?.mayPause() && isCall && this.faults.strikes('paused_at_call')) return this.pause(owner, LONG_PAUSE_MS);
    if (owner?.mayPause() && this.faults.strikes('paused')) return this.pause(owner, PAUSE_MS);
    this.waiting.splice(this.waiting.indexOf(chosen), 1);
    if (owner && this.faults.strikes('killed_before')) return this.kill(owner, `before ${label}`);
    this.say(owner ? `${owner.name}: ${label}` : label);
    const outcome = await happen(chosen.point);
    this.time.now += this.random.between(0, STEP_MS);
    if (owner?.alive && this.faults.strikes('killed_after')) return this.kill(owner, `after ${label}`);
    if (outcome.ok) chosen.resolve(outcome.value);
    else chosen.reject(outcome.error);
  }

  private isReady({ owner, may }: Point<unknown>): boolean {
    return (owner === null || (owner.alive && owner.pausedUntil <= this.time.now)) && (may?.() ?? true);
  }

  private waitForTime(): void {
    const next = this.time.next();
    if (next === undefined) throw new Violation(`Nothing can go on: ${this.waiting.map(({ point }) => point.label).join(', ')}`);
    this.time.now = Math.max(this.time.now, next);
  }

  private pause(owner: Owner, { from, to }: { readonly from: number; readonly to: number }): void {
    const ms = this.random.between(from, to);
    this.say(`${owner.name} stands still for ${ms} ms`);
    owner.pausedUntil = this.time.now + ms;
    this.time.after(ms, 'goes on', () => {});
  }

  /** Ends a process at once, as kill -9 does. */
  async kill(owner: Owner, when: string): Promise<void> {
    this.say(`${owner.name} dies ${when}`);
    owner.alive = false;
    const left = this.waiting.filter(({ point }) => point.owner !== owner);
    this.waiting.splice(0, this.waiting.length, ...left);
    await owner.buried();
  }
}

async function happen(point: Point<unknown>): Promise<{ ok: true; value: unknown } | { ok: false; error: unknown }> {
  try {
    return { ok: true, value: await point.work() };
  } catch (error) {
    return { ok: false, error };
  }
}

/** Promises that are settled have been answered by everybody who waited for them: what is left waits for the scheduler. */
function everythingThatFollows(): Promise<void> {
  return new Promise((resolve) => real.setImmediate(resolve));
}
