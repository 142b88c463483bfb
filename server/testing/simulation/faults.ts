import { DomainError } from '../../kernel/errors.ts';
import type { Random } from './random.ts';

/** What may go wrong, and how often at the place where it may: once in so many times, in a seed that has it at all. */
const ODDS = {
  /** The database cannot be reached when a transaction wants to begin. */
  connect_refused: 60,
  /** The connection breaks before a statement; the database rolls back. */
  connection_lost: 350,
  /** It breaks before COMMIT arrives, or after, when nobody hears that it happened. */
  commit_lost: 40,
  commit_unheard: 40,
  /** The database chose this transaction as a deadlock's victim, or the wait for a lock took too long. */
  deadlock: 500,
  lock_timeout: 500,
  /** The process dies before the step or behind it. */
  killed_before: 700,
  killed_after: 700,
  /** The process does not run for a while: its machine is stopped, or busy. */
  paused: 400,
  /** The same just before it calls somebody outside or hears the answer, long enough for somebody else to take over. */
  paused_at_call: 16,
  /** A request to the outside world: refused at the door, lost on the way, done but not heard of, answered with an error, late. */
  call_unreachable: 12,
  call_lost: 12,
  call_unheard: 12,
  call_error: 12,
  call_slow: 10,
  /** The provider says no, definitely, to a capture or a refund; the carrier to a label. */
  call_refused: 25,
  webhook_lost: 3,
  webhook_twice: 3,
  /** A job: gone with its queue, or run by two workers. */
  job_lost: 12,
  job_twice: 12,
  /** A client that sends its request twice at once, or gives up waiting and sends it again. */
  request_twice: 6,
  request_again: 10,
} as const;

export type FaultKind = keyof typeof ODDS;
export const FAULT_KINDS = Object.keys(ODDS) as FaultKind[];

/** A seed with every fault would only ever see crowds of them; each has some of them (swarm testing, Groce et al. 2012). */
const SHARE_OF_KINDS = 0.5;
const SHARE_OF_CALM_SEEDS = 0.1;

/** A fault that is wanted in every seed strikes once in so many times. */
const OFTEN = 6;

/** An error of the simulation's own making: whoever meets it did nothing wrong. */
export class InjectedFault extends Error {
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

export class Faults {
  readonly counts = new Map<FaultKind, number>();
  /** Told of each that strikes. */
  struck: (kind: FaultKind) => void = () => {};
  private readonly enabled: ReadonlySet<FaultKind>;
  private readonly often: ReadonlySet<FaultKind>;
  private readonly random: Random;
  private off = true;

  /** `often` names faults that are wanted in every seed, and every other time. */
  constructor(random: Random, often: readonly FaultKind[] = []) {
    this.random = random;
    this.often = new Set(often);
    const calm = random.chance(SHARE_OF_CALM_SEEDS);
    this.enabled = new Set([...FAULT_KINDS.filter(() => random.chance(SHARE_OF_KINDS) && !calm), ...often]);
  }

  begin(): void {
    this.off = false;
  }

  /** From here on nothing goes wrong any more. */
  end(): void {
    this.off = true;
  }

  /** Whether it goes wrong here and now. */
  strikes(kind: FaultKind): boolean {
    if (this.off || !this.enabled.has(kind)) return false;
    if (!this.random.chance(this.often.has(kind) ? 1 / OFTEN : 1 / ODDS[kind])) return false;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    this.struck(kind);
    return true;
  }
}

/** An injected fault, or the refusal that the product makes of one. */
export function isExpected(error: unknown): boolean {
  if (error instanceof InjectedFault) return true;
  return error instanceof DomainError && (error.code === 'unavailable' || error.code === 'overloaded');
}

/** An error with where it came from, on few lines. */
export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 6).join('\n') : String(error);
}
