import pg from 'pg';
import type { Log } from './log.ts';
import { EVENT_COLUMNS, type StoredEvent } from './stored-events.ts';

/** The channel that the outbox notifies, once per batch and without content. */
export const EVENTS_CHANNEL = 'waybill_events';

/** An event and its place in commit-safe order. */
export interface LiveEvent extends StoredEvent {
  /** "<xid>.<id>": what a browser sends back as Last-Event-ID. */
  readonly cursor: string;
}

export type LiveListener = (events: readonly LiveEvent[]) => void;

export interface LiveHub {
  /** Reads from "now" on; resolves when the first position is known. */
  start(): Promise<void>;
  /** Calls back with every batch of new events, in order, after their transaction is visible to everybody. */
  subscribe(listener: LiveListener): () => void;
  /** The events after `cursor` as far as this process remembers them, or undefined when it does not know that position. */
  since(cursor: string): readonly LiveEvent[] | undefined;
  /** The events that this process heard after a moment (`performance.now()`), or undefined where its memory begins later. */
  heardAfter(ms: number): readonly LiveEvent[] | undefined;
  /** Where the newest event that was handed out stands; undefined before the first. */
  cursor(): string | undefined;
  /**
   * Calls `look` now and after every event of the object, until it returns something or `timeoutMs` has passed.
   * Resolves with what `look` found, or undefined.
   */
  waitFor<T>(aggregateId: string, look: () => Promise<T | undefined>, timeoutMs: number): Promise<T | undefined>;
  stop(): Promise<void>;
}

export interface LiveHubOptions {
  readonly pool: pg.Pool;
  readonly connectionString: string;
  readonly log: Log;
  /** Without a notification (a lost connection, a pooler that swallows them) events arrive this late at most. */
  readonly pollMs?: number;
}

const POLL_MS = 1_000;
/** While an older transaction still runs, newer events are held back; look again this soon, then less and less often. */
const HELD_BACK_MS = 20;
const BATCH = 500;
/** How many past events a reconnecting browser can catch up on without reloading. */
const REMEMBERED = 2_000;
const NO_ID = '00000000-0000-0000-0000-000000000000';

// A transaction that is still running may commit an event with a smaller xid later. So an event is read only once every
// transaction up to its own has ended: below xmin nothing can appear any more, and nothing is skipped.
const READ_NEW = {
  name: 'live-read-new',
  text: `SELECT ${EVENT_COLUMNS}, xid::text AS xid FROM events
         WHERE (xid, id) > ($1::xid8, $2::uuid) AND xid < pg_snapshot_xmin(pg_current_snapshot())
         ORDER BY events.xid, events.id LIMIT ${BATCH}`,
};
const ANY_HELD_BACK = {
  name: 'live-held-back',
  text: 'SELECT EXISTS (SELECT FROM events WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())) AS "heldBack"',
};

