'use client';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { asText } from '../request-key.ts';

/** A stepper that is held down asks once, when it rests. */
const REST_MS = 150;

interface Planned {
  readonly fingerprint: string;
}

/** A question and the server's plan for it, while there is one. */
export interface Plan<I, P> {
  readonly input: I | null;
  readonly plan: P | undefined;
  /** The plan that was shown for the same question before the order changed under it. */
  readonly was: P | null;
  readonly error: unknown;
  readonly again: () => void;
}

/**
 * The server's plan of what a dialog asks for, worked out anew when the question or the order changes. Until the new one is there, the one
 * for the same question stays, and may be confirmed: the server carries out the plan whose fingerprint it is given, or none.
 */
export function usePlan<I, P extends Planned>(
  name: string,
  input: I | null,
  orderVersion: bigint,
  ask: (input: I) => Promise<P>,
): Plan<I, P> {
  const question = input === null ? null : asText(input);
  const [rested] = useDebouncedValue(question, REST_MS);
  const query = useQuery({
    queryKey: ['plan', name, question, String(orderVersion)],
    queryFn: () => ask(input as I),
    enabled: question !== null && rested === question,
    placeholderData: (before, asked) => (asked?.queryKey[2] === question ? before : undefined),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const plan = question === null ? undefined : query.data;
  const shown = useRef<{ question: string; plan: P } | null>(null);
  const [was, setWas] = useState<P | null>(null);
  useEffect(() => {
    if (!plan || question === null) return;
    const before = shown.current;
    if (before?.question !== question) setWas(null);
    else if (before.plan.fingerprint !== plan.fingerprint) setWas(before.plan);
    shown.current = { question, plan };
  }, [plan, question]);
  return { input, plan, was, error: question === null ? null : query.error, again: () => void query.refetch() };
}
