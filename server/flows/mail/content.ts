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

export interface Refunded extends AboutOrder<'refunded'> {
  readonly refundNumber: string;
  readonly amountMinor: bigint;
}

export interface Message extends AboutOrder<'message'> {
  readonly subject: string;
  readonly body: string;
}

/** Whoever asks for money makes the link; a mail only carries it. */
export interface PaymentLink {
  readonly kind: 'payment_link';
  readonly merchantName: string;
  /** Null where the customer still says where it goes. */
  readonly totalMinor: bigint | null;
  readonly currency: string;
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
  | Refunded
  | Message
  | PaymentLink
  | SignInLink;
