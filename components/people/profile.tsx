'use client';
import { Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Role } from '../../server/kernel/vocabulary.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { KeyValue, NarrowLayout, Section } from '../ui/detail-layout.tsx';
import { useMessages, usePreferences } from '../ui/locale.tsx';
import { LOCALES, type Locale } from '../ui/messages/catalogue.ts';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './door.module.css';
import { Refusal } from './door.tsx';
import { NewPasswordInput, useRefusalText } from './reset-password.tsx';
import { Authenticator } from './second-factor.tsx';
import { Sessions } from './sessions.tsx';
import { SettingsTabs } from './settings-tabs.tsx';

interface Account {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly merchantName: string | null;
  readonly locale: string;
  readonly timeZone: string;
  readonly totpEnabledAt: Date | null;
}

/** One's own account: who one is here, password, authenticator, sessions. */
export function Profile() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const me = useQuery(trpc.auth.me.queryOptions());
  return (
    <NarrowLayout
      header={
        <>
          <PageHeader title={t('nav.settings')} />
          <SettingsTabs />
        </>
      }
    >
      <Loaded data={me.data ?? undefined} error={shownError(me.error)} onRetry={() => void me.refetch()}>
        {(account) => (
          <>
            <Section title={t('people.profile.title')}>
              <ProfileForm account={account} />
            </Section>
            <Section title={t('people.profile.password')}>
              <PasswordForm email={account.email} />
            </Section>
            <Section title={t('people.secondFactor.title')}>
              <Authenticator enabledAt={account.totpEnabledAt} />
            </Section>
            <Sessions />
          </>
        )}
      </Loaded>
    </NarrowLayout>
  );
}

const LANGUAGE_NAMES: Readonly<Record<Locale, string>> = { en: 'English', de: 'Deutsch' };

function ProfileForm({ account }: { account: Account }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const { setLocale, setTimeZone } = usePreferences();
  const [name, setName] = useState(account.name);
  const [locale, chooseLocale] = useState<Locale>(account.locale === 'de' ? 'de' : 'en');
  const [timeZone, chooseTimeZone] = useState(account.timeZone);
  const save = useMutation(
    trpc.auth.changeProfile.mutationOptions({
      onSuccess: () => {
        setLocale(locale);
        setTimeZone(timeZone);
        toast.success({ message: t('people.profile.saved') });
        void queryClient.invalidateQueries(trpc.auth.me.queryFilter());
      },
    }),
  );
  const refusal = useRefusalText(save.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ name, locale, timeZone });
  };
  const facts = [
    { label: t('people.profile.email'), value: account.email },
    { label: t('people.profile.role'), value: t(`nav.roles.${account.role}`) },
    ...(account.merchantName ? [{ label: t('people.profile.merchant'), value: account.merchantName }] : []),
  ];
  return (
    <form className={classes.form} onSubmit={submit}>
      <Refusal>{refusal}</Refusal>
      <KeyValue items={facts} />
      <TextInput
        label={t('people.profile.name')}
        autoComplete="name"
        maxLength={120}
        required
        withAsterisk={false}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Select
        label={t('people.profile.language')}
        data={LOCALES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
        value={locale}
        onChange={(value) => value && chooseLocale(value as Locale)}
      />
      <Select
        label={t('people.profile.timeZone')}
        data={['UTC', ...Intl.supportedValuesOf('timeZone')]}
        searchable
        limit={50}
        value={timeZone}
        onChange={(value) => value && chooseTimeZone(value)}
      />
      <Button type="submit" loading={save.isPending} style={{ alignSelf: 'flex-start' }}>
        {t('people.profile.save')}
      </Button>
    </form>
  );
}

function PasswordForm({ email }: { email: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useMutation(
    trpc.auth.changePassword.mutationOptions({
      onSuccess: () => {
        setCurrent('');
        setPassword('');
        toast.success({ message: t('people.profile.changed') });
      },
    }),
  );
  const refusal = useRefusalText(change.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ current, password });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <Refusal>{refusal}</Refusal>
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <PasswordInput
        label={t('people.profile.current')}
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={current}
        onChange={(event) => setCurrent(event.currentTarget.value)}
      />
      <NewPasswordInput label={t('people.reset.newPassword')} value={password} onChange={setPassword} />
      <Button type="submit" variant="default" loading={change.isPending} style={{ alignSelf: 'flex-start' }}>
        {t('people.profile.change')}
      </Button>
    </form>
  );
}
