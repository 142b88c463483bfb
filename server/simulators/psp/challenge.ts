import { minorDigits } from '../../kernel/money.ts';
import { testCard } from './cards.ts';
import type { Intent } from './state.ts';
import type { Language } from './test-numbers.ts';

/** The page on which a cardholder proves who they are, or does not: as a bank would show it, on whatever screen is at hand. */
const WORDS = {
  en: {
    title: 'Confirm your payment',
    bank: 'Simulated Bank',
    ask: 'A shop asks you to confirm this payment.',
    amount: 'Amount',
    card: 'Card',
    date: 'Date',
    complete: 'Complete payment',
    fail: 'Do not pay',
    note: 'This is a simulated bank. No money moves.',
    none: 'There is no such payment here. Go back to the shop.',
    over: 'This confirmation is over. Go back to the shop to see how the payment ended.',
    thanks: 'Thank you. You may close this page.',
  },
  de: {
    title: 'Zahlung bestätigen',
    bank: 'Simulierte Bank',
    ask: 'Ein Shop bittet um die Bestätigung dieser Zahlung.',
    amount: 'Betrag',
    card: 'Karte',
    date: 'Datum',
    complete: 'Zahlung bestätigen',
    fail: 'Nicht bezahlen',
    note: 'Dies ist eine simulierte Bank. Es fließt kein Geld.',
    none: 'Diese Zahlung gibt es hier nicht. Bitte zurück zum Shop gehen.',
    over: 'Diese Bestätigung ist abgeschlossen. Im Shop steht, wie die Zahlung ausgegangen ist.',
    thanks: 'Danke. Diese Seite kann geschlossen werden.',
  },
} as const satisfies Record<Language, Record<string, string>>;

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The browser's language: German where it is asked for before English, English otherwise. */
export function languageOf(acceptLanguage: string | undefined): Language {
  return acceptLanguage?.trim().toLowerCase().startsWith('de') ? 'de' : 'en';
}

const STYLE = `
:root { color-scheme: light dark; --text: #16233a; --dimmed: #56627a; --page: #eef2f8; --card: #fff; --line: #dfe5ee; --bank: #0b4f8a; --focus: #0b6bd3; }
@media (prefers-color-scheme: dark) { :root { --text: #eaf0fa; --dimmed: #a3b0c6; --page: #0d131d; --card: #161f2d; --line: #2a3648; --bank: #8cc4ff; --focus: #8cc4ff; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100dvh; display: grid; place-items: center; padding: 16px; background: var(--page); color: var(--text); font: 16px/24px system-ui, -apple-system, "Segoe UI", sans-serif; }
main { width: 100%; max-width: 26rem; padding: 24px; border: 1px solid var(--line); border-radius: 16px; background: var(--card); }
.bank { display: flex; align-items: center; gap: 8px; margin: 0 0 24px; padding-bottom: 16px; border-bottom: 1px solid var(--line); color: var(--bank); font-weight: 600; }
h1 { margin: 0 0 4px; font-size: 22px; line-height: 28px; }
p { margin: 0 0 16px; color: var(--dimmed); }
dl { margin: 0 0 24px; }
dl > div { display: flex; justify-content: space-between; align-items: baseline; gap: 16px; padding: 8px 0; border-bottom: 1px solid var(--line); }
dt { color: var(--dimmed); }
dd { margin: 0; font-variant-numeric: tabular-nums; text-align: right; }
dd.amount { font-size: 22px; font-weight: 600; }
button { display: block; width: 100%; min-height: 48px; margin-top: 8px; border: 1px solid var(--line); border-radius: 10px; background: transparent; color: var(--text); font: inherit; font-weight: 600; cursor: pointer; }
button.primary { border-color: transparent; background: #0b4f8a; color: #fff; }
button:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
small { display: block; margin-top: 16px; color: var(--dimmed); font-size: 13px; line-height: 20px; text-align: center; }
`;

const SHIELD =
  '<svg width="28" height="28" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" aria-hidden="true"><path d="M12 3 5 6v5c0 4.5 3 8 7 10 4-2 7-5.5 7-10V6z"/><path d="m9 12 2.2 2.2L15.5 10"/></svg>';

const layout = (language: Language, body: string): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${WORDS[language].title}</title>
<style>${STYLE}</style>
</head>
<body><main><p class="bank">${SHIELD}${WORDS[language].bank} · 3-D Secure</p>${body}<small>${WORDS[language].note}</small></main></body>
</html>`;

/** What the page asks about. */
export type Asked = Pick<Intent, 'amount' | 'currency' | 'token' | 'created' | 'secret'>;

function amountOf({ amount, currency }: Asked, language: Language): string {
  const code = currency.toUpperCase();
  const digits = minorDigits(code);
  return new Intl.NumberFormat(language === 'de' ? 'de-DE' : 'en-IE', {
    style: 'currency',
    currency: code,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits);
}

/** The question itself. */
export function challengePage(intent: Asked, language: Language = 'en'): string {
  const words = WORDS[language];
  const card = testCard(intent.token ?? '');
  const date = new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
  return layout(
    language,
    `<h1>${words.title}</h1><p>${words.ask}</p>
<dl>
<div><dt>${words.amount}</dt><dd class="amount">${escapeHtml(amountOf(intent, language))}</dd></div>
<div><dt>${words.card}</dt><dd>•••• ${escapeHtml(card?.last4 ?? '')}</dd></div>
<div><dt>${words.date}</dt><dd>${date.format(new Date(intent.created * 1000))}</dd></div>
</dl>
<form method="post">
<input type="hidden" name="secret" value="${escapeHtml(intent.secret)}">
<button class="primary" name="answer" value="complete">${words.complete}</button>
<button name="answer" value="fail">${words.fail}</button>
</form>`,
  );
}

/** What is said where there is nothing to answer. */
export function challengeOver(what: 'none' | 'over' | 'thanks', language: Language = 'en'): string {
  const words = WORDS[language];
  return layout(language, `<h1>${words.title}</h1><p>${words[what]}</p>`);
}

/** Where the cardholder goes after answering, as Stripe decorates the return address. Null where none was given. */
export function returnAddress(intent: Intent, complete: boolean): string | null {
  if (intent.returnUrl === null) return null;
  const url = new URL(intent.returnUrl);
  url.searchParams.set('payment_intent', intent.id);
  url.searchParams.set('payment_intent_client_secret', intent.secret);
  url.searchParams.set('redirect_status', complete ? 'succeeded' : 'failed');
  return url.toString();
}
