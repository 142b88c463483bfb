import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Owner, Scheduler } from './scheduler.ts';

/** No usable answer to what was sent, or certainly nothing sent: the words that both kinds of provider share. */
export type Lost = { readonly kind: 'unknown' | 'unreachable'; readonly reason: string };

/** The way from a process to somebody outside and back, with everything that happens on such ways. */
export interface Line {
  call<T>(owner: Owner, what: string, effect: () => T, signal: AbortSignal | undefined): Promise<T | Lost>;
}

const WAY_MS = { from: 1, to: 60 };
/** Longer than this nothing is under way: the process that sent it gives up after ten seconds, and so does everything in between. */
const SLOW_WAY_MS = { from: 500, to: 9_000 };

const unknown = (reason: string): Lost => ({ kind: 'unknown', reason });
const unreachable = (reason: string): Lost => ({ kind: 'unreachable', reason });

export function createLine(scheduler: Scheduler, faults: Faults, random: Random): Line {
  const way = (): number => {
    const { from, to } = faults.strikes('call_slow') ? SLOW_WAY_MS : WAY_MS;
    return random.between(from, to);
  };

  /** What was sent arrives, is done and is answered, unless it is not; what was done stays done whoever died meanwhile. */
  function travel<T>(what: string, effect: () => T, signal: AbortSignal | undefined): Promise<T | Lost> {
    return new Promise((resolve) => {
      const answer = (value: T | Lost): void => {
        scheduler.time.after(way(), `answer to ${what}`, () => resolve(value));
      };
      signal?.addEventListener('abort', () => resolve(unknown('aborted')), { once: true });
      if (faults.strikes('call_lost')) {
        scheduler.say(`${what} is lost on its way`);
        if (random.chance(0.5)) answer(unknown('connection reset'));
        return;
      }
      scheduler.time.after(way(), what, () => {
        if (faults.strikes('call_error')) return answer(unknown('the provider answered 500'));
        const value = effect();
        scheduler.say(`outside: ${what}: ${kindOf(value)}`);
        if (!faults.strikes('call_unheard')) answer(value);
        else if (random.chance(0.5)) answer(unknown('connection reset'));
      });
    });
  }

  return {
    async call(owner, what, effect, signal) {
      const send = (): { readonly answer: Promise<Awaited<ReturnType<typeof effect>> | Lost> } | Lost => {
        // As the adapters do: what was given up before it was sent is not sent.
        if (signal?.aborted) return unreachable('given up before it was sent');
        if (faults.strikes('call_unreachable')) return unreachable('turned away at the door');
        return { answer: travel(what, effect as () => Awaited<ReturnType<typeof effect>>, signal) };
      };
      const sent = await scheduler.perform({ owner, label: `calls ${what}`, isCall: true, work: send });
      if ('kind' in sent) return sent;
      const value = await sent.answer;
      return scheduler.perform({ owner, label: `hears of ${what}: ${kindOf(value)}`, isCall: true, work: () => value });
    },
  };
}

const kindOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'kind' in value ? String(value.kind) : 'done';