/** One per process: reads new events once and hands them to every subscriber. */
export function createLiveHub({ pool, connectionString, log, pollMs = POLL_MS }: LiveHubOptions): LiveHub {
  const listeners = new Set<LiveListener>();
  const watchers = new Map<string, Set<() => void>>();
  let remembered: { readonly event: LiveEvent; readonly heardAt: number }[] = [];
  /** Nothing that happened after this is missing in what is remembered. */
  let remembersFrom = Number.POSITIVE_INFINITY;
  let position = { xid: '0', id: NO_ID };
  let stopped = false;
  let reading: Promise<void> | undefined;
  let readAgain = false;
  let heldBackMs = HELD_BACK_MS;
  let timer: NodeJS.Timeout | undefined;
  let listener: Listener | undefined;

  async function readNew(): Promise<void> {
    let wait = pollMs;
    try {
      for (;;) {
        const { rows } = await pool.query<StoredEvent & { xid: string }>({ ...READ_NEW, values: [position.xid, position.id] });
        const last = rows.at(-1);
        if (last) {
          position = { xid: last.xid, id: last.id };
          hand(rows.map(({ xid, ...event }) => ({ ...event, cursor: `${xid}.${event.id}` })));
        }
        if (rows.length < BATCH) break;
      }
      const { rows } = await pool.query<{ heldBack: boolean }>(ANY_HELD_BACK);
      if (rows[0]?.heldBack) wait = Math.min(heldBackMs, pollMs);
      heldBackMs = rows[0]?.heldBack ? heldBackMs * 2 : HELD_BACK_MS;
    } catch (error) {
      if (!stopped) log.warn({ err: error }, 'live events could not be read; trying again');
    }
    if (!stopped) timer = setTimeout(wake, wait);
  }

  function hand(events: readonly LiveEvent[]): void {
    const heardAt = performance.now();
    const all = [...remembered, ...events.map((event) => ({ event, heardAt }))];
    remembered = all.slice(-REMEMBERED);
    remembersFrom = all[all.length - REMEMBERED - 1]?.heardAt ?? remembersFrom;
    for (const { aggregateId } of events) for (const changed of watchers.get(aggregateId) ?? []) changed();
    for (const tell of listeners) {
      try {
        tell(events);
      } catch (error) {
        log.error({ err: error }, 'a live listener failed');
      }
    }
  }

  function wake(): void {
    if (stopped) return;
    if (reading) {
      readAgain = true;
      return;
    }
    clearTimeout(timer);
    reading = readNew().finally(() => {
      reading = undefined;
      if (readAgain) {
        readAgain = false;
        wake();
      }
    });
  }

  return {
    async start() {
      const { rows } = await pool.query<{ xmin: string }>('SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin');
      position = { xid: rows[0]?.xmin ?? '0', id: NO_ID };
      remembersFrom = performance.now();
      listener = keepListening(connectionString, log, wake);
      wake();
    },
    subscribe(tell) {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    since(cursor) {
      const index = remembered.findLastIndex(({ event }) => event.cursor === cursor);
      return index < 0 ? undefined : remembered.slice(index + 1).map(({ event }) => event);
    },
    heardAfter(ms) {
      if (ms < remembersFrom) return undefined;
      return remembered.filter(({ heardAt }) => heardAt > ms).map(({ event }) => event);
    },
    cursor: () => remembered.at(-1)?.event.cursor,
    waitFor: (aggregateId, look, timeoutMs) => waitFor(watchers, aggregateId, look, timeoutMs),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await listener?.stop();
      await reading;
    },
  };
}

/** `watchers` are kept by object: hundreds of checkouts may wait at once, and each event wakes its own only. */
async function waitFor<T>(
  watchers: Map<string, Set<() => void>>,
  aggregateId: string,
  look: () => Promise<T | undefined>,
  timeoutMs: number,
): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs;
  let changed = false;
  let wakeUp: () => void = () => {};
  const tell = (): void => {
    changed = true;
    wakeUp();
  };
  const mine = watchers.get(aggregateId) ?? new Set();
  watchers.set(aggregateId, mine.add(tell)); // before the first look, so that nothing falls between
  try {
    for (;;) {
      changed = false;
      const found = await look();
      const left = deadline - performance.now();
      if (found !== undefined || left <= 0) return found;
      if (changed) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    mine.delete(tell);
    if (mine.size === 0) watchers.delete(aggregateId);
  }
}

interface Listener {
  stop(): Promise<void>;
}

/** Keeps one connection on LISTEN and makes a new one when it breaks. Calls `wake` on each notification and each reconnect. */
export function keepListening(connectionString: string, log: Log, wake: () => void): Listener {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let failures = 0;

  async function connect(): Promise<void> {
    const mine = new pg.Client({ connectionString, application_name: 'waybill-live', keepAlive: true });
    client = mine;
    mine.on('notification', wake);
    const again = (error?: Error): void => {
      if (stopped || client !== mine) return;
      client = undefined;
      if (failures++ === 0) log.warn({ err: error }, 'the live connection broke; polling until it is back');
      timer = setTimeout(() => void connect(), Math.min(10_000, 100 * 2 ** failures));
      mine.end().catch(() => {});
    };
    mine.on('error', again);
    mine.on('end', () => again());
    try {
      await mine.connect();
      await mine.query(`LISTEN ${EVENTS_CHANNEL}`);
      failures = 0;
      wake();
    } catch (error) {
      again(error instanceof Error ? error : undefined);
    }
  }

  void connect();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
