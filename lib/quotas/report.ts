import { firstLimits, type Quota } from './judge';
import type { LimitTable } from './limit-table';

/** Limits of which less than this is used are counted, not listed. */
const LISTED_FROM_PERCENT = 1;

/** The quotas as text, no line longer than 80 characters. */
export function quotaReport(quotas: readonly Quota[], table: LimitTable): string {
  const listed = quotas.filter(({ percent, status }) => percent >= LISTED_FROM_PERCENT || status !== 'fits');
  const rest = quotas.length - listed.length;
  const uncertain = listed.some((quota) => quota.uncertain) ? ['? sources differ, by account or among themselves'] : [];
  return `${[
    `Limits of a new account on ${table.date}; --limit name=number for what yours has.`,
    '',
    row('', 'used', 'limit', ''),
    ...listed.flatMap((quota) => [
      row(
        `${quota.id}${quota.uncertain ? ' ?' : ''}`,
        quota.used.toLocaleString('en-US'),
        quota.limit.toLocaleString('en-US'),
        `${Math.round(quota.percent)} %`,
        quota.status === 'over' ? 'OVER' : quota.status === 'waits' ? 'waits' : '',
      ),
      ...clipped(`    ${quota.what}${quota.where === '' ? '' : `: ${quota.where}`}`),
    ]),
    ...(rest === 0 ? [] : [`  ${rest} more, of each less than ${LISTED_FROM_PERCENT} % (--json lists them)`]),
    ...uncertain,
    '',
    ...growthLines(quotas),
  ].join('\n')}\n`;
}

function growthLines(quotas: readonly Quota[]): string[] {
  const running = quotas.filter(({ id }) => id.startsWith('builds-'));
  const standing = quotas.filter((quota) => !running.includes(quota));
  const atOnce = firstLimits(running).services;
  const { services, environments } = firstLimits(standing);
  const raised = ({ adjustable }: Quota) => (adjustable ? 'AWS raises it' : 'it is fixed');
  return [
    'What a growing team meets first:',
    ...(atOnce === undefined
      ? []
      : [`  ${atOnce.servicesUntil} services delivered at once: ${atOnce.id} (${raised(atOnce)}); builds wait before`]),
    ...(services === undefined
      ? []
      : [`  ${services.servicesUntil} services on this cluster: ${services.id} (${raised(services)})`]),
    ...(environments === undefined
      ? []
      : [
          `  ${environments.environmentsUntil} environments of a service: ${environments.id} (${raised(environments)})`,
        ]),
  ].flatMap(clipped);
}

const row = (what: string, used: string, limit: string, percent: string, status = ''): string =>
  `  ${what.padEnd(30)} ${used.padStart(11)} ${limit.padStart(11)} ${percent.padStart(8)}  ${status}`.trimEnd();

const clipped = (text: string): string[] => [text.length <= 80 ? text : `${text.slice(0, 79)}…`];
