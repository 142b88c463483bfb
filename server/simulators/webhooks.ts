import { Agent, request } from 'node:http';
import type { WebhookSwitches } from './switches.ts';

/**
 * Sends a simulator's webhooks: at least once, with growing pauses between attempts until somebody answers 2xx. The switches can
 * duplicate, delay, reorder or withhold them, as the internet does.
 */
export interface Message {
  readonly id: string;
  /** Renders and signs at the time of sending, so that a late retry carries a fresh timestamp. */
  readonly render: () => { readonly body: string; readonly headers: Readonly<Record<string, string>> };
}

export interface WebhookCounters {
  sent: number;
  failed: number;
  pending: number;
  withheld: number;
}

const CONCURRENCY = 8;
const TIMEOUT_MS = 10_000;
const RETRY_DELAYS_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000];
const RETRY_CAP_MS = 30_000;
/** A message held back for reordering leaves after the next one, or after this long. */
const REORDER_HOLD_MS = 2_000;

const chance = (probability: number | boolean): boolean => Number(probability) > 0 && Math.random() < Number(probability);

export class WebhookSender {
  readonly counters: WebhookCounters = { sent: 0, failed: 0, pending: 0, withheld: 0 };
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  private readonly queue: { message: Message; attempt: number }[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private held: Message | undefined;
  private active = 0;
  private closed = false;
  private readonly url: URL | undefined;
  private readonly switches: () => WebhookSwitches;
  private readonly settled: (id: string) => void;

  /** `settled` is told of every message that needs no further sending. Without a URL nothing is sent. */
  constructor(url: string | undefined, switches: () => WebhookSwitches, settled: (id: string) => void) {
    this.url = url === undefined ? undefined : new URL(url);
    this.switches = switches;
    this.settled = settled;
  }

  enqueue(message: Message): void {
    const { off, delay_ms: delayMs, reorder, duplicate } = this.switches();
    if (this.url === undefined || off) {
      this.counters.withheld += 1;
      this.settled(message.id);
      return;
    }
    const copies = chance(duplicate) ? 2 : 1;
    this.counters.pending += copies;
    if (this.held === undefined && chance(reorder)) {
      this.held = message;
      if (copies === 2) this.push(message, 0);
      this.after(REORDER_HOLD_MS, () => this.release(message));
      return;
    }
    for (let copy = 0; copy < copies; copy++) {
      if (delayMs > 0) this.after(delayMs, () => this.push(message, 0));
      else this.push(message, 0);
    }
    if (this.held !== undefined) this.release(this.held);
  }

  close(): void {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.agent.destroy();
  }

  private release(message: Message): void {
    if (this.held !== message) return;
    this.held = undefined;
    this.push(message, 0);
  }

  private after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      run();
    }, ms);
    this.timers.add(timer);
  }

  private push(message: Message, attempt: number): void {
    this.queue.push({ message, attempt });
    this.pump();
  }

  private pump(): void {
    while (!this.closed && this.active < CONCURRENCY) {
      const next = this.queue.shift();
      if (next === undefined) return;
      this.active += 1;
      void this.send(next.message).then((accepted) => {
        this.active -= 1;
        this.finish(next.message, next.attempt, accepted);
        this.pump();
      });
    }
  }

  private finish(message: Message, attempt: number, accepted: boolean): void {
    if (this.closed) return;
    if (accepted) {
      this.counters.sent += 1;
      this.counters.pending -= 1;
      this.settled(message.id);
      return;
    }
    this.counters.failed += 1;
    this.after(RETRY_DELAYS_MS[attempt] ?? RETRY_CAP_MS, () => this.push(message, attempt + 1));
  }

  private send(message: Message): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.url === undefined) return resolve(true);
      const { body, headers } = message.render();
      const length = Buffer.byteLength(body);
      const call = request(
        this.url,
        {
          method: 'POST',
          agent: this.agent,
          timeout: TIMEOUT_MS,
          headers: { ...headers, 'content-type': 'application/json; charset=utf-8', 'content-length': length },
        },
        (response) => {
          response.resume();
          const status = response.statusCode ?? 0;
          response.on('close', () => resolve(status >= 200 && status < 300));
        },
      );
      call.on('timeout', () => call.destroy());
      call.on('error', () => resolve(false));
      call.end(body);
    });
  }
}
