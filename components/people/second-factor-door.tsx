'use client';
import { useQuery } from '@tanstack/react-query';
import { shownError, useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Loaded } from '../ui/states.tsx';
import { Door } from './door.tsx';
import { GiveCode, SetUpAuthenticator } from './second-factor.tsx';

/** Where those who owe a second factor give it, or set it up first. */
export function SecondFactorDoor() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const me = useQuery(trpc.auth.me.queryOptions());
  const goOn = () => window.location.assign('/');
  return (
    <Door title={t('people.secondFactor.title')} text={t('people.secondFactor.required')}>
      <Loaded data={me.data} error={shownError(me.error)}>
        {(account) => (account?.totpEnabledAt ? <GiveCode onDone={goOn} /> : <SetUpAuthenticator onDone={goOn} />)}
      </Loaded>
    </Door>
  );
}
