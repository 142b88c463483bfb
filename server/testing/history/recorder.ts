import { randomBytes } from 'node:crypto';
import { newId } from '../../kernel/ids.ts';
import type { Attempt, Observation, Operation, Outcome, Read, Request } from './history.ts';

/** One way into the house: a process's flows, or an address of its REST API. Where no answer comes, the outcome is unknown. */
export interface Door {
  readonly name: string;
  /** Effects of the request carry the trace. */
  send(request: Request, call: { readonly key: string; readonly trace: string }): Promise<Outcome>;
  /** What one read shows of an order, a SKU's stock, or accounts; undefined where no answer comes. */
  look(at: Glance): Promise<readonly (readonly Observation[])[] | undefined>;
}

/** What somebody looks at. A SKU's supply and its nodes are read one after another: they are not one snapshot. */
export type Glance = { readonly order: string } | { readonly sku: string } | { readonly accounts: readonly string[] };

/** Writes down what clients did, by one clock. */
export interface Recorder {
  readonly operations: readonly Operation[];
  readonly reads: readonly Read[];
  /** A request that is new. Send it, once or more often. */
  plan(request: Request): Operation;
  send(operation: Operation, client: number, door: Door): Promise<Outcome>;
  look(at: Glance, client: number, door: Door): Promise<readonly Observation[]>;
}

const clock = (): number => performance.now();

export function createRecorder(): Recorder {
  const operations: Operation[] = [];
  const attempts = new Map<string, Attempt[]>();
  const reads: Read[] = [];
  return {
    operations,
    reads,
    plan(request) {
      const own: Attempt[] = [];
      const operation = { id: randomBytes(16).toString('hex'), key: newId(), request, attempts: own };
      attempts.set(operation.id, own);
      operations.push(operation);
      return operation;
    },
    async send({ id, key, request }, client, door) {
      const invoked = clock();
      const outcome = await door.send(request, { key, trace: id });
      attempts.get(id)?.push({ client, door: door.name, invoked, completed: clock(), outcome });
      return outcome;
    },
    async look(at, client, door) {
      const invoked = clock();
      const seen = await door.look(at);
      const completed = clock();
      for (const sees of seen ?? []) reads.push({ client, invoked, completed, sees });
      return (seen ?? []).flat();
    },
  };
}
