import { LOCALES, type Locale } from './messages/catalogue.ts';

function known(tag: string): Locale | undefined {
  const language = tag.trim().toLowerCase().split('-')[0];
  return LOCALES.find((locale) => locale === language);
}

/** The language to render in: what was chosen before, else the first of Accept-Language (RFC 9110 §12.5.4) there is, else English. */
export function preferredLocale(chosen: string | undefined, acceptLanguage: string | null): Locale {
  const before = chosen ? known(chosen) : undefined;
  if (before) return before;
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((item) => {
      const [tag = '', ...parameters] = item.split(';');
      const quality = parameters.find((parameter) => parameter.trim().startsWith('q='));
      return { locale: known(tag), quality: quality ? Number(quality.trim().slice(2)) : 1 };
    })
    .filter((item) => item.quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wanted.find((item) => item.locale)?.locale ?? 'en';
}

/** The zone if this runtime knows it, else UTC: a cookie is not to be trusted to crash a page. */
export function validTimeZone(zone: string | undefined): string {
  if (!zone) return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
