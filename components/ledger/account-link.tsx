'use client';
import Link from 'next/link';
import { useLedgerWords } from './ledger-words.ts';

/** An account by its kind, a program by its code too; the whole code on hover. */
export function AccountLink({ id, code }: { id: string; code: string }) {
  const words = useLedgerWords();
  return (
    <Link href={`/ledger/accounts/${id}`} title={code}>
      {words.account(code)}
    </Link>
  );
}
