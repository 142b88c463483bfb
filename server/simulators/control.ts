import { z } from 'zod';
import type { SimClock } from './clock.ts';
import { json, type SimReply, type SimRequest } from './http.ts';
import type { Switches } from './switches.ts';
import type { WebhookCounters } from './webhooks.ts';

/** What every simulator offers at `/_sim/…` beside the API that they speak: switches, state, clock, log. */
export interface Controlled {
  readonly name: string;
  readonly clock: SimClock;
  readonly switches: Switches;
  readonly counters: Record<string, number>;
  /** Absent where it sends none. */
  readonly webhooks?: { readonly counters: WebhookCounters };
  readonly settings: () => Readonly<Record<string, unknown>>;
  /** Throws ZodError where a setting is unknown or wrong. */
  readonly changeSettings: (change: unknown) => Promise<void>;
  readonly recentLog: (limit: number) => readonly unknown[];
  /** After the clock moved. */
  readonly clockMoved: () => Promise<void>;
  /** The simulator's own control pages, or undefined where there is no such page. */
  readonly extra: (request: SimRequest) => SimReply | undefined | Promise<SimReply | undefined>;
}

const LOG_SHOWN = 200;
const clockInput = z.strictObject({ offset_ms: z.number() }).or(z.strictObject({ advance_ms: z.number() }));

function stateOf(sim: Controlled): Record<string, unknown> {
  return {
    name: sim.name,
    now: new Date(sim.clock.now()).toISOString(),
    clock_offset_ms: sim.clock.offsetMs,
    settings: sim.settings(),
    switches: sim.switches,
    counters: { ...sim.counters, faults: sim.switches.fired, ...(sim.webhooks ? { webhooks: sim.webhooks.counters } : {}) },
    log: sim.recentLog(LOG_SHOWN),
  };
}

async function change(sim: Controlled, path: string, body: unknown): Promise<SimReply | undefined> {
  switch (path) {
    case '/_sim/switches':
      await sim.switches.set(body);
      return json(200, sim.switches);
    case '/_sim/settings':
      await sim.changeSettings(body);
      return json(200, sim.settings());
    case '/_sim/clock': {
      const move = clockInput.parse(body);
      sim.clock.offsetMs = 'offset_ms' in move ? move.offset_ms : sim.clock.offsetMs + move.advance_ms;
      await sim.clockMoved();
      return json(200, { now: new Date(sim.clock.now()).toISOString(), clock_offset_ms: sim.clock.offsetMs });
    }
    case '/_sim/reset':
      await sim.switches.reset();
      for (const name of Object.keys(sim.counters)) sim.counters[name] = 0;
      sim.clock.offsetMs = 0;
      return json(200, stateOf(sim));
  }
  return undefined;
}

function parseBody(request: SimRequest): unknown {
  return request.body === '' ? {} : JSON.parse(request.body);
}

/** Answers a request below `/_sim/`. Bodies must be JSON, so that another site's form cannot flip a switch. */
export async function control(sim: Controlled, request: SimRequest): Promise<SimReply> {
  try {
    const extra = await sim.extra(request);
    if (extra !== undefined) return extra;
    if (request.method === 'GET' && request.path === '/_sim/switches') return json(200, sim.switches);
    if (request.method === 'GET' && request.path === '/_sim/settings') return json(200, sim.settings());
    if (request.method === 'GET' && request.path === '/_sim/state') return json(200, stateOf(sim));
    if (request.method === 'POST') {
      if (!request.headers['content-type']?.startsWith('application/json')) return json(415, { error: 'Send application/json.' });
      const changed = await change(sim, request.path, parseBody(request));
      if (changed !== undefined) return changed;
    }
    return json(404, { error: `There is no ${request.method} ${request.path} here.` });
  } catch (error) {
    if (error instanceof z.ZodError) return json(400, { error: z.prettifyError(error) });
    if (error instanceof SyntaxError) return json(400, { error: `The body is not JSON: ${error.message}` });
    throw error;
  }
}
