import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { SuperJSON } from 'superjson';
import type { AppRouter } from '../../api/root.ts';

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;

/** The part of the shop's API that a customer's browser uses, asked as a browser asks: over HTTP, from the shop's own origin. */
export interface ShopClient {
  front(): Promise<Outputs['shop']['front']>;
  open(input: Inputs['pay']['open']): Promise<Outputs['pay']['open']>;
  get(token: string): Promise<Outputs['pay']['get']>;
  update(input: Inputs['pay']['update']): Promise<Outputs['pay']['update']>;
  pay(input: Inputs['pay']['pay']): Promise<Outputs['pay']['pay']>;
}

const TIMEOUT_MS = 15_000;

/** What the other side said no with. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** `origin` is the address people type, `url` the same on this machine. */
export function shopClient(url: string, origin: string): ShopClient {
  const call = async <T>(path: string, input: unknown, mutation: boolean): Promise<T> => {
    const body = JSON.stringify(SuperJSON.serialize(input));
    const address = `${url}/api/trpc/${path}`;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await (mutation
      ? fetch(address, { method: 'POST', headers: { 'content-type': 'application/json', origin }, body, signal })
      : fetch(`${address}?input=${encodeURIComponent(body)}`, { signal }));
    const answer = (await response.json()) as { result?: { data: never }; error?: { json?: { message?: string } } };
    if (!answer.result) throw new Refused(response.status, answer.error?.json?.message ?? `${path} answered ${response.status}`);
    return SuperJSON.deserialize<T>(answer.result.data);
  };
  return {
    front: () => call('shop.front', undefined, false),
    open: (input) => call('pay.open', input, true),
    get: (token) => call('pay.get', { token }, false),
    update: (input) => call('pay.update', input, true),
    pay: (input) => call('pay.pay', input, true),
  };
}

/** The merchant's side, by the shop's own API key: what the warehouse and the service desk do. */
export function backOffice(url: string, key: string) {
  return async <T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Refused(response.status, await response.text());
    return (await response.json()) as T;
  };
}
export type BackOffice = ReturnType<typeof backOffice>;
