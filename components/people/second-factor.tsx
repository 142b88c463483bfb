'use client';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { create } from 'qrcode';
import { type FormEvent, useState } from 'react';
import { useTRPC } from '../trpc.tsx';
import { CopyText } from '../ui/copy.tsx';
import { useMessages } from '../ui/locale.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './door.module.css';
import { Refusal } from './door.tsx';
import { useRefusalText } from './reset-password.tsx';

/** A field for six digits with its button. */
function CodeForm(props: { submit: string; busy: boolean; error: unknown; onCode: (code: string) => void }) {
  const { t } = useMessages();
  const [code, setCode] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onCode(code);
    setCode('');
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <Refusal>{useRefusalText(props.error)}</Refusal>
      <TextInput
        label={t('people.secondFactor.code')}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={9}
        required
        withAsterisk={false}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <Button type="submit" loading={props.busy}>
        {props.submit}
      </Button>
    </form>
  );
}

/** A QR code drawn as one path: no image to load, sharp at every size, dark on white in both themes. */
function QrCode({ text, label }: { text: string; label: string }) {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules;
  const path = Array.from(data, (dark, index) => (dark ? `M${index % size} ${Math.floor(index / size)}h1v1h-1z` : '')).join('');
  return (
    <svg className={classes.qr} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <path d={path} fill="#000" />
    </svg>
  );
}

/** Sets up an authenticator app: shows its secret, then takes the first code. */
export function SetUpAuthenticator({ onDone }: { onDone: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const begin = useMutation(trpc.auth.beginTotp.mutationOptions());
  const confirm = useMutation(
    trpc.auth.confirmTotp.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('people.secondFactor.confirmed') });
        onDone();
      },
    }),
  );
  const refusal = useRefusalText(begin.error);
  if (!begin.data) {
    return (
      <>
        <Refusal>{refusal}</Refusal>
        <Button onClick={() => begin.mutate({})} loading={begin.isPending} style={{ alignSelf: 'flex-start' }}>
          {t('people.secondFactor.begin')}
        </Button>
      </>
    );
  }
  return (
    <>
      <p>{t('people.secondFactor.scan')}</p>
      <QrCode text={begin.data.address} label={t('people.secondFactor.qr')} />
      <div className={classes.secret}>
        {t('people.secondFactor.secret')} <CopyText value={begin.data.secret} what={t('people.secondFactor.secretName')} mono />
      </div>
      <CodeForm
        submit={t('people.secondFactor.confirm')}
        busy={confirm.isPending}
        error={confirm.error}
        onCode={(code) => confirm.mutate({ code })}
      />
    </>
  );
}

/** The authenticator app of one's own account: set it up, or remove it. */
export function Authenticator({ enabledAt }: { enabledAt: Date | null }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const refresh = () => {
    setRemoving(false);
    void queryClient.invalidateQueries(trpc.auth.pathFilter());
  };
  const disable = useMutation(
    trpc.auth.disableTotp.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('people.secondFactor.removed') });
        refresh();
      },
    }),
  );
  if (enabledAt === null) {
    return (
      <div className={classes.form}>
        <p className={classes.text}>{t('people.secondFactor.off')}</p>
        <SetUpAuthenticator onDone={refresh} />
      </div>
    );
  }
  return (
    <div className={classes.form}>
      <p className={classes.text}>
        <TimeAgo at={enabledAt} />
      </p>
      {removing ? (
        <>
          <p>{t('people.secondFactor.removeText')}</p>
          <CodeForm
            submit={t('people.secondFactor.remove')}
            busy={disable.isPending}
            error={disable.error}
            onCode={(code) => disable.mutate({ code })}
          />
        </>
      ) : (
        <Button variant="default" style={{ alignSelf: 'flex-start' }} onClick={() => setRemoving(true)}>
          {t('people.secondFactor.remove')}
        </Button>
      )}
    </div>
  );
}

/** Takes a code from an authenticator that is set up, in a session that began without one. */
export function GiveCode({ onDone }: { onDone: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const verify = useMutation(trpc.auth.verifyTotp.mutationOptions({ onSuccess: onDone }));
  return (
    <CodeForm
      submit={t('people.secondFactor.verify')}
      busy={verify.isPending}
      error={verify.error}
      onCode={(code) => verify.mutate({ code })}
    />
  );
}
