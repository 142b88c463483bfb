import { moneyText, numberFormat, priceText, withMinus } from '../../kernel/money-text.ts';
import type { AddressView } from '../order.ts';
import { DOCUMENT_WORDS, type DocumentLocale } from './words.ts';

/** How a reader wants figures, dates and words: what turns a document's data into a paper. */
export interface Print {
  readonly locale: DocumentLocale;
  readonly words: (typeof DOCUMENT_WORDS)[DocumentLocale];
  /** When it is printed. */
  readonly at: Date;
  readonly money: (amountMinor: bigint, currency: string) => string;
  readonly price: (price: string, currency: string) => string;
  readonly number: (value: number) => string;
  /** A fraction such as "0.19" as "19%". */
  readonly rate: (fraction: string) => string;
  readonly date: (at: Date) => string;
  readonly dateTime: (at: Date) => string;
}

const TAGS: Readonly<Record<DocumentLocale, string>> = { en: 'en-GB', de: 'de-DE' };

/** `timeZone` is an IANA name. */
export function printFor(locale: DocumentLocale, timeZone: string, at: Date): Print {
  const tag = TAGS[locale];
  const day = { day: 'numeric', month: 'short', year: 'numeric', timeZone } as const;
  return {
    locale,
    words: DOCUMENT_WORDS[locale],
    at,
    money: (amountMinor, currency) => moneyText(amountMinor, currency, tag),
    price: (price, currency) => priceText(price, currency, tag),
    number: (value) => withMinus(numberFormat(tag, {}).formatToParts(value)),
    rate: (fraction) =>
      numberFormat(tag, { style: 'percent', maximumFractionDigits: 2 }).format(fraction as Intl.StringNumericLiteral),
    date: (when) => new Intl.DateTimeFormat(tag, day).format(when),
    dateTime: (when) =>
      new Intl.DateTimeFormat(tag, { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(when),
  };
}

/** A postal address line by line; "—" where there is none. */
export function addressLines(address: AddressView | null, print: Print): string[] {
  if (address === null) return [print.words.unknown];
  const place = [address.postalCode, address.city, address.region].filter(Boolean).join(' ');
  const lines = [address.name, address.company, address.line1, address.line2, place, address.country];
  const known = lines.filter((line): line is string => Boolean(line));
  return known.length > 0 ? known : [print.words.unknown];
}
