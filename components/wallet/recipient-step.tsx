'use client';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { z } from 'zod';
import { useTRPC, useTRPCClient } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Face } from './activity-rows.tsx';
import type { Recipient } from './draft.ts';
import move from './move.module.css';
import { useRefusalText } from './refusal-text.ts';
import classes from './wallet.module.css';

/** What was typed, as an address; null where it is neither an e-mail address nor a handle. */
export function addressTyped(text: string): Recipient['to'] | null {
  const plain = text.trim();
  const at = plain.startsWith('@') ? plain.slice(1) : plain;
  if (/^[a-zA-Z0-9_]{3,24}$/.test(at)) return { handle: at.toLowerCase() };
  return z.email().max(254).safeParse(plain).success ? { email: plain } : null;
}

/** To whom: somebody one knows already, or an address. */
export function RecipientStep({ onChoose }: { onChoose: (recipient: Recipient) => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const people = useQuery(trpc.wallet.people.queryOptions());
  const refusal = useRefusalText();
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const find = useMutation({
    mutationFn: (to: Recipient['to']) => client.wallet.lookUp.query({ to }),
    onSuccess: ({ as, name }, to) => {
      if (as === 'self') setWrong(t('wallet.who.self'));
      else if (as === 'unknown' && 'handle' in to) setWrong(t('wallet.who.nobody', { handle: to.handle }));
      else onChoose({ to, name });
    },
    onError: (error) => setWrong(refusal(error) ?? null),
  });
  const known = people.data ?? [];
  return (
    <>
      <form
        className={move.step}
        onSubmit={(event) => {
          event.preventDefault();
          const to = addressTyped(typed);
          if (!to) return setWrong(t('wallet.who.rule'));
          setWrong(null);
          find.mutate(to);
        }}
      >
        <TextInput
          label={t('wallet.who.label')}
          description={t('wallet.who.hint')}
          inputMode="email"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          autoComplete="off"
          data-autofocus
          value={typed}
          error={wrong}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setWrong(null);
          }}
        />
        <div className={move.footer}>
          <Button type="submit" fullWidth className={move.big} loading={find.isPending}>
            {t('wallet.next')}
          </Button>
        </div>
      </form>
      {known.length > 0 && (
        <section aria-label={t('wallet.who.recent')}>
          <h2 className={classes.day}>{t('wallet.who.recent')}</h2>
          <ul className={move.people}>
            {known.flatMap((person) => {
              const to = person.handle ? { handle: person.handle } : person.email ? { email: person.email } : null;
              if (!to) return [];
              const name = person.name ?? person.email ?? `@${person.handle}`;
              return (
                <li key={name}>
                  <button type="button" className={move.person} onClick={() => onChoose({ to, name })}>
                    <Face name={name} />
                    <span className={move.personName}>{name}</span>
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      )}
    </>
  );
}
