import type { Metadata } from 'next';
import { GeneralLedger } from '../../../../components/gl/general-ledger.tsx';

export const metadata: Metadata = { title: 'General ledger' };

export default function GeneralLedgerPage() {
  return <GeneralLedger />;
}
