/** Who writes where no merchant does. */
export const HOUSE = 'Waybill';

/** A mail before it is HTML or plain text: both are made of this, so that they say the same. */
export interface MailDocument {
  readonly lang: string;
  readonly subject: string;
  /** What a list of mails shows beside the subject. */
  readonly preview: string;
  /** Who it comes from: a merchant, or the house. */
  readonly sender: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  /** Small, at the end. */
  readonly footer: string;
}

export interface AmountRow {
  readonly label: string;
  /** Beside the label, dimmed: "× 3". */
  readonly detail?: string;
  readonly amount: string;
}

export type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'button'; readonly label: string; readonly url: string }
  | { readonly type: 'facts'; readonly rows: readonly { readonly label: string; readonly value: string }[] }
  | { readonly type: 'items'; readonly rows: readonly { readonly name: string; readonly detail: string }[] }
  | {
      readonly type: 'amounts';
      readonly rows: readonly AmountRow[];
      readonly total: AmountRow;
      /** Below the total: of which tax, saved. */
      readonly included: readonly AmountRow[];
    }
  | { readonly type: 'address'; readonly label: string; readonly lines: readonly string[] };
