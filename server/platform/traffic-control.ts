import { z } from 'zod';
import { DomainError } from '../kernel/errors.ts';

/** The demo's customers, as they are steered: over HTTP, on loopback. */
const state = z.object({
  paused: z.boolean(),
  every_seconds: z.number(),
  orders_last_hour: z.number(),
  orders_total: z.number(),
  stopped: z.enum(['hour', 'disk', 'database']).nullable(),
});
export type TrafficState = z.infer<typeof state>;

export interface TrafficChange {
  readonly paused?: boolean | undefined;
  readonly every_seconds?: number | undefined;
}

export interface TrafficControl {
  /** Throws `unavailable` where nobody answers. */
  state(): Promise<TrafficState>;
  change(change: TrafficChange): Promise<TrafficState>;
}

const TIMEOUT_MS = 3_000;

export function createTrafficControl(port: number): TrafficControl {
  const ask = async (init: RequestInit = {}): Promise<TrafficState> => {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/_sim/traffic`, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
      return state.parse(await response.json());
    } catch {
      throw new DomainError('unavailable', 'The demo’s customers do not answer. npm start runs them.');
    }
  };
  return {
    state: () => ask(),
    change: (change) => ask({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(change) }),
  };
}
