import type { Metadata } from 'next';
import { InvoiceSettings } from '../../../../components/invoices/invoice-settings.tsx';

export const metadata: Metadata = { title: 'Invoices' };

export default function InvoiceSettingsPage() {
  return <InvoiceSettings />;
}
