'use client';
import { createContext, type ReactNode, startTransition, use, useCallback, useContext, useMemo, useState } from 'react';
import {
  type AmountMinor,
  type DayShape,
  formatAgo,
  formatBytes,
  formatCompact,
  formatCount,
  formatDate,
  formatDateTime,
  formatDay,
  formatDays,
  formatDuration,
  formatMoney,
  formatNumber,
  formatPercent,
  formatPrice,
  formatTime,
} from './format.ts';
import { isMessageKey, type Locale, loadCatalogue, type MessageKey, type MessageVars, translate } from './messages/catalogue.ts';

interface Preferences {
  readonly locale: Locale;
  /** IANA name, such as Europe/Berlin. */
  readonly timeZone: string;
  readonly setLocale: (locale: Locale) => void;
  readonly setTimeZone: (timeZone: string) => void;
}

const PreferencesContext = createContext<Preferences | null>(null);

/** A year: the language somebody chose before signing in should outlive the session. */
const COOKIE_SECONDS = 31_536_000;

function remember(name: string, value: string): void {
  // The Cookie Store API is missing in Firefox ESR and Safari before 18.4.
  // biome-ignore lint/suspicious/noDocumentCookie: see above
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${COOKIE_SECONDS}; samesite=lax`;
}

/**
 * Language and time zone for everything below; the first values come from cookies, so that server and browser agree. Waits for the
 * language's messages.
 */
export function LocaleProvider(props: { locale: Locale; timeZone: string; children: ReactNode }) {
  const [locale, changeLocale] = useState(props.locale);
  const [timeZone, changeTimeZone] = useState(props.timeZone);
  const setLocale = useCallback((next: Locale) => {
    remember('waybill-locale', next);
    document.documentElement.lang = next;
    // What is shown stays until the other language is here.
    startTransition(() => changeLocale(next));
  }, []);
  const setTimeZone = useCallback((next: string) => {
    remember('waybill-zone', next);
    changeTimeZone(next);
  }, []);
  const missing = loadCatalogue(locale);
  if (missing) use(missing);
  const value = useMemo(() => ({ locale, timeZone, setLocale, setTimeZone }), [locale, timeZone, setLocale, setTimeZone]);
  return <PreferencesContext value={value}>{props.children}</PreferencesContext>;
}

/** Language, zone and how to change them. */
export function usePreferences(): Preferences {
  const preferences = useContext(PreferencesContext);
  if (!preferences) throw new Error('usePreferences needs a LocaleProvider above it.');
  return preferences;
}

interface Messages {
  readonly locale: Locale;
  readonly t: (key: MessageKey, vars?: MessageVars) => string;
  /** A value of the server's vocabulary, by its place in the catalogue: `word('status.order', 'PENDING')`. One that it lacks stays as it is. */
  readonly word: (under: string, value: string) => string;
}

/** `t('orders.title')` in the person's language. */
export function useMessages(): Messages {
  const { locale } = usePreferences();
  return useMemo(() => {
    const t = (key: MessageKey, vars?: MessageVars) => translate(locale, key, vars);
    const word = (under: string, value: string) => {
      const key = `${under}.${value}`;
      return isMessageKey(key) ? t(key) : value;
    };
    return { locale, t, word };
  }, [locale]);
}

/** Formats bound to the person's language and zone, for text; in a table prefer <Money> and <TimeAgo>. */
export function useFormat() {
  const { locale, timeZone } = usePreferences();
  return useMemo(
    () => ({
      money: (amountMinor: AmountMinor, currency: string, withCode?: boolean) =>
        formatMoney(amountMinor, currency, locale, withCode),
      price: (price: string, currency: string) => formatPrice(price, currency, locale),
      number: (value: number | bigint) => formatNumber(value, locale),
      compact: (value: number) => formatCompact(value, locale),
      percent: (share: number) => formatPercent(share, locale),
      count: formatCount,
      duration: (seconds: number) => formatDuration(seconds, locale),
      bytes: (bytes: number | bigint) => formatBytes(bytes, locale),
      day: (day: string) => formatDay(day, locale),
      days: (from: string, by: string, shape: DayShape) => formatDays(from, by, locale, shape),
      dateTime: (at: Date) => formatDateTime(at, locale, timeZone),
      time: (at: Date) => formatTime(at, locale, timeZone),
      date: (at: Date) => formatDate(at, locale, timeZone),
      ago: (at: Date, now: Date) => formatAgo(at, now, locale, timeZone),
    }),
    [locale, timeZone],
  );
}
