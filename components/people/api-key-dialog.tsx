'use client';
import { Button, Checkbox, Modal, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { API_SCOPES, type ApiScope } from '../../server/kernel/vocabulary.ts';
import { useRequestKey } from '../request-key.ts';
import { useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Refusal } from './door.tsx';
import { LinkDialog } from './link-dialog.tsx';
import { useRefusalText } from './reset-password.tsx';
import classes from './settings.module.css';

/** What a shop's checkout needs. */
const USUAL_SCOPES: readonly ApiScope[] = ['orders:read', 'orders:write', 'catalog:read'];

/** Makes a key, and shows it once. */
export function ApiKeyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const merchants = useQuery(trpc.people.merchants.queryOptions());
  const [name, setName] = useState('');
  const [chosenMerchant, setMerchant] = useState<string | null>(null);
  const [mode, setMode] = useState<'test' | 'live'>('test');
  const [scopes, setScopes] = useState<readonly ApiScope[]>(USUAL_SCOPES);
  const request = useRequestKey();
  const create = useMutation(
    trpc.people.createApiKey.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.people.apiKeys.queryFilter()),
      onError: request.failed,
    }),
  );
  const refusal = useRefusalText(create.error);
  const merchantId = chosenMerchant ?? merchants.data?.[0]?.id ?? '';
  if (create.data) {
    const link = { title: t('people.keys.title'), text: t('people.keys.made'), url: create.data.key };
    return <LinkDialog link={link} what={t('people.keys.keyName')} onClose={onClose} />;
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(request.keyed({ name, merchantId, mode, scopes: [...scopes] }));
  };
  const toggle = (scope: ApiScope, on: boolean) =>
    setScopes(API_SCOPES.filter((known) => (known === scope ? on : scopes.includes(known))));
  return (
    <Modal opened onClose={onClose} title={t('people.keys.create')} closeButtonProps={{ 'aria-label': t('ui.close') }}>
      <form className={classes.form} onSubmit={submit}>
        <Refusal>{refusal}</Refusal>
        <TextInput
          label={t('people.keys.name')}
          description={t('people.keys.nameHint')}
          data-autofocus
          maxLength={80}
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label={t('people.keys.merchant')}
          data={(merchants.data ?? []).map((merchant) => ({ value: merchant.id, label: merchant.name }))}
          value={merchantId}
          onChange={setMerchant}
        />
        <Select
          label={t('people.keys.mode')}
          data={[
            { value: 'test', label: t('people.keys.test') },
            { value: 'live', label: t('people.keys.live') },
          ]}
          value={mode}
          onChange={(value) => setMode(value === 'live' ? 'live' : 'test')}
        />
        <Checkbox.Group label={t('people.keys.scopes')} value={[...scopes]}>
          <div className={classes.scopes}>
            {API_SCOPES.map((scope) => (
              <Checkbox
                key={scope}
                value={scope}
                label={scope}
                onChange={(event) => toggle(scope, event.currentTarget.checked)}
              />
            ))}
          </div>
        </Checkbox.Group>
        <Button type="submit" loading={create.isPending}>
          {t('people.keys.createSubmit')}
        </Button>
      </form>
    </Modal>
  );
}
