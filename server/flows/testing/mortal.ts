import type pg from 'pg';
import { createFlows, type Flows } from '../flows.ts';
import type { Outside } from '../outside.ts';

/**
 * A worker that dies where a test says, as a killed process does: from that moment it does nothing any more, its open transaction is
 * lost with its connection, and what it had sent is on its way. Boundaries are counted: the n-th COMMIT and the n-th remote call.
 */
export interface Death {
  readonly of: 'commit' | 'call';
  readonly nth: number;
  /** Just before it happens, or when it has happened and nobody hears of it. */
  readonly when: 'before' | 'after';
}

export interface Mortal {
  readonly flows: Flows;
  /** Resolves when it is dead. */
  readonly died: Promise<void>;
  /** What it did while it lived. */
  readonly counts: { commit: number; call: number };
}

const never = new Promise<never>(() => {});

/** What a worker that may die is made of: its connections and whoever it calls. */
export interface Mortality extends Omit<Mortal, 'flows'> {
  readonly pool: pg.Pool;
  readonly mortal: <T extends object>(provider: T) => T;
}

export function mortality(livingPool: pg.Pool, death: Death | null): Mortality {
  const counts = { commit: 0, call: 0 };
  let dead = false;
  let die: () => void = () => {};
  const died = new Promise<void>((resolve) => {
    die = () => {
      dead = true;
      resolve();
    };
  });

  async function pass<T>(of: Death['of'], work: () => Promise<T>, leave: () => void): Promise<T> {
    if (dead) return never;
    counts[of] += 1;
    const here = death?.of === of && death.nth === counts[of];
    if (here && death.when === 'before') {
      leave();
      die();
      return never;
    }
    const result = await work();
    if (dead) return never;
    if (!here) return result;
    leave();
    die();
    return never;
  }

  const pool = {
    connect: async () => {
      if (dead) return never;
      const client = await livingPool.connect();
      return new Proxy(client, {
        get(target, property) {
          if (property !== 'query') {
            const value = Reflect.get(target, property);
            return typeof value === 'function' ? value.bind(target) : value;
          }
          return (...args: [string]) =>
            args[0] === 'COMMIT'
              ? pass(
                  'commit',
                  () => target.query(...args),
                  () => target.release(new Error('The process died')),
                )
              : target.query(...args);
        },
      });
    },
    query: (...args: [string]) => (dead ? never : livingPool.query(...args)),
  } as unknown as pg.Pool;

  const mortal = <T extends object>(provider: T): T =>
    new Proxy(provider, {
      get(target, property) {
        const value = Reflect.get(target, property);
        if (typeof value !== 'function') return value;
        if (!REMOTE.has(String(property))) return value.bind(target);
        return (...args: unknown[]) => pass('call', () => value.apply(target, args), ignore);
      },
    });
  return { pool, mortal, died, counts };
}

export interface MortalDeps {
  readonly pool: pg.Pool;
  readonly outside: Outside;
  readonly clock: () => Date;
}

export function createMortal(deps: MortalDeps, death: Death | null): Mortal {
  const { pool, mortal, died, counts } = mortality(deps.pool, death);
  const outside: Outside = {
    payments: new Map([...deps.outside.payments].map(([name, provider]) => [name, mortal(provider)])),
    carriers: new Map([...deps.outside.carriers].map(([name, provider]) => [name, mortal(provider)])),
    partners: new Map([...(deps.outside.partners ?? [])].map(([name, partner]) => [name, mortal(partner)])),
  };
  return { flows: createFlows({ pool, home: 'EU', outside, clock: deps.clock }), died, counts };
}

/**
 * Deaths at every boundary that was passed. Just before one stands what stood just after the one before: where time is short, a death before
 * the first and one after each leave everything behind that can be left.
 */
function deathsAt(counts: Mortal['counts']): Death[] {
  const all = (['commit', 'call'] as const).flatMap((of) =>
    Array.from({ length: counts[of] }, (_, index) => index + 1).flatMap((nth) =>
      (['before', 'after'] as const).map((when) => ({ of, nth, when })),
    ),
  );
  return DEEP ? all : all.filter(({ of, nth, when }) => when === 'after' || (of === 'commit' && nth === 1));
}
const DEEP = process.env.WAYBILL_DEEP === '1';

export interface Story<T> {
  /** What there is before the work begins. */
  readonly begin: () => Promise<T>;
  readonly work: (flows: Flows, begun: T) => Promise<unknown>;
  /** Others take over, end what was begun, and look at how it ended. */
  readonly end: (begun: T, died: string) => Promise<void>;
}

/** Plays a story with a worker that dies nowhere, then once for each boundary with one that dies there. Returns how many died. */
export async function dieEverywhere<T>(deps: MortalDeps, { begin, work, end }: Story<T>): Promise<number> {
  const first = await begin();
  const living = createMortal(deps, null);
  await work(living.flows, first);
  await end(first, 'nobody died');
  const deaths = deathsAt(living.counts);
  for (const death of deaths) {
    const begun = await begin();
    const dying = createMortal(deps, death);
    const lived = work(dying.flows, begun).then(() => true);
    const died = `died ${death.when} ${death.of} ${death.nth}`;
    if (await Promise.race([dying.died, lived])) throw new Error(`It ended and had not ${died}`);
    await end(begun, died);
  }
  return deaths.length;
}

const REMOTE = new Set([
  'authorize',
  'increment',
  'capture',
  'void',
  'refund',
  'query',
  'createLabel',
  'voidLabel',
  'createManifest',
  'queryManifest',
  'fileClaim',
  'queryClaim',
  'request',
  'cancel',
  'sendStock',
  'disputes',
  'answerDispute',
]);
const ignore = (): void => {};
