'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { shownError, useTRPC } from '../trpc.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { MoreMenu } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useToast } from '../ui/toast.tsx';

/** Invitations that nobody has used yet; nothing where there are none. */
export function Invitations() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const invitations = useQuery(trpc.people.invitations.queryOptions());
  const revoke = useMutation(
    trpc.people.revokeInvitation.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('people.users.invitationRevoked') });
        void queryClient.invalidateQueries(trpc.people.invitations.queryFilter());
      },
      onError: (error) => toast.error(shownError(error)),
    }),
  );
  const rows = invitations.data ?? [];
  if (rows.length === 0) return null;
  return (
    <Section title={t('people.users.invitations')} count={rows.length}>
      <DataTable
        embedded
        label={t('people.users.invitations')}
        rows={rows}
        rowKey={(row) => row.id}
        rowLabel={(row) => row.email}
        columns={[
          { key: 'email', header: t('people.users.email'), cell: (row) => row.email, card: 'title' },
          { key: 'role', header: t('people.users.role'), cell: (row) => t(`nav.roles.${row.role}`), card: 'sub' },
          {
            key: 'merchant',
            header: t('people.users.merchant'),
            cell: (row) => row.merchantName ?? t('people.users.allMerchants'),
          },
          { key: 'expires', header: t('people.users.expires'), cell: (row) => <TimeAgo at={row.expiresAt} />, card: 'endSub' },
          {
            key: 'menu',
            header: t('ui.actions'),
            right: true,
            card: 'end',
            cell: (row) => (
              <MoreMenu
                actions={[
                  {
                    label: t('people.users.revokeInvitation'),
                    danger: true,
                    onClick: () => revoke.mutate({ invitationId: row.id }),
                  },
                ]}
              />
            ),
          },
        ]}
      />
    </Section>
  );
}
