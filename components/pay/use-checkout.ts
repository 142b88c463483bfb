'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { PayPage } from '../../server/api/pay.ts';
import { newId } from '../../server/kernel/ids.ts';
import { refusalOf, useTRPC, useTRPCClient } from '../trpc.tsx';
import { asInput, problemsOf, type Typed, totalsOf } from './pay-terms.ts';

/** While the bank thinks, the page asks this often. */
const POLL_MS = 1_000;

/** Refusals after which the price is worked out again and shown, instead of an error. */
const REPRICED: readonly string[] = ['quote_expired', 'quote_changed', 'total_mismatch', 'option_not_offered'];

export interface Repriced {
  readonly wasMinor: bigint;
  readonly isMinor: bigint;
  /** The server's sentence about what changed. */
  readonly why: string;
}

/** A checkout by its link: what the server knows of it, and everything that can be done with it. */
export function useCheckout(token: string) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const query = useQuery({
    ...trpc.pay.get.queryOptions({ token }),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.state === 'paying' ? POLL_MS : false),
  });
  const [repriced, setRepriced] = useState<Repriced | null>(null);
  const keep = useCallback(
    (page: PayPage) => queryClient.setQueryData(trpc.pay.get.queryKey({ token }), page),
    [queryClient, trpc, token],
  );
  // One change at a time, in the order in which they were made: the last one that was typed is the one that stays.
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const onTheWay = useRef<Promise<unknown> | null>(null);
  const update = useMutation({
    mutationFn: (change: Omit<Parameters<typeof client.pay.update.mutate>[0], 'token'>) => {
      // Kept here and not when the mutation is told: whoever waits for the queue finds the page that came of it.
      const next = queue.current.then(async () => {
        const page = await client.pay.update.mutate({ ...change, token, idempotencyKey: newId() });
        keep(page);
        return page;
      });
      onTheWay.current = next;
      queue.current = next
        .catch(() => {})
        .then(() => {
          if (onTheWay.current === next) onTheWay.current = null;
        });
      return next;
    },
  });
  /** Waits for the changes on their way; fails as the last of them did. */
  const idle = async () => void (await onTheWay.current);
  /** The page as it is now, which may be newer than the one that was rendered. */
  const newest = () => queryClient.getQueryData(trpc.pay.get.queryKey({ token }));
  const abandon = useMutation({
    mutationFn: () => client.pay.abandon.mutate({ token, idempotencyKey: newId() }),
    onSuccess: keep,
  });
  const hold = useMutation({
    mutationFn: (keeps: boolean) => client.pay[keeps ? 'hold' : 'letGo'].mutate({ token, idempotencyKey: newId() }),
    onSuccess: keep,
  });
  const tender = useMutation({
    mutationFn: (change: Parameters<typeof client.pay.tender.mutate>[0]['change']) =>
      client.pay.tender.mutate({ token, change, idempotencyKey: newId() }),
    onSuccess: keep,
  });
  const pay = useMutation({
    mutationFn: async ({ paymentToken, page, key }: { paymentToken?: string; page: PayPage; key: string }) => {
      const totalMinor = totalsOf(page, page.option)?.totalMinor ?? 0n;
      setRepriced(null);
      try {
        const quoteId = page.quote?.id ?? '';
        const tenders = page.tenders.map(({ type, id, amountMinor }) => ({ type, id, amountMinor }));
        const asked = { token, quoteId, option: page.option ?? undefined, totalMinor, paymentToken, tenders };
        return await client.pay.pay.mutate({ ...asked, idempotencyKey: key });
      } catch (error) {
        const refusal = refusalOf(error);
        // What the tenders hold may be another amount by now: the page shows it beside what was refused.
        if (refusal && !REPRICED.includes(refusal.code)) void query.refetch();
        if (!refusal || !REPRICED.includes(refusal.code)) throw error;
        const fresh = await update.mutateAsync({ again: true });
        setRepriced({ wasMinor: totalMinor, isMinor: totalsOf(fresh, fresh.option)?.totalMinor ?? 0n, why: refusal.detail });
        return fresh;
      }
    },
    onSuccess: keep,
  });
  return { token, query, update, idle, newest, hold, tender, pay, abandon, repriced };
}

const SAVE_AFTER_MS = 600;

/** Keeps what is typed: a moment after the last key, and at once when somebody pays. */
export function useTyped(
  page: PayPage,
  first: Typed,
  save: (change: ReturnType<typeof asInput>) => Promise<PayPage>,
  fetched: boolean,
) {
  const [typed, setTyped] = useState(first);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const saved = useRef(JSON.stringify(asInput(first)));
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(typed);
  latest.current = typed;
  const flush = useCallback(async (): Promise<PayPage | null> => {
    clearTimeout(timer.current);
    const change = asInput(latest.current);
    const text = JSON.stringify(change);
    if (text === saved.current) return null;
    saved.current = text;
    try {
      return await save(change);
    } catch (error) {
      saved.current = '';
      throw error;
    }
  }, [save]);
  useEffect(() => () => clearTimeout(timer.current), []);
  // An address that was there before, or that the browser filled in, is priced without another key.
  const pricing = page.quote === null;
  useEffect(() => {
    if (pricing) saved.current = '';
  }, [pricing]);
  const type = (field: keyof Typed, value: string) => {
    setTyped((before) => ({ ...before, [field]: value }));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void flush().catch(() => {}), SAVE_AFTER_MS);
  };
  const all = problemsOf(typed, fetched);
  const problems = Object.fromEntries(Object.entries(all).filter(([field]) => left.has(field)));
  return {
    typed,
    problems,
    type,
    leave: (field: keyof Typed) => setLeft((before) => (typed[field] === '' ? before : new Set([...before, field]))),
    /** Shows every problem; returns the fields that have one. */
    check: () => {
      setLeft(new Set(Object.keys(all)));
      return Object.keys(all);
    },
    flush,
  };
}
