'use client';
import { useComputedColorScheme } from '@mantine/core';
import { type Ref, useCallback, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { newId } from '../../server/kernel/ids.ts';
import { useMessages } from '../ui/locale.tsx';
import classes from './pay.module.css';

/** What the provider's card fields say. */
type Told =
  | { readonly event: 'ready' | 'submit' }
  | { readonly event: 'height'; readonly height: number }
  | { readonly event: 'change'; readonly complete: boolean }
  | { readonly event: 'token'; readonly request: string; readonly token: string }
  | { readonly event: 'refused'; readonly request: string };

const CHANNEL = 'card-fields';
/** Longer than the fields ever take to appear; then something is in their way. */
const READY_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 20_000;

export interface CardFields {
  /** A token of the card that was typed, or null where the fields say what is wrong with it. */
  tokenize(): Promise<string | null>;
}

/**
 * The provider's card fields in a frame of the provider's own origin: what is typed there is out of reach for this page. Messages are
 * taken from that frame and that origin only, and sent to that origin only.
 */
export function CardFrame({ url, ref, onSubmit }: { url: string; ref: Ref<CardFields>; onSubmit: () => void }) {
  const { t, locale } = useMessages();
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: true });
  const frame = useRef<HTMLIFrameElement>(null);
  const waiting = useRef(new Map<string, (token: string | null) => void>());
  const submit = useRef(onSubmit);
  submit.current = onSubmit;
  const [height, setHeight] = useState(210);
  const [state, setState] = useState<'loading' | 'ready' | 'missing'>('loading');
  const [attempt, setAttempt] = useState(0);
  const [address, setAddress] = useState<string>();
  const origin = new URL(url).origin;
  const send = useCallback(
    (message: Record<string, unknown>) => frame.current?.contentWindow?.postMessage({ channel: CHANNEL, ...message }, origin),
    [origin],
  );

  // The address is set once: a frame that is loaded again would lose what was typed. The theme follows by message.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const query = new URLSearchParams({ parent: window.location.origin, scheme, lang: locale });
    setAddress(`${url}?${query}`);
  }, [url, locale, attempt]);
  useEffect(() => {
    send({ do: 'scheme', scheme });
  }, [scheme, send]);
  useEffect(() => {
    const receive = ({ source, origin: from, data }: MessageEvent) => {
      if (source !== frame.current?.contentWindow || from !== origin || data?.channel !== CHANNEL) return;
      const told = data as Told;
      if (told.event === 'ready') {
        setState('ready');
        send({ do: 'scheme', scheme: document.documentElement.dataset.mantineColorScheme });
      }
      if (told.event === 'height') setHeight(Math.min(Math.max(told.height, 120), 1_200));
      if (told.event === 'submit') submit.current();
      if (told.event === 'token' || told.event === 'refused') {
        waiting.current.get(told.request)?.(told.event === 'token' ? told.token : null);
        waiting.current.delete(told.request);
      }
    };
    window.addEventListener('message', receive);
    // It may have been ready before anybody listened.
    send({ do: 'hello' });
    return () => window.removeEventListener('message', receive);
  }, [origin, send]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt gets its time
  useEffect(() => {
    const timer = setTimeout(() => setState((now) => (now === 'loading' ? 'missing' : now)), READY_WITHIN_MS);
    return () => clearTimeout(timer);
  }, [attempt]);
  useImperativeHandle(
    ref,
    () => ({
      tokenize: () =>
        new Promise((resolve) => {
          const request = newId();
          const timer = setTimeout(() => {
            waiting.current.delete(request);
            resolve(null);
          }, ANSWER_WITHIN_MS);
          waiting.current.set(request, (token) => {
            clearTimeout(timer);
            resolve(token);
          });
          send({ do: 'tokenize', request });
        }),
    }),
    [send],
  );
  if (state === 'missing')
    return (
      <div className={classes.alert} role="alert">
        <p>{t('pay.fieldsMissing')}</p>
        <button
          type="button"
          className={classes.plain}
          onClick={() => {
            setState('loading');
            setAttempt(attempt + 1);
          }}
        >
          {t('errors.retry')}
        </button>
      </div>
    );
  return (
    <div className={classes.frame} data-ready={state === 'ready' || undefined}>
      {address && (
        <iframe
          key={`${attempt}${locale}`}
          ref={frame}
          src={address}
          title={t('pay.cardFields')}
          style={{ height }}
          onLoad={() => send({ do: 'hello' })}
        />
      )}
    </div>
  );
}
