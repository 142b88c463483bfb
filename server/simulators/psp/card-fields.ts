import { readFileSync } from 'node:fs';
import { decodeForm, text } from '../form.ts';
import { html, type SimReply, type SimRequest } from '../http.ts';
import { HINTS, type Language } from './test-numbers.ts';

/**
 * The page that a checkout shows in a frame: number, expiry and security code are typed on the provider's own origin and go to the
 * provider only. The checkout is told a token, by a message to the one origin that this page was made for.
 */
const SCRIPT = readFileSync(new URL('./card-fields-client.js', import.meta.url), 'utf8');
const STYLE = readFileSync(new URL('./card-fields.css', import.meta.url), 'utf8');

const WORDS = {
  en: {
    title: 'Card details',
    number: 'Card number',
    expiry: 'Expiry',
    expiryHint: 'MM / YY',
    cvc: 'Security code',
    cvcHint: 'CVC',
    hints: 'Test cards',
    hintsText: 'This is a simulator: it takes these cards only, and nothing is charged. Choose one to fill it in.',
    number_wrong: 'This card number is not complete or not right.',
    number_real: 'This is a simulator: it takes test cards only. Choose one below.',
    expiry_wrong: 'Give the month and the year, such as 12 / 34.',
    expiry_past: 'This card has expired.',
    cvc_wrong: 'Give the 3 digits on the back of the card.',
    cvc_wrong_4: 'Give the 4 digits on the front of the card.',
    unreachable: 'The payment service cannot be reached. Try again in a moment.',
    filled: 'Filled in:',
  },
  de: {
    title: 'Kartendaten',
    number: 'Kartennummer',
    expiry: 'Gültig bis',
    expiryHint: 'MM / JJ',
    cvc: 'Prüfziffer',
    cvcHint: 'CVC',
    hints: 'Testkarten',
    hintsText: 'Dies ist ein Simulator: Er nimmt nur diese Karten an, und nichts wird abgebucht. Auswählen füllt die Felder aus.',
    number_wrong: 'Diese Kartennummer ist nicht vollständig oder nicht richtig.',
    number_real: 'Dies ist ein Simulator: Er nimmt nur Testkarten an. Unten stehen welche.',
    expiry_wrong: 'Monat und Jahr angeben, zum Beispiel 12 / 34.',
    expiry_past: 'Diese Karte ist abgelaufen.',
    cvc_wrong: 'Die 3 Ziffern von der Rückseite der Karte angeben.',
    cvc_wrong_4: 'Die 4 Ziffern von der Vorderseite der Karte angeben.',
    unreachable: 'Der Zahlungsdienst ist nicht erreichbar. Bitte gleich noch einmal versuchen.',
    filled: 'Ausgefüllt:',
  },
} as const satisfies Record<Language, Record<string, string>>;

export const CARD_FIELDS_PATH = '/elements/';

const grouped = (number: string): string =>
  number.length === 15 ? number.replace(/^(\d{4})(\d{6})(\d{5})$/, '$1 $2 $3') : number.replaceAll(/(\d{4})(?=\d)/g, '$1 ');

const field = (name: string, label: string, hint: string, autocomplete: string, length: number): string => `
<div class="field" id="${name}-box">
  <label for="${name}">${label}</label>
  <div class="input"><input id="${name}" name="${name}" inputmode="numeric" autocomplete="${autocomplete}" maxlength="${length}"
    placeholder="${hint}" aria-describedby="${name}-error" required>${name === 'number' ? '<span id="brand" aria-live="polite"></span>' : ''}</div>
  <p class="error" id="${name}-error" role="alert"></p>
</div>`;

function page(parent: string, scheme: string, language: Language, publishableKey: string): string {
  const words = WORDS[language];
  const hints = HINTS.map(
    ({ number, does }) =>
      `<li><button type="button" class="hint" data-number="${number}"><span>${grouped(number)}</span><small>${does[language]}</small></button></li>`,
  ).join('');
  const settings = JSON.stringify({ parent, key: publishableKey, words });
  return `<!doctype html>
<html lang="${language}" data-scheme="${scheme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title}</title>
<link rel="stylesheet" href="/elements/card.css">
</head>
<body>
<div id="fields">
<h1 class="hidden">${words.title}</h1>
<form id="card" novalidate data-settings="${settings.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}">
${field('number', words.number, '1234 1234 1234 1234', 'cc-number', 23)}
<div class="pair">
${field('expiry', words.expiry, words.expiryHint, 'cc-exp', 7)}
${field('cvc', words.cvc, words.cvcHint, 'cc-csc', 4)}
</div>
<p class="error" id="form-error" role="alert"></p>
<button class="hidden" tabindex="-1" aria-hidden="true">↵</button>
</form>
<details id="hints"><summary>${words.hints}</summary><p>${words.hintsText}</p><ul>${hints}</ul></details>
</div>
<script src="/elements/card.js"></script>
</body>
</html>`;
}

export interface CardFieldsOptions {
  /** The origins whose checkouts may show the fields. */
  readonly parents: readonly string[];
  readonly publishableKey: string;
}

function file(body: string, type: string): SimReply {
  return {
    status: 200,
    body,
    headers: { 'content-type': type, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' },
  };
}

/** GET /elements/card and what it loads; undefined where the address is another one. */
export function cardFields(request: SimRequest, { parents, publishableKey }: CardFieldsOptions): SimReply | undefined {
  if (request.method !== 'GET' || !request.path.startsWith(CARD_FIELDS_PATH)) return undefined;
  if (request.path === '/elements/card.js') return file(SCRIPT, 'text/javascript; charset=utf-8');
  if (request.path === '/elements/card.css') return file(STYLE, 'text/css; charset=utf-8');
  if (request.path !== '/elements/card') return undefined;
  const query = decodeForm(request.query);
  const parent = text(query, 'parent') ?? '';
  if (!parents.includes(parent))
    return html(403, `These card fields are not made for this site. Known are: ${parents.join(', ') || 'none'}.`);
  const scheme = text(query, 'scheme') === 'dark' ? 'dark' : 'light';
  const language = text(query, 'lang') === 'de' ? 'de' : 'en';
  const reply = html(200, page(parent, scheme, language, publishableKey));
  const csp = `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${parent}`;
  return { ...reply, headers: { ...reply.headers, 'content-security-policy': csp, 'referrer-policy': 'no-referrer' } };
}
