'use client';
import Link from 'next/link';
import { useLedgerWords } from './ledger-words.ts';

/** An account by its kind, a program by its code too, and whose it is where somebody knows; the whole code on hover. */
export function AccountLink({ id, code, owner }: { id: string; code: string; owner?: string | null }) {
  const words = useLedgerWords();
  const name = words.account(code);
  return (
    <Link href={`/ledger/accounts/${id}`} title={code}>
      {owner ? `${name} · ${owner}` : name}
    </Link>
  );
}
