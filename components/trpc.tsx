'use client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink, TRPCClientError } from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { type ReactNode, useState } from 'react';
import superjson from 'superjson';
import type { AppRouter } from '../server/api/root.ts';
import type { ErrorShown } from './ui/states.tsx';

const trpc = createTRPCContext<AppRouter>();

/** `useTRPC().orders.list.queryOptions(…)` for useQuery, `.mutationOptions(…)` for useMutation. */
export const useTRPC = trpc.useTRPC;
/** The bare client, for code that is not a hook: `await client.search.find.query(…)`. */
export const useTRPCClient = trpc.useTRPCClient;

/** Live events say when something changed; this only bounds how stale a page without them can be. */
export const STALE_MS = 15_000;
const MAX_ATTEMPTS = 2;
/** Keeps a batch's address below what proxies accept. */
const MAX_URL_LENGTH = 4_000;
const SERVER_ERROR = 500;

function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        retry: (failures, error) => failures < MAX_ATTEMPTS && mayPass(error),
      },
    },
  });
}

/** A refusal stays a refusal; a lost connection or a failing server may pass. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof TRPCClientError)) return true;
  const data: unknown = error.data;
  if (typeof data !== 'object' || data === null || !('httpStatus' in data)) return true;
  return typeof data.httpStatus !== 'number' || data.httpStatus >= SERVER_ERROR;
}

/** The tRPC client and the query cache. */
export function TrpcProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(makeQueryClient);
  const [client] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [httpBatchLink({ url: '/api/trpc', transformer: superjson, maxURLLength: MAX_URL_LENGTH })],
    }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <trpc.TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </trpc.TRPCProvider>
    </QueryClientProvider>
  );
}

interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly requestId: string | null;
}

/** What the server said when it refused: code, sentence, data for the page. Undefined when it did not answer at all. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof TRPCClientError)) return undefined;
  const data: unknown = error.data;
  if (typeof data !== 'object' || data === null || !('domain' in data)) return undefined;
  return data.domain as Refusal;
}

/** Whether the server decided and said no. Where it failed or did not answer, nobody knows whether the thing was done. */
export function isRefused(error: unknown): boolean {
  return refusalOf(error) !== undefined && !mayPass(error);
}

/** A failed call as <ErrorState>, <EffectDialog> and toasts show it; undefined while there is no error. */
export function shownError(error: unknown): ErrorShown | undefined {
  if (!error) return undefined;
  const refusal = refusalOf(error);
  if (!refusal) return { kind: error instanceof TRPCClientError ? 'network' : 'unexpected' };
  const kind = refusal.code === 'not_found' ? 'not_found' : 'refused';
  return { kind, message: refusal.detail, requestId: refusal.requestId ?? undefined };
}
