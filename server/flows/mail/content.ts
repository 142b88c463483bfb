/** Where a mail may lead. Made once per process from the origin that people type and the secret that signs links. */
export interface MailLinks {
  track(orderId: string): string;
  /** The page on which a customer answers for what of an order comes later. */
  waiting(orderId: string): string;
  /** The page on which a checkout is paid. */
  pay(checkoutId: string): string;
  /** A customer's wallet; without an id, all of theirs. */
  wallet(walletId: string | null): string;
  /** The page on which a request for money is paid or declined. */
  moneyRequest(requestId: string): string;
  /** The page of what runs low and what expires soon. */
  stock(): string;
  /** Opens the url of a sign-in mail, which is kept sealed. */
  open(sealedUrl: string): string;
}

/** What a mail tells, as facts: nothing in it is formatted or in any language yet. Amounts are minor units of `currency`. */
export interface MailOrder {
  readonly number: string;
  readonly merchantName: string;
  readonly customerName: string | null;
  readonly currency: string;
  /** The public page on which whoever holds this address follows the order. */
  readonly trackingUrl: string;
}

export interface MailLine {
  readonly kind: 'item' | 'shipping' | 'fee';
  readonly name: string;
  readonly quantity: number;
  readonly totalMinor: bigint;
}

export interface MailItem {
  readonly name: string;
  readonly units: number;
}

export interface MailParcel {
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly items: readonly MailItem[];
}

interface AboutOrder<K extends string> {
  readonly kind: K;
  readonly order: MailOrder;
}

export interface OrderConfirmed extends AboutOrder<'order_confirmed'> {
  readonly placedAt: Date;
  /** They add up to `totalMinor`, or there is no mail. */
  readonly lines: readonly MailLine[];
  readonly totalMinor: bigint;
  readonly taxMinor: bigint;
  readonly discountMinor: bigint;
  /** What of it comes later, and the day it is promised for. */
  readonly later: readonly (MailItem & { readonly promisedOn: string })[];
  /** Line by line; empty where nothing is sent anywhere. */
  readonly shipTo: readonly string[];
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
}

export interface ActionRequired extends AboutOrder<'action_required'> {
  readonly totalMinor: bigint;
  /** Where the bank asks. */
  readonly url: string;
}

export interface ParcelNews extends AboutOrder<'shipped' | 'delivered'> {
  readonly parcel: MailParcel;
}

export interface OrderCancelled extends AboutOrder<'order_cancelled'> {
  readonly reason: string | null;
  /** Whether money had been taken that goes back. */
  readonly charged: boolean;
}

export interface UnitsCancelled extends AboutOrder<'units_cancelled'> {
  readonly reason: string | null;
  readonly items: readonly MailItem[];
  readonly valueMinor: bigint;
}

/** What changed of an order before it left, and what it costs now. */
export interface OrderEdited extends AboutOrder<'order_edited'> {
  readonly came: readonly MailItem[];
  readonly went: readonly MailItem[];
  readonly beforeMinor: bigint;
  readonly afterMinor: bigint;
}

/** A change that costs more, and that the customer's bank did not agree to by itself. */
export interface EditToPay extends AboutOrder<'edit_to_pay'> {
  readonly amountMinor: bigint;
  readonly until: Date;
  readonly url: string;
}

export interface Refunded extends AboutOrder<'refunded'> {
  readonly refundNumber: string;
  readonly amountMinor: bigint;
}

/** An order that waits at a counter for its customer. */
export interface PickupNews extends AboutOrder<'ready_for_pickup' | 'pickup_reminder'> {
  /** Where: its name, and its address line by line. */
  readonly place: { readonly name: string; readonly lines: readonly string[] };
  /** What the customer shows. */
  readonly code: string;
  readonly collectBy: Date;
}

/** Units that come later than they were promised, or earlier. Days are ISO dates. */
export interface DateMoved extends AboutOrder<'date_moved'> {
  readonly was: string;
  readonly is: string;
  readonly items: readonly MailItem[];
  /** Where the customer agrees, or cancels what waits. */
  readonly url: string;
}

/** The bank does not hold the money any more, and refused to hold it again. */
export interface PayAgain extends AboutOrder<'pay_again'> {
  readonly amountMinor: bigint;
  readonly until: Date;
  readonly url: string;
}

/** Goods that a customer sends back. */
export interface ReturnNews
  extends AboutOrder<
    'return_requested' | 'return_approved' | 'return_declined' | 'return_received' | 'return_settled' | 'return_due'
  > {
  readonly returnNumber: string;
  readonly items: readonly MailItem[];
  readonly sendBy: Date | null;
  readonly labelUrl: string | null;
  readonly declineReason: string | null;
  readonly resolution: string | null;
  readonly dueMinor: bigint;
  readonly exchangedMinor: bigint;
  /** What the policy keeps, the label's price with it. */
  readonly keptMinor: bigint;
  readonly refundMinor: bigint;
  readonly chargeMinor: bigint;
  /** What is held, and taken where nothing comes back. */
  readonly advanceMinor: bigint;
}

export interface Message extends AboutOrder<'message'> {
  readonly subject: string;
  readonly body: string;
}

/** Money of a customer's own wallet, at home in the house and not at a merchant. */
interface AboutWallet<K extends string> {
  readonly kind: K;
  readonly customerName: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** The page of the wallet, or of the request. */
  readonly url: string;
}

export interface MoneyReceived extends AboutWallet<'money_received'> {
  readonly person: string;
  /** Whether the reader had asked for it. */
  readonly asked: boolean;
}

export interface MoneyRequested extends AboutWallet<'money_requested'> {
  readonly person: string;
  readonly expiresAt: Date;
}

export interface BackFromBank extends AboutWallet<'withdrawal_failed' | 'withdrawal_returned'> {
  /** What the bank account is recognised by. */
  readonly account: { readonly country: string; readonly last4: string };
  /** Whether it waits with the house, since the wallet was closed meanwhile. */
  readonly closed: boolean;
}

export type WalletNews = MoneyReceived | MoneyRequested | AboutWallet<'bank_top_up'> | BackFromBank;

/** Whoever asks for money makes the link; a mail only carries it. */
export interface PaymentLink {
  readonly kind: 'payment_link';
  readonly merchantName: string;
  /** Null where the customer still says where it goes. */
  readonly totalMinor: bigint | null;
  readonly currency: string;
  readonly url: string;
}

/** What a merchant's people are told once a day: the first of each, and how many there are. Days are ISO dates. */
export interface StockDigest {
  readonly kind: 'stock_digest';
  readonly merchantName: string;
  readonly low: readonly { readonly code: string; readonly name: string; readonly node: string | null; readonly point: number }[];
  readonly lowCount: number;
  readonly expiring: readonly {
    readonly code: string;
    readonly name: string;
    readonly node: string;
    readonly lot: string;
    readonly expiresOn: string;
    readonly units: number;
  }[];
  readonly expiringCount: number;
  readonly url: string;
}

export interface SignInLink {
  readonly kind: 'reset_link' | 'invitation';
  readonly url: string;
  readonly expiresAt: Date;
  /** Who invites. */
  readonly from: string | null;
}

export type MailContent =
  | OrderConfirmed
  | ActionRequired
  | ParcelNews
  | OrderCancelled
  | UnitsCancelled
  | OrderEdited
  | EditToPay
  | Refunded
  | PickupNews
  | DateMoved
  | PayAgain
  | ReturnNews
  | Message
  | PaymentLink
  | WalletNews
  | StockDigest
  | SignInLink;
