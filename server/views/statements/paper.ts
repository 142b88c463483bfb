import { shortId } from '../../kernel/ids.ts';
import type { Block, Roll } from '../../platform/paper/paper.ts';
import type { Print } from '../documents/print.ts';
import { filled } from '../documents/words.ts';
import type { Statement, StatementEntry } from './statement.ts';
import { STATEMENT_WORDS } from './words.ts';

/** A statement as a page for whom the account belongs to: everything but its entries, which follow as rows. */
export function statementRoll(statement: Statement, print: Print): Roll {
  const { account, from, to } = statement;
  const words = STATEMENT_WORDS[print.locale];
  const holder = account.customerName ?? account.merchantName ?? words.house;
  const period = `${print.date(from)} – ${print.date(lastMoment(to))}`;
  const name = `${accountKind(account.code, print)} · ${account.currency}`;
  const count = statement.entries === 1 ? words.entry : filled(words.entries, { count: print.number(statement.entries) });
  const also = account.customerName && account.merchantName ? [account.merchantName] : [];
  return {
    title: `${words.statement} ${shortId(account.id)} ${statement.days.from} ${statement.days.to}`,
    author: account.merchantName ?? 'Waybill',
    language: print.locale,
    at: print.at,
    foot: `${holder} · ${name} · ${period}`,
    head: [
      { kind: 'head', title: words.statement, lines: [period, filled(words.zone, { zone: statement.days.timeZone })] },
      {
        kind: 'columns',
        columns: [
          { label: words.accountOf, lines: [holder, ...also] },
          { label: words.account, lines: [name, account.id] },
          { label: words.printed, lines: [print.dateTime(print.at), count] },
        ],
      },
      figures(statement, print),
      ...(statement.entries === 0 ? ([{ kind: 'note', text: words.noEntries }] as const) : []),
    ],
    columns: [
      { header: words.date, share: 21, tabular: true },
      { header: words.what, share: 25 },
      { header: words.details, share: 24, tabular: true },
      { header: words.amount, share: 17, right: true, tabular: true },
      { header: words.balance, share: 17, right: true, tabular: true, strong: true },
    ],
    rows: statement.entries,
    tail: [{ kind: 'sums', rows: [closing(statement, print)] }],
  };
}

function figures(statement: Statement, print: Print): Block {
  const words = STATEMENT_WORDS[print.locale];
  const money = (amountMinor: bigint) => print.money(amountMinor, statement.account.currency);
  const { openingMinor, inMinor, outMinor, heldMinor, from } = statement;
  return {
    kind: 'sums',
    rows: [
      { label: filled(words.opening, { at: print.date(from) }), value: money(openingMinor) },
      { label: words.moneyIn, value: money(inMinor) },
      { label: words.moneyOut, value: money(-outMinor) },
      closing(statement, print),
      ...(heldMinor > 0n ? [{ label: words.held, value: money(heldMinor) }] : []),
    ],
  };
}

function closing({ account, to, closingMinor }: Statement, print: Print) {
  const label = filled(STATEMENT_WORDS[print.locale].closing, { at: print.date(lastMoment(to)) });
  return { label, value: print.money(closingMinor, account.currency), strong: true };
}

/** A period ends before its end: the last day is the one that this instant lies in. */
const lastMoment = (to: Date): Date => new Date(to.getTime() - 1);

/** Entries as rows of that page. `showsOthers`: whether its reader may know the accounts on the other side. */
export function statementRows(
  { account }: Statement,
  entries: readonly StatementEntry[],
  print: Print,
  showsOthers: boolean,
): string[][] {
  const words = STATEMENT_WORDS[print.locale];
  return entries.map((entry) => {
    const other = entry.person ?? (showsOthers ? accountKind(entry.otherCode, print) : null);
    return [
      print.dateTime(entry.at),
      words.transferKinds[entry.kind] ?? inWords(entry.kind),
      [entry.orderNumber, other, entry.note].filter(Boolean).join(' · '),
      print.money(entry.amountMinor, account.currency),
      print.money(entry.balanceMinor, account.currency),
    ];
  });
}

/** An account by its kind, which its code begins with. */
function accountKind(code: string, print: Print): string {
  const kind = code.split(':', 1)[0] ?? code;
  return STATEMENT_WORDS[print.locale].accountKinds[kind] ?? inWords(kind);
}

/** "psp_fee" as "Psp fee": a kind that the words do not know yet still reads as words. */
function inWords(kind: string): string {
  const words = kind.replace(/^program\./, '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
