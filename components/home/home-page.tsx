'use client';
import type { ReactNode } from 'react';
import type { Role } from '../../server/kernel/vocabulary.ts';
import { useViewer } from '../shell/console-shell.tsx';
import { MyOrderList } from '../track/my-order-list.tsx';
import { DetailLayout } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { AgentHome } from './agent-home.tsx';
import { FinanceHome } from './finance-home.tsx';
import { HealthFigures } from './health-figures.tsx';
import { SalesDashboard } from './sales-dashboard.tsx';
import { TrafficControl } from './traffic-control.tsx';
import { WarehouseHome } from './warehouse-home.tsx';

/** What each role sees first. A customer's home is the list of their orders. */
const HOMES: Readonly<Record<Exclude<Role, 'customer'>, ReactNode>> = {
  agent: <AgentHome />,
  fraud_analyst: <AgentHome />,
  warehouse: <WarehouseHome />,
  finance: <FinanceHome />,
  merchant: (
    <>
      <SalesDashboard />
      <AgentHome />
    </>
  ),
  admin: (
    <>
      <HealthFigures />
      <AgentHome />
      <FinanceHome />
    </>
  ),
};

/** The home of whoever is signed in. */
export function HomePage() {
  const { t } = useMessages();
  const role = useViewer().data?.role;
  if (role === undefined) return null;
  if (role === 'customer') return <MyOrderList />;
  return (
    <DetailLayout header={<PageHeader title={t('home.title')} />} bars={<TrafficControl />}>
      {HOMES[role]}
    </DetailLayout>
  );
}

/** A merchant's dashboard. */
export function MerchantHome() {
  const { t } = useMessages();
  return (
    <DetailLayout header={<PageHeader title={t('nav.dashboard')} />} bars={<TrafficControl />}>
      <SalesDashboard />
      <AgentHome />
    </DetailLayout>
  );
}
