'use client';
import Link from 'next/link';
import { useMessages } from '../ui/locale.tsx';

/** An account by its kind, which its code begins with; the whole code on hover. */
export function AccountLink({ id, code }: { id: string; code: string }) {
  const { word } = useMessages();
  return (
    <Link href={`/ledger/accounts/${id}`} title={code}>
      {word('ledger.accountKinds', code.split(':', 1)[0] ?? code)}
    </Link>
  );
}
