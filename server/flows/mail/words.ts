import type { MailLocale } from '../../domains/notifications/rules.ts';
import type { ReturnNews } from './content.ts';
import { de } from './words-de.ts';
import { en } from './words-en.ts';

/** Messages that agents need every day. Their names in the console are `mails.canned` of its catalogue. */
export const CANNED = ['delay', 'address', 'patience', 'refund', 'availability'] as const;
export type CannedName = (typeof CANNED)[number];

/** What may stand in a canned message; a customer without a name is greeted without one. */
export interface CannedVars {
  readonly greeting: string;
  readonly number: string;
  readonly merchant: string;
}

export interface CannedText {
  readonly subject: (vars: CannedVars) => string;
  readonly body: (vars: CannedVars) => string;
}

/** What a mail about a wallet may name. */
export interface WalletVars {
  readonly amount: string;
  /** Who sent or asks. */
  readonly person: string;
  /** Until when. */
  readonly until: string;
  /** The bank account. */
  readonly account: string;
}

interface WalletNewsWords {
  readonly subject: (vars: WalletVars) => string;
  readonly title: string;
  readonly text: (vars: WalletVars) => string;
}

/** Money of a customer's own wallet. */
export interface WalletWords {
  readonly open: string;
  readonly openRequest: string;
  readonly why: string;
  readonly from: string;
  readonly bankAccount: string;
  readonly received: WalletNewsWords;
  readonly requestPaid: WalletNewsWords;
  readonly requested: WalletNewsWords & { readonly note: string };
  readonly topUp: WalletNewsWords;
  readonly withdrawalFailed: WalletNewsWords;
  readonly withdrawalReturned: WalletNewsWords;
  /** Instead, where the wallet was closed meanwhile. */
  readonly returnedToNobody: WalletNewsWords['text'];
}

interface NewsWords {
  readonly subject: (number: string) => string;
  readonly title: string;
  readonly text: string;
}

/** Every word of every mail. A language that lacks one does not compile. */
export interface MailWords {
  /** Begins a letter; what follows goes on after it as its language wants. */
  readonly greeting: (name: string | null) => string;
  /** Stands by itself above news. */
  readonly hello: (name: string | null) => string;
  readonly order: string;
  readonly placed: string;
  readonly total: string;
  readonly includedTax: string;
  readonly saved: string;
  readonly shipTo: string;
  readonly carrier: string;
  /** What people call the carriers behind our adapters. */
  readonly carriers: Readonly<Record<string, string>>;
  readonly trackingNumber: string;
  readonly refund: string;
  readonly amount: string;
  readonly units: (count: number) => string;
  readonly track: string;
  readonly questions: (merchant: string) => string;
  readonly why: (merchant: string) => string;
  /** Reasons that a customer is told, by their name; the others stay inside. */
  readonly reasons: Readonly<Partial<Record<string, string>>>;
  readonly orderConfirmed: NewsWords;
  readonly actionRequired: NewsWords & { readonly button: string };
  readonly shipped: NewsWords;
  readonly delivered: NewsWords;
  readonly orderCancelled: NewsWords & { readonly notCharged: string; readonly charged: string };
  readonly unitsCancelled: NewsWords & { readonly value: string };
  readonly orderEdited: NewsWords & { readonly came: string; readonly went: string; readonly was: string; readonly is: string };
  readonly editToPay: NewsWords & { readonly until: (time: string) => string; readonly button: string };
  readonly refunded: NewsWords & { readonly when: string };
  readonly readyForPickup: NewsWords & { readonly code: string; readonly until: string; readonly place: string };
  readonly pickupReminder: NewsWords;
  /** Of a confirmed order, what is not in stock yet. */
  readonly later: { readonly text: string; readonly by: (day: string) => string };
  readonly dateMoved: NewsWords & { readonly was: string; readonly is: string; readonly choose: string; readonly button: string };
  readonly payAgain: NewsWords & { readonly until: (time: string) => string; readonly button: string };
  readonly returns: Readonly<Record<ReturnNews['kind'], NewsWords>> & {
    readonly number: string;
    readonly sendBy: string;
    readonly print: string;
    readonly due: string;
    readonly exchanged: string;
    readonly kept: string;
    readonly back: string;
    readonly credit: string;
    readonly charged: string;
    readonly ahead: (amount: string) => string;
  };
  readonly message: { readonly title: (number: string) => string };
  readonly paymentLink: {
    readonly subject: (merchant: string) => string;
    readonly title: string;
    /** The amount is null where the customer still says where it goes. */
    readonly text: (merchant: string, amount: string | null) => string;
    readonly button: string;
    readonly note: string;
  };
  readonly stockDigest: {
    readonly subject: (low: number, expiring: number) => string;
    readonly title: (merchant: string) => string;
    readonly low: (count: number) => string;
    /** Its reorder point, at a node or over all. */
    readonly point: (point: number, node: string | null) => string;
    readonly expiring: (count: number) => string;
    readonly button: string;
    readonly footer: (merchant: string) => string;
  };
  readonly resetLink: {
    readonly subject: string;
    readonly title: string;
    readonly text: string;
    readonly button: string;
    readonly note: (until: string) => string;
  };
  readonly invitation: {
    readonly subject: string;
    readonly title: string;
    readonly text: (from: string | null) => string;
    readonly button: string;
    readonly note: (until: string) => string;
  };
  readonly wallet: WalletWords;
  readonly account: string;
  readonly canned: Readonly<Record<CannedName, CannedText>>;
}

export const MAIL_WORDS: Readonly<Record<MailLocale, MailWords>> = { en, de };
