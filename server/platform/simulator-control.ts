import { z } from 'zod';
import { DomainError, type ErrorCode } from '../kernel/errors.ts';

/** The demo's stand-ins for the outside world, as they are steered: over HTTP, on a listener that stays up while they are "down". */
export const SIMULATORS = ['psp', 'adyen', 'carrier', 'bank', 'third_party', 'drop_shipper', 'marketplace', 'mail'] as const;
export type SimulatorName = (typeof SIMULATORS)[number];

const rule = z.object({
  probability: z.number(),
  next: z.number().nullable(),
  on: z.union([z.string(), z.array(z.string())]).nullable(),
  order_id: z.string().nullable(),
  operation_id: z.string().nullable(),
  value: z.union([z.string(), z.number()]).nullable(),
});
const webhooks = z.object({
  duplicate: z.number().or(z.boolean()),
  delay_ms: z.number(),
  reorder: z.number().or(z.boolean()),
  off: z.boolean(),
});
const logEntry = z.object({
  seq: z.number(),
  at: z.number(),
  kind: z.string(),
  payment_intent: z.string().optional(),
  amount: z.number().optional(),
  currency: z.string().optional(),
  order_id: z.string().nullish(),
  carrier_ref: z.string().optional(),
  shipment_id: z.string().optional(),
  message_id: z.string().optional(),
  bank_ref: z.string().optional(),
  partner_ref: z.string().optional(),
  channel_ref: z.string().optional(),
  order_number: z.string().optional(),
});
const figures = z.record(z.string(), z.number());
const state = z.object({
  now: z.string(),
  settings: z.record(z.string(), z.unknown()),
  switches: z.object({ down: z.literal(false).or(z.object({ until: z.string() })), webhooks }).catchall(z.array(rule)),
  counters: z.object({ faults: figures, webhooks: figures.default({}) }).catchall(z.number()),
  log: z.array(logEntry),
});

/** What a simulator says of itself at /_sim/state. */
export type SimulatorState = z.infer<typeof state>;
export type SimulatorLogEntry = z.infer<typeof logEntry>;

export interface SimulatorControl {
  /** Throws `unavailable` where the simulator does not answer. */
  state(name: SimulatorName): Promise<SimulatorState>;
  /** POST /_sim/<path>. Throws `invalid_request`, `not_found`, `state_refuses` in the simulator's own words, or `unavailable`. */
  change(name: SimulatorName, path: string, body: unknown): Promise<unknown>;
  /** GET /_sim/<path>. Throws as `change` does. */
  read(name: SimulatorName, path: string): Promise<unknown>;
}

/** An answer later than this is none: the listener is on the same machine. */
const TIMEOUT_MS = 5_000;
/** Where a simulator's control listener is unless its variable says otherwise: ten ports above its API. */
const CONTROL_OFFSET = 10;

/** The control listener beside a simulator's API address. */
export function controlUrl(apiUrl: string, port: number | undefined): string {
  const url = new URL(apiUrl);
  return `http://${url.hostname}:${port ?? Number(url.port || 80) + CONTROL_OFFSET}`;
}

export function createSimulatorControl(urls: Readonly<Record<SimulatorName, string>>): SimulatorControl {
  const ask = async (name: SimulatorName, path: string, init: RequestInit = {}): Promise<unknown> => {
    let response: Response;
    let body: unknown;
    try {
      response = await fetch(`${urls[name]}/_sim/${path}`, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
      body = await response.json();
    } catch {
      throw new DomainError('unavailable', `The simulator at ${urls[name]} does not answer. npm start runs it.`);
    }
    if (!response.ok) throw new DomainError(CODES[response.status] ?? 'unavailable', sentenceOf(body));
    return body;
  };
  return {
    state: async (name) => state.parse(await ask(name, 'state')),
    read: (name, path) => ask(name, path),
    change: (name, path, body) =>
      ask(name, path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  };
}

const CODES: Readonly<Record<number, ErrorCode>> = { 400: 'invalid_request', 404: 'not_found', 409: 'state_refuses' };

const refusal = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });

function sentenceOf(body: unknown): string {
  const parsed = refusal.safeParse(body);
  if (!parsed.success) return 'The simulator refused without saying why.';
  const { error } = parsed.data;
  return typeof error === 'string' ? error : error.message;
}
