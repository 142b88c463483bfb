'use client';
import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { POLICY_KINDS, type PolicyKind } from '../../server/kernel/vocabulary.ts';
import type { PoliciesView } from '../../server/views/policies.ts';
import settings from '../people/settings.module.css';
import { SettingsTabs } from '../people/settings-tabs.tsx';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { PolicyDialog } from './policy-dialog.tsx';
import { PolicySection } from './policy-section.tsx';

function Policies({ found }: { found: PoliciesView }) {
  const powers = usePowers();
  const [editing, setEditing] = useState<PolicyKind | null>(null);
  const { policies, currency, merchantName } = found;
  return (
    <>
      {POLICY_KINDS.map((kind) => (
        <PolicySection key={kind} view={policies[kind]} onChange={powers.may('policies.save') ? () => setEditing(kind) : null} />
      ))}
      {editing && (
        <PolicyDialog
          key={editing}
          view={policies[editing]}
          {...{ currency, merchantName }}
          merchantId={found.merchantId}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}

/** How a merchant does business: what holds now, what will, and who said so. */
export function PoliciesPage() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const router = useRouter();
  const asked = useSearchParams().get('merchant');
  const merchants = useQuery(trpc.policies.merchants.queryOptions());
  const known = merchants.data ?? [];
  const merchantId = known.find((one) => one.merchantId === asked)?.merchantId ?? known[0]?.merchantId ?? null;
  const found = useQuery(trpc.policies.get.queryOptions({ merchantId: merchantId ?? '' }, { enabled: merchantId !== null }));
  return (
    <>
      <PageHeader title={t('nav.settings')} />
      <SettingsTabs />
      <div className={settings.page}>
        <p className={settings.text}>{t('policies.text')}</p>
        {known.length > 1 && (
          <Select
            label={t('policies.merchant')}
            data={known.map((one) => ({ value: one.merchantId, label: one.merchantName }))}
            value={merchantId}
            allowDeselect={false}
            onChange={(chosen) => router.replace(`/settings/policies?merchant=${chosen}`, { scroll: false })}
            maw={320}
          />
        )}
        <Loaded
          data={found.data}
          error={shownError(found.error) ?? shownError(merchants.error)}
          onRetry={() => void (merchants.error ? merchants.refetch() : found.refetch())}
        >
          {(view) => <Policies key={view.merchantId} found={view} />}
        </Loaded>
      </div>
    </>
  );
}
