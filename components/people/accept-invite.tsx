'use client';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Role } from '../../server/kernel/vocabulary.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { PRODUCT_NAME } from '../ui/brand.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Loaded } from '../ui/states.tsx';
import classes from './door.module.css';
import { Done, Door, Refusal } from './door.tsx';
import { NewPasswordInput, ToSignIn, useRefusalText } from './reset-password.tsx';

/** Makes an account from an invitation's link. */
export function AcceptInvite({ token }: { token: string }) {
  const trpc = useTRPC();
  // Once the link is used it is gone; what it said is kept while the page is open.
  const invitation = useQuery(
    trpc.auth.invitation.queryOptions({ token }, { staleTime: Number.POSITIVE_INFINITY, retry: false }),
  );
  return (
    <Loaded data={invitation.data} error={shownError(invitation.error)}>
      {({ email, role }) => <InviteForm token={token} email={email ?? ''} role={role ?? 'agent'} />}
    </Loaded>
  );
}

function InviteForm(props: { token: string; email: string; role: Role }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const accept = useMutation(trpc.auth.acceptInvite.mutationOptions());
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { email, token } = props;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    accept.mutate({ token, name, password });
  };
  return (
    <Door
      title={t('people.invite.title', { product: PRODUCT_NAME })}
      text={t('people.invite.text', { role: t(`nav.roles.${props.role}`), email })}
    >
      <Refusal>{useRefusalText(accept.error)}</Refusal>
      {accept.isSuccess ? (
        <Done>{t('people.invite.joined', { email })}</Done>
      ) : (
        <form className={classes.form} onSubmit={submit}>
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <TextInput
            label={t('people.invite.name')}
            autoComplete="name"
            maxLength={120}
            required
            withAsterisk={false}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NewPasswordInput label={t('people.invite.password')} value={password} onChange={setPassword} />
          <Button type="submit" loading={accept.isPending}>
            {t('people.invite.submit')}
          </Button>
        </form>
      )}
      <ToSignIn />
    </Door>
  );
}
