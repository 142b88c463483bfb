'use client';
import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useRequestKey } from '../request-key.ts';
import { useTRPC } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Refusal } from './door.tsx';
import { LinkDialog } from './link-dialog.tsx';
import { useRefusalText } from './reset-password.tsx';
import { type RoleChoice, RoleFields } from './role-fields.tsx';
import classes from './settings.module.css';

/** Invites somebody; answers with the link to send them. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [email, setEmail] = useState('');
  const [choice, setChoice] = useState<RoleChoice>({ role: 'agent', merchantId: null });
  const request = useRequestKey();
  const invite = useMutation(
    trpc.people.invite.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.people.invitations.queryFilter()),
      onError: request.failed,
    }),
  );
  const refusal = useRefusalText(invite.error);
  if (invite.data) {
    const text = t(invite.data.mailed ? 'people.users.inviteMailed' : 'people.users.inviteLink', {
      email,
      until: format.dateTime(invite.data.expiresAt),
    });
    return <LinkDialog link={{ title: t('people.users.invited'), text, url: invite.data.url }} onClose={onClose} />;
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate(request.keyed({ email, ...choice }));
  };
  return (
    <Modal opened onClose={onClose} title={t('people.users.invite')} closeButtonProps={{ 'aria-label': t('ui.close') }}>
      <form className={classes.form} onSubmit={submit}>
        <Refusal>{refusal}</Refusal>
        <TextInput
          label={t('people.users.email')}
          type="email"
          data-autofocus
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <RoleFields value={choice} onChange={setChoice} />
        <Button type="submit" loading={invite.isPending}>
          {t('people.users.inviteSubmit')}
        </Button>
      </form>
    </Modal>
  );
}
