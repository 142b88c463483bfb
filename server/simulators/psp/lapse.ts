import { json, type SimReply, type SimRequest } from '../http.ts';
import type { Intents } from './intents.ts';
import { Refusal } from './refusal.ts';
import { Change, type PspState } from './state.ts';

const LAPSE = /^\/_sim\/payments\/([A-Za-z0-9_]+)\/lapse$/;

/** A bank gives up what it held, before its day: `POST /_sim/payments/{id}/lapse`. Undefined where the address is another one. */
export async function lapse(
  request: SimRequest,
  state: PspState,
  intents: Intents,
  finish: (change: Change) => Promise<void>,
): Promise<SimReply | undefined> {
  const id = request.method === 'POST' ? LAPSE.exec(request.path)?.[1] : undefined;
  if (id === undefined) return undefined;
  const change = new Change(state);
  try {
    const { status } = intents.lapse(id, change);
    await finish(change);
    return json(200, { id, status });
  } catch (error) {
    if (error instanceof Refusal) return json(error.status, error.body);
    throw error;
  }
}
