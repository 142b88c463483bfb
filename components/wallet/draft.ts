export type MoveKind = 'send' | 'ask';

/** Whom it is about, as far as one may know. */
export interface Recipient {
  readonly to: { readonly email: string } | { readonly handle: string };
  readonly name: string | null;
}

/** What has been said so far. */
export interface Draft {
  readonly recipient: Recipient | null;
  readonly amountMinor: bigint | null;
  readonly note: string;
}

/** How a recipient is written where no name is known. */
export function addressText({ to, name }: Recipient): string {
  return name ?? ('email' in to ? to.email : `@${to.handle}`);
}
