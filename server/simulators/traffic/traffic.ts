import { statfs } from 'node:fs/promises';
import pg from 'pg';
import { z } from 'zod';
import { json, type Listener, listen, type SimReply, type SimRequest } from '../http.ts';
import { cancelOne, refundOne, restock, ship } from './attend.ts';
import { buy, type Ending, type Visit } from './buy.ts';
import { openMemory, ordersLastHour, type StopReason, stopReason } from './limits.ts';
import type { Random } from './people.ts';
import { type BackOffice, Refused, type ShopClient } from './shop-client.ts';

/**
 * The demo's customers: one order every few seconds through the real shop, with some trouble, and somebody who ships it. Paused and paced
 * on a small control listener; bounded by the hour, by the disk and by the database.
 */
export interface TrafficOptions {
  readonly shop: ShopClient;
  readonly offices: ReadonlyMap<string, BackOffice>;
  readonly pspUrl: string;
  readonly publishableKey: string;
  readonly port: number;
  readonly host?: string;
  /** Where it remembers, and whose disk it minds. */
  readonly dir?: string | undefined;
  /** Whose size it minds. */
  readonly databaseUrl?: string | undefined;
  readonly random?: Random;
  readonly say?: (line: string) => void;
}

export interface Traffic {
  readonly url: string;
  close(): Promise<void>;
}

/** More at once would only queue up: the next customer comes when one has left. */
const MOST_AT_ONCE = 6;
const TICK_MS = 1_000;
const ATTEND_MS = 10_000;
const MEASURE_MS = 30_000;
const RESTOCK_MS = 60_000;
const SCARCE = 5;
/** Per round of attending, about once in so many. */
const CANCEL_EVERY = 12;
const REFUND_EVERY = 15;

const settings = z.strictObject({ paused: z.boolean().optional(), every_seconds: z.number().min(1).max(3_600).optional() });

export async function startTraffic(options: TrafficOptions): Promise<Traffic> {
  const { shop, offices, random = Math.random, say = () => {} } = options;
  const { memory, save } = openMemory(options.dir);
  const endings: Record<Ending, number> = { paid: 0, declined: 0, abandoned: 0, nothing: 0 };
  const measured: { freeBytes: number | null; databaseBytes: number | null } = { freeBytes: null, databaseBytes: null };
  let visiting = 0;
  let nextAt = Date.now() + TICK_MS;
  let closed = false;

  const stopped = (): StopReason | null => stopReason({ ...measured, lastHour: ordersLastHour(memory, Date.now()) });

  /** Nothing here may end the process: the shop may be restarting, or busy. */
  const quietly = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (error instanceof Refused && error.status < 500) say(`${what}: ${error.message.slice(0, 300)}`);
      else if (!closed) say(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  async function visit(): Promise<void> {
    visiting++;
    memory.placed.push(Date.now());
    memory.total++;
    const who: Visit = {
      shop,
      pspUrl: options.pspUrl,
      publishableKey: options.publishableKey,
      random,
      scarce: memory.scarce ?? [],
    };
    await quietly('visit', async () => {
      endings[await buy(who)]++;
    });
    visiting--;
    save();
  }

  async function look(): Promise<void> {
    if (memory.scarce !== null) return;
    const { products } = await shop.front();
    memory.scarce = products.filter((product) => product.available <= SCARCE).map((product) => product.handle);
    save();
  }

  async function measure(): Promise<void> {
    if (options.dir !== undefined) {
      const { bavail, bsize } = await statfs(options.dir);
      measured.freeBytes = bavail * bsize;
    }
    if (options.databaseUrl !== undefined) measured.databaseBytes = await databaseSize(options.databaseUrl);
  }

  async function attend(): Promise<void> {
    if (memory.paused) return;
    for (const office of offices.values()) {
      await quietly('ship', () => ship(office, 8));
      if (random() < 1 / CANCEL_EVERY) await quietly('cancel', () => cancelOne(office, random));
      if (random() < 1 / REFUND_EVERY) await quietly('refund', () => refundOne(office, random));
    }
  }

  function tick(): void {
    const now = Date.now();
    if (memory.paused || memory.scarce === null || now < nextAt || visiting >= MOST_AT_ONCE || stopped() !== null) return;
    // Evenly spread on average, not like a clock: 0.5 to 1.5 times the pace.
    nextAt = now + memory.everySeconds * 1_000 * (0.5 + random());
    void visit();
  }

  const state = () => ({
    paused: memory.paused,
    every_seconds: memory.everySeconds,
    orders_last_hour: ordersLastHour(memory, Date.now()),
    orders_total: memory.total,
    stopped: stopped(),
    endings,
  });

  function control(request: SimRequest): SimReply {
    if (request.path !== '/_sim/traffic') return json(404, { error: 'Ask for /_sim/traffic.' });
    if (request.method === 'GET') return json(200, state());
    if (!request.headers['content-type']?.startsWith('application/json')) return json(415, { error: 'Send application/json.' });
    const parsed = settings.safeParse(JSON.parse(request.body || '{}'));
    if (!parsed.success) return json(400, { error: z.prettifyError(parsed.error) });
    if (parsed.data.paused !== undefined) memory.paused = parsed.data.paused;
    if (parsed.data.every_seconds !== undefined) memory.everySeconds = parsed.data.every_seconds;
    nextAt = Math.min(nextAt, Date.now() + memory.everySeconds * 1_000);
    save();
    return json(200, state());
  }

  const listener: Listener = await listen(control, options.port, options.host);
  /** One run at a time: what takes longer than its interval delays the next. */
  const every = (ms: number, what: string, work: () => Promise<void>): NodeJS.Timeout => {
    let busy = false;
    const run = async () => {
      if (busy || closed) return;
      busy = true;
      await quietly(what, work);
      busy = false;
    };
    void run();
    return setInterval(() => void run(), ms);
  };
  const timers = [
    setInterval(tick, TICK_MS),
    every(TICK_MS * 5, 'look', look),
    every(MEASURE_MS, 'measure', measure),
    every(ATTEND_MS, 'attend', attend),
    every(RESTOCK_MS, 'restock', async () => {
      if (!memory.paused && memory.scarce !== null) await restock(offices, shop, memory.scarce);
    }),
  ];
  return {
    url: listener.url,
    async close() {
      closed = true;
      for (const timer of timers) clearInterval(timer);
      await listener.close();
      save();
    },
  };
}

async function databaseSize(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ size: string }>('SELECT pg_database_size(current_database())::text AS size');
    return Number(rows[0]?.size);
  } finally {
    await client.end();
  }
}
