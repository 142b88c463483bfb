'use client';
import Link from 'next/link';
import type { TransferSide } from '../../server/views/transfers.ts';
import { useLedgerWords } from './ledger-words.ts';

/** A side of a transfer: its kind and whose it is; a link where its reader may open it. */
export function SideName({ side }: { side: TransferSide }) {
  const words = useLedgerWords();
  const name = [words.account(side.code), side.owner].filter(Boolean).join(' · ');
  if (!side.mine) return <span title={side.code}>{name}</span>;
  return (
    <Link href={`/ledger/accounts/${side.id}`} title={side.code}>
      {name}
    </Link>
  );
}
