import {
  type Icon,
  IconAlertTriangle,
  IconArrowBackUp,
  IconBan,
  IconCheck,
  IconChecks,
  IconCircle,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconCreditCard,
  IconCreditCardRefund,
  IconHandStop,
  IconHelp,
  IconHourglass,
  IconLoader,
  IconPackage,
  IconPlayerPause,
  IconProgress,
  IconRefresh,
  IconShieldCheck,
  IconSnowflake,
  IconTag,
  IconTruck,
  IconUserQuestion,
} from '@tabler/icons-react';
import type {
  FulfilmentStatus,
  Hold,
  OperationStatus,
  OrderStatus,
  PaymentState,
  PaymentStatus,
  RefundStatus,
  SagaStatus,
  ShipmentStatus,
  SpanState,
} from '../../server/kernel/vocabulary.ts';
import type { Tone } from './tokens.ts';

interface Look {
  readonly tone: Tone;
  readonly icon: Icon;
}

const look = (tone: Tone, icon: Icon): Look => ({ tone, icon });

/** One table: what a state looks like. Its words are `status.<kind>.<value>` of the message catalogue. */
export const STATUS_LOOKS = {
  order: {
    PENDING: look('neutral', IconClock),
    CONFIRMED: look('moving', IconProgress),
    PARTIALLY_FULFILLED: look('moving', IconTruck),
    FULFILLED: look('done', IconCheck),
    CANCELLED: look('neutral', IconBan),
    REFUNDED: look('returned', IconArrowBackUp),
  } satisfies Record<OrderStatus, Look>,
  payment: {
    CREATED: look('neutral', IconCircleDashed),
    REQUIRES_ACTION: look('attention', IconUserQuestion),
    UNPAID: look('neutral', IconCircleDashed),
    AUTHORIZED: look('moving', IconCreditCard),
    PARTIALLY_CAPTURED: look('moving', IconProgress),
    CAPTURED: look('done', IconCheck),
    PARTIALLY_REFUNDED: look('returned', IconCreditCardRefund),
    REFUNDED: look('returned', IconArrowBackUp),
    VOIDED: look('neutral', IconBan),
    FAILED: look('blocked', IconCircleX),
    IN_DOUBT: look('doubt', IconHelp),
  } satisfies Record<PaymentStatus | PaymentState, Look>,
  fulfilment: {
    UNALLOCATED: look('neutral', IconCircleDashed),
    BACKORDERED: look('attention', IconHourglass),
    PREORDERED: look('neutral', IconHourglass),
    ALLOCATED: look('moving', IconPackage),
    PICKING: look('moving', IconProgress),
    PACKED: look('moving', IconPackage),
    SHIPPED: look('moving', IconTruck),
    DELIVERED: look('done', IconChecks),
    EXCEPTION: look('blocked', IconAlertTriangle),
    RETURNED: look('returned', IconArrowBackUp),
  } satisfies Record<FulfilmentStatus, Look>,
  hold: {
    fraud: look('attention', IconHandStop),
    address: look('attention', IconHandStop),
    manual: look('attention', IconHandStop),
  } satisfies Record<Hold, Look>,
  risk: {
    ALLOWED: look('done', IconShieldCheck),
    CHALLENGED: look('attention', IconUserQuestion),
    IN_REVIEW: look('attention', IconHourglass),
    BLOCKED: look('blocked', IconBan),
  },
  saga: {
    running: look('moving', IconLoader),
    waiting: look('neutral', IconClock),
    retrying: look('moving', IconRefresh),
    stuck: look('blocked', IconAlertTriangle),
    compensating: look('moving', IconArrowBackUp),
    done: look('done', IconCheck),
  } satisfies Record<SagaStatus, Look>,
  shipment: {
    PENDING: look('neutral', IconClock),
    LABELLED: look('moving', IconTag),
    SHIPPED: look('moving', IconTruck),
    IN_TRANSIT: look('moving', IconTruck),
    DELIVERED: look('done', IconChecks),
    EXCEPTION: look('blocked', IconAlertTriangle),
    CANCELLED: look('neutral', IconBan),
  } satisfies Record<ShipmentStatus, Look>,
  span: {
    open: look('neutral', IconCircle),
    backordered: look('attention', IconHourglass),
    allocated: look('moving', IconPackage),
    shipped: look('moving', IconTruck),
    delivered: look('done', IconChecks),
    returned: look('returned', IconArrowBackUp),
    cancelled: look('neutral', IconBan),
  } satisfies Record<SpanState, Look>,
  operation: {
    in_flight: look('moving', IconLoader),
    requires_action: look('attention', IconUserQuestion),
    unknown: look('doubt', IconHelp),
    succeeded: look('done', IconCheck),
    failed: look('blocked', IconCircleX),
  } satisfies Record<OperationStatus, Look>,
  refund: {
    awaiting_approval: look('attention', IconHourglass),
    pending: look('moving', IconLoader),
    succeeded: look('returned', IconArrowBackUp),
    failed: look('blocked', IconCircleX),
    rejected: look('neutral', IconBan),
    undone: look('neutral', IconArrowBackUp),
  } satisfies Record<RefundStatus, Look>,
  ledgerHold: {
    open: look('moving', IconHourglass),
    posted: look('done', IconCheck),
    voided: look('neutral', IconBan),
  },
  transferPhase: {
    single: look('done', IconCheck),
    pending: look('moving', IconHourglass),
    post: look('done', IconCheck),
    void: look('neutral', IconBan),
  },
  approval: {
    pending: look('attention', IconHourglass),
    approved: look('done', IconCheck),
    rejected: look('neutral', IconBan),
    expired: look('neutral', IconClock),
  },
  topUp: {
    sending: look('moving', IconLoader),
    requires_action: look('attention', IconUserQuestion),
    unknown: look('doubt', IconHelp),
    awaiting_transfer: look('attention', IconHourglass),
    arriving: look('moving', IconLoader),
    succeeded: look('done', IconCheck),
    failed: look('blocked', IconCircleX),
    expired: look('neutral', IconClock),
  },
  payout: {
    awaiting_approval: look('attention', IconHourglass),
    sending: look('moving', IconLoader),
    unknown: look('doubt', IconHelp),
    accepted: look('moving', IconTruck),
    settled: look('done', IconCheck),
    rejected: look('blocked', IconCircleX),
    returned: look('returned', IconArrowBackUp),
    cancelled: look('neutral', IconBan),
  },
  finding: {
    matched: look('done', IconCheck),
    missing_here: look('blocked', IconCircleX),
    missing_there: look('attention', IconHelp),
    amount_differs: look('attention', IconAlertTriangle),
  },
  difference: {
    agreed: look('done', IconCheck),
    open: look('attention', IconUserQuestion),
    awaiting_approval: look('attention', IconHourglass),
    explained: look('done', IconChecks),
    written_off: look('neutral', IconBan),
    gone: look('neutral', IconCircleDashed),
  },
  reading: {
    running: look('moving', IconLoader),
    done: look('done', IconCheck),
    failed: look('blocked', IconAlertTriangle),
  },
  job: {
    ready: look('neutral', IconCircle),
    scheduled: look('neutral', IconClock),
    running: look('moving', IconLoader),
    retrying: look('moving', IconRefresh),
    failed: look('blocked', IconCircleX),
    dead: look('blocked', IconAlertTriangle),
  },
  check: {
    ok: look('done', IconCheck),
    failing: look('blocked', IconAlertTriangle),
    unknown: look('neutral', IconCircleDashed),
  },
  health: {
    up: look('done', IconCheck),
    degraded: look('attention', IconAlertTriangle),
    down: look('blocked', IconCircleX),
  },
  mail: {
    queued: look('neutral', IconClock),
    sending: look('moving', IconLoader),
    sent: look('done', IconCheck),
    failed: look('blocked', IconCircleX),
    in_doubt: look('doubt', IconHelp),
    suppressed: look('neutral', IconBan),
  },
  mailAttempt: {
    running: look('moving', IconLoader),
    accepted: look('done', IconCheck),
    deferred: look('attention', IconRefresh),
    refused: look('blocked', IconCircleX),
    unknown: look('doubt', IconHelp),
  },
  checkout: {
    open: look('attention', IconClock),
    paying: look('moving', IconLoader),
    paid: look('done', IconCheck),
    expired: look('neutral', IconHourglass),
    cancelled: look('neutral', IconBan),
  },
  wallet: {
    active: look('done', IconCheck),
    frozen: look('blocked', IconSnowflake),
    closed: look('neutral', IconBan),
  },
  moneyRequest: {
    open: look('attention', IconClock),
    paid: look('done', IconCheck),
    declined: look('neutral', IconCircleX),
    cancelled: look('neutral', IconBan),
    expired: look('neutral', IconHourglass),
  },
  traffic: { running: look('moving', IconProgress), paused: look('neutral', IconPlayerPause) },
  active: { on: look('done', IconCheck), off: look('neutral', IconPlayerPause) },
} as const;

export type StatusKind = keyof typeof STATUS_LOOKS;

/** The look of a value; grey where a newer server knows a word this page does not. */
export function lookOf(kind: StatusKind, value: string): Look {
  const looks: Readonly<Record<string, Look>> = STATUS_LOOKS[kind];
  return looks[value] ?? look('neutral', IconCircleDashed);
}
