'use client';
import { Anchor, Button, PasswordInput, TextInput } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import Link from 'next/link';
import { signIn } from 'next-auth/react';
import { type FormEvent, useState } from 'react';
import type { Role } from '../../server/kernel/vocabulary.ts';
import { useMessages } from '../ui/locale.tsx';
import classes from './door.module.css';
import { Door, Refusal } from './door.tsx';

export interface DemoLogin {
  readonly role: Role;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

interface SignInProps {
  /** Where to go afterwards: a path of ours. */
  readonly next: string;
  readonly demoUsers: readonly DemoLogin[];
  readonly identityProvider: string | null;
  /** How a sign-in through the identity provider ended. */
  readonly failure?: 'unverified' | 'no-account' | 'other' | undefined;
}

interface Attempt {
  readonly email: string;
  readonly password: string;
  readonly code?: string;
}

/** Opens a session by e-mail and password and, where one is set up, the authenticator's code. */
function useSignIn(next: string) {
  const { t } = useMessages();
  const [refusal, setRefusal] = useState<string>();
  const [needsCode, setNeedsCode] = useState(false);
  const [busy, setBusy] = useState(false);
  const attempt = async (credentials: Attempt) => {
    setBusy(true);
    setRefusal(undefined);
    const answer = await signIn('credentials', { ...credentials, redirect: false }).catch(() => undefined);
    if (answer?.ok && !answer.error) {
      // A whole page load: nothing that was cached for somebody else survives it.
      window.location.assign(next);
      return;
    }
    setBusy(false);
    const refused = readRefusal(answer?.error);
    if (refused?.code === 'second_factor_required') setNeedsCode(true);
    else setRefusal(refused?.detail ?? t('people.signIn.failed'));
  };
  const startOver = () => {
    setNeedsCode(false);
    setRefusal(undefined);
  };
  return { attempt, busy, refusal, needsCode, startOver };
}

/** What the server said, as next-auth passes it on. */
function readRefusal(error: string | null | undefined): { code: string; detail: string } | undefined {
  try {
    const parsed: unknown = JSON.parse(error ?? '');
    if (typeof parsed !== 'object' || parsed === null || !('code' in parsed) || !('detail' in parsed)) return undefined;
    return { code: String(parsed.code), detail: String(parsed.detail) };
  } catch {
    return undefined;
  }
}

export function SignIn({ next, demoUsers, identityProvider, failure }: SignInProps) {
  const { t } = useMessages();
  const door = useSignIn(next);
  const mounted = useMounted();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const failures = {
    unverified: t('people.signIn.unverified'),
    'no-account': t('people.signIn.noAccount'),
    other: t('people.signIn.failed'),
  };
  if (door.needsCode) {
    return <CodeStep {...door} onCode={(code) => door.attempt({ email, password, code })} />;
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void door.attempt({ email, password });
  };
  return (
    <Door title={t('people.signIn.title')}>
      <Refusal>{door.refusal ?? (failure && failures[failure])}</Refusal>
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
        <PasswordInput
          label={t('people.signIn.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {/* Before the page's script has taken over, a click would reload the form and lose what was typed. */}
        <Button type="submit" loading={door.busy} disabled={!mounted}>
          {t('people.signIn.submit')}
        </Button>
        <Anchor component={Link} href="/sign-in/reset" size="sm">
          {t('people.signIn.forgot')}
        </Anchor>
      </form>
      {identityProvider && (
        <Button variant="default" onClick={() => void signIn('oidc', { callbackUrl: next })}>
          {t('people.signIn.with', { provider: identityProvider })}
        </Button>
      )}
      <DemoLogins
        users={demoUsers}
        busy={door.busy}
        onPick={(user) => {
          setEmail(user.email);
          setPassword(user.password);
          void door.attempt({ email: user.email, password: user.password });
        }}
      />
    </Door>
  );
}

function CodeStep(props: { busy: boolean; refusal: string | undefined; onCode: (code: string) => void; startOver: () => void }) {
  const { t } = useMessages();
  const [code, setCode] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onCode(code);
  };
  return (
    <Door title={t('people.signIn.codeTitle')} text={t('people.signIn.codeText')}>
      <Refusal>{props.refusal}</Refusal>
      <form className={classes.form} onSubmit={submit}>
        <TextInput
          label={t('people.signIn.code')}
          inputMode="numeric"
          autoComplete="one-time-code"
          data-autofocus
          required
          withAsterisk={false}
          maxLength={9}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" loading={props.busy}>
          {t('people.signIn.codeSubmit')}
        </Button>
        <Button variant="subtle" color="gray" onClick={props.startOver}>
          {t('people.signIn.startOver')}
        </Button>
      </form>
    </Door>
  );
}

function DemoLogins(props: { users: readonly DemoLogin[]; busy: boolean; onPick: (user: DemoLogin) => void }) {
  const { t } = useMessages();
  const [first] = props.users;
  if (!first) return null;
  return (
    <div className={classes.others}>
      <p className={classes.text}>{t('people.signIn.demo')}</p>
      <div className={classes.logins}>
        {props.users.map((user) => (
          <Button
            key={user.email}
            variant="default"
            disabled={props.busy}
            title={`${user.name}, ${user.email}`}
            onClick={() => props.onPick(user)}
          >
            {t(`nav.roles.${user.role}`)}
          </Button>
        ))}
      </div>
      <p className={classes.text}>{t('people.signIn.demoPassword', { password: first.password })}</p>
    </div>
  );
}
