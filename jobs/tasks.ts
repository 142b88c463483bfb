import type { App } from '../server/app.ts';
import type { TaskName } from '../server/kernel/tasks.ts';
import type { TaskHandler, TaskHandlers } from '../server/platform/worker.ts';
import { advanceManifest } from './tasks/advance-manifest.ts';
import { advanceRail } from './tasks/advance-rail.ts';
import { advanceSaga } from './tasks/advance-saga.ts';
import { advanceSagas } from './tasks/advance-sagas.ts';
import { checkIntegrityTask } from './tasks/check-integrity.ts';
import { deliverEvent } from './tasks/deliver-event.ts';
import { expireApprovalsTask } from './tasks/expire-approvals.ts';
import { expireGiftCardsTask } from './tasks/expire-gift-cards.ts';
import { expireLotsTask } from './tasks/expire-lots.ts';
import { markAccountsTask } from './tasks/mark-accounts.ts';
import { processWebhookTask } from './tasks/process-webhook.ts';
import { processWebhooksTask } from './tasks/process-webhooks.ts';
import { purgeExpired } from './tasks/purge-expired.ts';
import { readReport } from './tasks/read-report.ts';
import { sealRowsTask } from './tasks/seal-rows.ts';
import { sendNotices } from './tasks/send-notices.ts';
import { sendStockDigestsTask } from './tasks/send-stock-digests.ts';
import { simulateRouting } from './tasks/simulate-routing.ts';
import { sweepBackorders } from './tasks/sweep-backorders.ts';
import { sweepChannelReports } from './tasks/sweep-channel-reports.ts';
import { sweepChannels } from './tasks/sweep-channels.ts';
import { sweepCheckouts } from './tasks/sweep-checkouts.ts';
import { sweepDeliveriesTask } from './tasks/sweep-deliveries.ts';
import { sweepDisputesTask } from './tasks/sweep-disputes.ts';
import { sweepHolds } from './tasks/sweep-holds.ts';
import { sweepLowStockTask } from './tasks/sweep-low-stock.ts';
import { sweepManifests } from './tasks/sweep-manifests.ts';
import { sweepMoneyRequests } from './tasks/sweep-money-requests.ts';
import { sweepNotices } from './tasks/sweep-notices.ts';
import { sweepPickupsTask } from './tasks/sweep-pickups.ts';
import { sweepRails } from './tasks/sweep-rails.ts';
import { sweepReports } from './tasks/sweep-reports.ts';
import { sweepReservations } from './tasks/sweep-reservations.ts';
import { sweepReturnsTask } from './tasks/sweep-returns.ts';
import { sweepSagas } from './tasks/sweep-sagas.ts';
import { sweepWebhooks } from './tasks/sweep-webhooks.ts';

/** Makes a task's handler for one process. */
export type Task<T extends TaskName> = (app: App) => TaskHandler<T>;

/** Every task by name: kernel/tasks.ts says what each is given. */
const TASK_LIST: { readonly [T in TaskName]: Task<T> } = {
  'advance-saga': advanceSaga,
  'advance-sagas': advanceSagas,
  'check-integrity': checkIntegrityTask,
  'deliver-event': deliverEvent,
  'sweep-deliveries': sweepDeliveriesTask,
  'expire-approvals': expireApprovalsTask,
  'sweep-returns': sweepReturnsTask,
  'sweep-disputes': sweepDisputesTask,
  'mark-accounts': markAccountsTask,
  'sweep-money-requests': sweepMoneyRequests,
  'expire-gift-cards': expireGiftCardsTask,
  'sweep-pickups': sweepPickupsTask,
  'expire-lots': expireLotsTask,
  'sweep-low-stock': sweepLowStockTask,
  'send-stock-digests': sendStockDigestsTask,
  'sweep-holds': sweepHolds,
  'sweep-backorders': sweepBackorders,
  'sweep-channels': sweepChannels,
  'sweep-channel-reports': sweepChannelReports,
  'process-webhook': processWebhookTask,
  'process-webhooks': processWebhooksTask,
  'purge-expired': purgeExpired,
  'advance-rail': advanceRail,
  'sweep-rails': sweepRails,
  'advance-manifest': advanceManifest,
  'sweep-manifests': sweepManifests,
  'read-report': readReport,
  'simulate-routing': simulateRouting,
  'sweep-reports': sweepReports,
  'seal-rows': sealRowsTask,
  'send-notices': sendNotices,
  'sweep-notices': sweepNotices,
  'sweep-checkouts': sweepCheckouts,
  'sweep-reservations': sweepReservations,
  'sweep-sagas': sweepSagas,
  'sweep-webhooks': sweepWebhooks,
};

/** The handlers of this process. */
export function bindTasks(app: App): TaskHandlers {
  return Object.fromEntries(
    Object.entries(TASK_LIST).map(([name, task]) => [name, (task as Task<TaskName>)(app)]),
  ) as TaskHandlers;
}
