'use client';
import { Anchor, Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { type FormEvent, useState } from 'react';
import { PASSWORD_MIN } from '../../server/domains/people/schema.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useErrorText } from '../ui/states.tsx';
import classes from './door.module.css';
import { Done, Door, Refusal } from './door.tsx';

/** The text of a failed call, or nothing. */
export function useRefusalText(error: unknown): string | undefined {
  const text = useErrorText();
  const shown = shownError(error);
  return shown && text(shown);
}

/** Asks for a link, or, with the link's token, for the new password. */
export function ResetPassword({ token }: { token: string | null }) {
  return token === null ? <AskForLink /> : <NewPassword token={token} />;
}

function AskForLink() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const ask = useMutation(trpc.auth.requestReset.mutationOptions());
  const [email, setEmail] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate({ email });
  };
  return (
    <Door title={t('people.reset.title')} text={t('people.reset.text')}>
      <Refusal>{useRefusalText(ask.error)}</Refusal>
      {ask.isSuccess ? (
        <Done>{t('people.reset.asked')}</Done>
      ) : (
        <form className={classes.form} onSubmit={submit}>
          <TextInput
            label={t('people.signIn.email')}
            type="email"
            autoComplete="username"
            required
            withAsterisk={false}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <Button type="submit" loading={ask.isPending}>
            {t('people.reset.submit')}
          </Button>
        </form>
      )}
      <ToSignIn />
    </Door>
  );
}

function NewPassword({ token }: { token: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const reset = useMutation(trpc.auth.resetPassword.mutationOptions());
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    reset.mutate({ token, password });
  };
  return (
    <Door title={t('people.reset.newTitle')}>
      <Refusal>{useRefusalText(reset.error)}</Refusal>
      {reset.isSuccess ? (
        <Done>{t('people.reset.done')}</Done>
      ) : (
        <form className={classes.form} onSubmit={submit}>
          <NewPasswordInput label={t('people.reset.newPassword')} value={password} onChange={setPassword} />
          <Button type="submit" loading={reset.isPending}>
            {t('people.reset.newSubmit')}
          </Button>
        </form>
      )}
      <ToSignIn />
    </Door>
  );
}

export function ToSignIn() {
  const { t } = useMessages();
  return (
    <Anchor component={Link} href="/sign-in" size="sm">
      {t('people.reset.toSignIn')}
    </Anchor>
  );
}

/** A password to be chosen, with the rule it must keep. */
export function NewPasswordInput(props: { label: string; value: string; onChange: (password: string) => void }) {
  const { t } = useMessages();
  return (
    <PasswordInput
      label={props.label}
      description={t('people.reset.rule', { min: PASSWORD_MIN })}
      autoComplete="new-password"
      minLength={PASSWORD_MIN}
      maxLength={200}
      required
      withAsterisk={false}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}
