'use client';
import Link from 'next/link';
import { useMessages } from '../ui/locale.tsx';
import { isMessageKey } from '../ui/messages/catalogue.ts';

/** Kinds of accounts and transfers in words; one that the catalogue does not know stays as it is. */
export function useLedgerWords(): { readonly account: (kind: string) => string; readonly transfer: (kind: string) => string } {
  const { t } = useMessages();
  const word = (of: 'accountKinds' | 'transferKinds') => (kind: string) => {
    const key = `ledger.${of}.${kind}`;
    return isMessageKey(key) ? t(key) : kind;
  };
  return { account: word('accountKinds'), transfer: word('transferKinds') };
}

/** An account by its kind, which its code begins with; the whole code on hover. */
export function AccountLink({ id, code }: { id: string; code: string }) {
  const words = useLedgerWords();
  return (
    <Link href={`/ledger/accounts/${id}`} title={code}>
      {words.account(code.split(':', 1)[0] ?? code)}
    </Link>
  );
}
