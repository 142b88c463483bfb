import type { Intent } from './state.ts';

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const layout = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { display: grid; min-height: 100vh; margin: 0; place-items: center; }
main { max-width: 26rem; padding: 2rem; border: 1px solid; border-radius: 0.5rem; }
form { display: flex; gap: 1rem; }
button { font: inherit; padding: 0.6rem 1.2rem; cursor: pointer; }
</style>
</head>
<body><main><h1>${title}</h1>${body}</main></body>
</html>`;

/** The amount with its code, in minor units: the simulator's page does not know how a currency is written. */
const amountOf = (intent: Intent): string => `${intent.amount} ${intent.currency.toUpperCase()} (minor units)`;

/** The page on which a cardholder proves who they are, or does not. */
export function challengePage(intent: Intent): string {
  return layout(
    '3D Secure test page',
    `<p>A payment of <strong>${amountOf(intent)}</strong> needs your confirmation. This is a simulated bank.</p>
<form method="post">
<input type="hidden" name="secret" value="${escapeHtml(intent.secret)}">
<button name="answer" value="complete">Complete</button>
<button name="answer" value="fail">Fail</button>
</form>`,
  );
}

export function challengeOver(message: string): string {
  return layout('3D Secure test page', `<p>${escapeHtml(message)}</p>`);
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
