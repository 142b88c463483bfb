import { createHash } from 'node:crypto';
import { DROP, json, type SimReply, type SimRequest, sleep } from './http.ts';
import type { Faults, Switches } from './switches.ts';

/** A reply as it was given under an Idempotency-Key. */
export interface StoredReply {
  readonly key: string;
  readonly hash: string;
  readonly status: number;
  readonly body: string;
}

/** What a write changes: journalled together with its reply, so that a crash keeps both or neither. */
export interface Written<Entry> {
  readonly reply: SimReply;
  readonly records: Entry[];
}

export interface KeyedWritesDeps<Entry> {
  readonly switches: Switches;
  readonly replies: ReadonlyMap<string, StoredReply>;
  /** Makes the reply a record of the simulator's journal. */
  readonly replied: (reply: StoredReply) => Entry;
  readonly commit: (records: readonly Entry[]) => Promise<void>;
  readonly count: (name: string) => void;
  /** Whether an error that came after the effect is what a repeat is answered with, too. Usual; otherwise a repeat is told what was done. */
  readonly remembersErrors?: boolean;
  /** How this simulator says no. */
  readonly refuse?: Refuse;
}

export interface KeyedWrite<Entry> {
  readonly kind: string;
  readonly request: SimRequest;
  /** The order that it is for, where it says. */
  readonly orderId?: string | undefined;
  readonly run: (faults: Faults, key: string | null) => Written<Entry>;
}

export type Refuse = (status: number, code: string, message: string) => SimReply;

/** A refusal in the envelope of the plain JSON simulators. */
export const refuse: Refuse = (status, code, message) => json(status, { error: { code, message } });

/** Carries out writes under idempotency keys, with the faults that are switched on: once per key, and the same answer ever after. */
export function createKeyedWrites<Entry>(deps: KeyedWritesDeps<Entry>): (write: KeyedWrite<Entry>) => Promise<SimReply> {
  const inFlight = new Set<string>();
  const { refuse: no = refuse } = deps;
  return async ({ kind, request, orderId, run }) => {
    deps.count(kind);
    const sent = request.headers['idempotency-key'];
    const key = typeof sent === 'string' ? sent : null;
    const fault = request.headers['x-sim-fault'];
    const faults = deps.switches.decide({
      kind,
      orderId,
      operationId: key ?? undefined,
      header: typeof fault === 'string' ? fault : undefined,
    });
    const refused = refusedAtTheDoor(faults, no);
    if (refused !== undefined) return refused;
    const hash = createHash('sha256').update(request.path).update('\n').update(request.body).digest('base64');
    const stored = key === null ? undefined : deps.replies.get(key);
    if (stored !== undefined && stored.hash !== hash)
      return no(422, 'key_reused', 'This Idempotency-Key was used with another request.');
    if (key !== null && inFlight.has(key))
      return no(409, 'in_progress', 'A request with this Idempotency-Key is being worked on.');
    if (stored !== undefined) {
      deps.count('replayed');
      return {
        status: stored.status,
        body: stored.body,
        headers: { 'content-type': 'application/json', 'idempotent-replayed': 'true' },
      };
    }
    if (key !== null) inFlight.add(key);
    try {
      if (faults.slow_ms !== undefined) await sleep(Number(faults.slow_ms));
      const { reply, records } = run(faults, key);
      const final = faults.error_5xx_after === undefined ? reply : no(500, 'internal', 'An unexpected error occurred.');
      const kept = deps.remembersErrors === false ? reply : final;
      if (key !== null && records.length > 0)
        records.push(deps.replied({ key, hash, status: kept.status, body: String(kept.body) }));
      await deps.commit(records);
      return faults.drop_reply === undefined ? final : DROP;
    } finally {
      if (key !== null) inFlight.delete(key);
    }
  };
}

/** Faults after which nothing has happened. */
export function refusedAtTheDoor(faults: Faults, no: Refuse = refuse): SimReply | undefined {
  if (faults.drop_before !== undefined) return DROP;
  if (faults.rate_limit !== undefined)
    return {
      ...no(429, 'rate_limit', 'Too many requests.'),
      headers: { 'content-type': 'application/json', 'retry-after': '1' },
    };
  if (faults.error_5xx !== undefined) return no(500, 'internal', 'An unexpected error occurred.');
  return undefined;
}
