'use client';
import type { ReactNode } from 'react';
import type { Role } from '../../server/kernel/vocabulary.ts';
import { useViewer } from '../shell/console-shell.tsx';
import { ScanField } from '../shipments/scan-field.tsx';
import { MyOrderList } from '../track/my-order-list.tsx';
import { DetailLayout } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { AgentHome } from './agent-home.tsx';
import { FinanceHome } from './finance-home.tsx';
import { HealthFigures } from './health-figures.tsx';
import { OrderSearch } from './order-search.tsx';
import { PeriodPicker } from './period.tsx';
import { SalesDashboard } from './sales-dashboard.tsx';
import { TrafficControl } from './traffic-control.tsx';
import { WarehouseHome } from './warehouse-home.tsx';

interface Home {
  readonly content: ReactNode;
  /** What stands beside the title. */
  readonly beside?: ReactNode;
}

/** What each role sees first. A customer's home is the list of their orders, a merchant's their dashboard. */
const HOMES: Readonly<Record<Exclude<Role, 'customer' | 'merchant'>, Home>> = {
  agent: { content: <AgentHome />, beside: <OrderSearch /> },
  fraud_analyst: { content: <AgentHome hold="fraud" />, beside: <OrderSearch /> },
  warehouse: { content: <WarehouseHome />, beside: <ScanField /> },
  finance: { content: <FinanceHome /> },
  admin: {
    content: (
      <>
        <HealthFigures />
        <AgentHome />
        <FinanceHome />
      </>
    ),
    beside: <OrderSearch />,
  },
};

/** The home of whoever is signed in. */
export function HomePage() {
  const { t } = useMessages();
  const role = useViewer().data?.role;
  if (role === undefined) return null;
  if (role === 'customer') return <MyOrderList />;
  if (role === 'merchant') return <MerchantHome />;
  const { content, beside } = HOMES[role];
  return (
    <DetailLayout header={<PageHeader title={t('home.title')} secondary={beside} />} bars={<TrafficControl />}>
      {content}
    </DetailLayout>
  );
}

/** A merchant's dashboard, and below it what waits for a person. */
export function MerchantHome() {
  const { t } = useMessages();
  return (
    <DetailLayout header={<PageHeader title={t('nav.dashboard')} secondary={<PeriodPicker />} />} bars={<TrafficControl />}>
      <SalesDashboard />
      <AgentHome />
    </DetailLayout>
  );
}
