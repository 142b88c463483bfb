import type { SwitchInput } from '../../server/flows/operate-simulator.ts';
import type { SimulatorName } from '../../server/platform/simulator-control.ts';
import type { SimulatorRule } from '../../server/views/simulators.ts';
import { useFormat, useMessages } from '../ui/locale.tsx';

export type FaultName = Extract<SwitchInput, { readonly kind: 'fault' }>['fault'];

/** What may go wrong at each, the most telling first. */
export const FAULTS_OF = {
  psp: ['decline', 'challenge', 'slow_ms', 'drop_reply', 'drop_before', 'error_5xx', 'error_5xx_after', 'rate_limit'],
  adyen: ['decline', 'challenge', 'slow_ms', 'drop_reply', 'drop_before', 'error_5xx', 'error_5xx_after', 'rate_limit'],
  carrier: ['decline', 'slow_ms', 'drop_reply', 'drop_before', 'error_5xx', 'error_5xx_after', 'rate_limit'],
  bank: ['decline', 'slow_ms', 'drop_reply', 'drop_before', 'error_5xx', 'error_5xx_after', 'rate_limit'],
  third_party: ['decline', 'slow_ms', 'drop_reply', 'drop_before', 'error_5xx', 'error_5xx_after', 'rate_limit'],
  drop_shipper: ['decline', 'slow_ms', 'drop_reply', 'drop_before', 'error_5xx', 'error_5xx_after', 'rate_limit'],
  marketplace: ['decline', 'slow_ms', 'drop_reply', 'drop_before', 'error_5xx', 'error_5xx_after', 'rate_limit'],
  mail: ['decline', 'rate_limit', 'drop_reply', 'drop_before', 'error_5xx', 'slow_ms'],
} as const satisfies Record<SimulatorName, readonly FaultName[]>;

/** What can be asked of each. */
export const OPERATIONS_OF = {
  psp: ['authorize', 'increment', 'capture', 'refund', 'void'],
  adyen: ['authorize', 'increment', 'capture', 'refund', 'void'],
  carrier: ['label', 'void'],
  bank: ['payout', 'beneficiary'],
  third_party: ['request', 'cancel'],
  drop_shipper: ['request', 'cancel'],
  marketplace: ['stock'],
  mail: ['mail'],
} as const satisfies Record<SimulatorName, readonly string[]>;
export type OperationName = (typeof OPERATIONS_OF)[SimulatorName][number];

const KNOWN: readonly string[] = Object.values(OPERATIONS_OF).flat();
const isOperation = (value: string): value is OperationName => KNOWN.includes(value);

/** "The next 3, authorize and capture". */
export function useRuleText(): (rule: SimulatorRule) => string {
  const { t } = useMessages();
  const format = useFormat();
  return (rule) => {
    const often =
      rule.next !== null
        ? t('simulators.rule.next', { count: rule.next })
        : rule.probability < 1
          ? t('simulators.rule.share', { percent: format.number(Math.round(rule.probability * 100)) })
          : t('simulators.rule.always');
    const operations = rule.on?.map((on) => (isOperation(on) ? t(`simulators.operations.${on}`) : on)).join(', ');
    const late = rule.delayMs === null ? undefined : t('simulators.rule.late', { seconds: format.number(rule.delayMs / 1_000) });
    const scoped = rule.scoped ? t('simulators.rule.scoped') : undefined;
    return [often, operations, late, scoped].filter(Boolean).join(' · ');
  };
}
