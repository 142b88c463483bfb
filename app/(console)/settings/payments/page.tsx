import type { Metadata } from 'next';
import { GatewaySettings } from '../../../../components/payments/gateway-settings.tsx';

export const metadata: Metadata = { title: 'Payment gateways' };

export default function PaymentSettingsPage() {
  return <GatewaySettings />;
}
