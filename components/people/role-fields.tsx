'use client';
import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { INVITABLE_ROLES } from '../../server/domains/people/schema.ts';
import { useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';

export type StaffRole = (typeof INVITABLE_ROLES)[number];

export interface RoleChoice {
  readonly role: StaffRole;
  readonly merchantId: string | null;
}

const ALL = '';

/** A role and, where it can have one, the merchant it is limited to. */
export function RoleFields({ value, onChange }: { value: RoleChoice; onChange: (choice: RoleChoice) => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const merchants = useQuery(trpc.people.merchants.queryOptions());
  const choices = (merchants.data ?? []).map((merchant) => ({ value: merchant.id, label: merchant.name }));
  const pickRole = (role: StaffRole) => {
    const merchantId =
      role === 'admin' ? null : role === 'merchant' ? (value.merchantId ?? choices[0]?.value ?? null) : value.merchantId;
    onChange({ role, merchantId });
  };
  return (
    <>
      <Select
        label={t('people.users.role')}
        data={INVITABLE_ROLES.map((role) => ({ value: role, label: t(`nav.roles.${role}`) }))}
        value={value.role}
        onChange={(role) => pickRole(INVITABLE_ROLES.find((known) => known === role) ?? value.role)}
      />
      {value.role !== 'admin' && (
        <Select
          label={t('people.users.merchant')}
          data={value.role === 'merchant' ? choices : [{ value: ALL, label: t('people.users.allMerchants') }, ...choices]}
          value={value.merchantId ?? ALL}
          onChange={(merchantId) => onChange({ ...value, merchantId: merchantId || null })}
        />
      )}
    </>
  );
}
