import type { MailLocale } from '../../domains/notifications/rules.ts';
import type { WalletNews } from './content.ts';
import { type Block, HOUSE, type MailDocument } from './document.ts';
import { mailMoney, mailTime } from './format.ts';
import type { MailWords, WalletVars, WalletWords } from './words.ts';

/** A mail about a customer's own wallet: the house writes, since it keeps the money. */
export function walletNews(content: WalletNews, lang: MailLocale, words: MailWords): MailDocument {
  const { wallet } = words;
  const { subject, title, text } = wordsOf(content, wallet);
  const vars: WalletVars = {
    amount: mailMoney(content.amountMinor, content.currency, lang),
    person: 'person' in content ? content.person : '',
    until: content.kind === 'money_requested' ? mailTime(content.expiresAt, lang) : '',
    account: 'account' in content ? `${content.account.country} … ${content.account.last4}` : '',
  };
  const said = text(vars);
  const asked = content.kind === 'money_requested';
  return {
    lang,
    sender: HOUSE,
    subject: subject(vars),
    preview: said,
    title,
    blocks: [
      { type: 'text', text: words.hello(content.customerName) },
      { type: 'text', text: said },
      { type: 'facts', rows: factsOf(vars, words) },
      { type: 'button', label: asked ? wallet.openRequest : wallet.open, url: content.url },
      ...(asked ? [{ type: 'note', text: wallet.requested.note } satisfies Block] : []),
      { type: 'note', text: words.questions(HOUSE) },
    ],
    footer: wallet.why,
  };
}

function wordsOf(content: WalletNews, wallet: WalletWords): WalletWords['received'] {
  switch (content.kind) {
    case 'money_received':
      return content.asked ? wallet.requestPaid : wallet.received;
    case 'money_requested':
      return wallet.requested;
    case 'bank_top_up':
      return wallet.topUp;
    case 'withdrawal_failed':
      return wallet.withdrawalFailed;
    case 'withdrawal_returned':
      return content.closed ? { ...wallet.withdrawalReturned, text: wallet.returnedToNobody } : wallet.withdrawalReturned;
  }
}

function factsOf({ amount, person, account }: WalletVars, words: MailWords): { label: string; value: string }[] {
  return [
    { label: words.amount, value: amount },
    ...(person ? [{ label: words.wallet.from, value: person }] : []),
    ...(account ? [{ label: words.wallet.bankAccount, value: account }] : []),
  ];
}
