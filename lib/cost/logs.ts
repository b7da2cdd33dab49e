import { type DeployedResource, numberOf, type OwnerOf, ofType } from '../inventory';
import type { AssumptionName } from './assumptions';
import { type CostLine, type Estate, line } from './estate';

const DAYS_A_MONTH = 365 / 12;
/** CloudWatch keeps a log that never expires; after this long it costs no more to say it. */
const FOREVER_DAYS = 3653;

/** What fills a log group while nothing is delivered. Performance logs of Container Insights are in its observations' price. */
function filledBy(group: DeployedResource, estate: Estate): AssumptionName | undefined {
  const { id } = group;
  if (/^\/aws\/eks\/[^/]+\/cluster$/.test(id)) return 'control-plane-log-gb';
  if (/^\/aws\/containerinsights\/[^/]+\/(application|host|dataplane)$/.test(id)) return 'container-log-gb';
  const flows = ofType(estate.resources, 'AWS::EC2::FlowLog').some(
    ({ properties: { LogGroupName: name } }) => name === id,
  );
  return flows ? 'flow-log-gb' : undefined;
}

/**
 * Taking in and keeping of the logs that come while nothing is delivered, for a month after the retention has passed once: what
 * is kept is then a month's logs, compressed, times the months of retention.
 */
export function logLines(estate: Estate, owner: OwnerOf): CostLine[] {
  return ofType(estate.resources, 'AWS::Logs::LogGroup').flatMap((resource) => {
    const name = filledBy(resource, estate);
    if (name === undefined || estate.assumptions[name] === 0) return [];
    const gigabytes = estate.assumptions[name];
    const months = numberOf(resource.properties.RetentionInDays, FOREVER_DAYS) / DAYS_A_MONTH;
    const kept = gigabytes * estate.assumptions['log-compression'] * months;
    const at = { resource, owner };
    return [
      line(estate, 'logs-ingested', `logs: ${LABELS[name]}`, gigabytes, at, [name]),
      line(estate, 'logs-stored', 'logs kept', kept, at, [name, 'log-compression']),
    ];
  });
}

const LABELS: Partial<Record<AssumptionName, string>> = {
  'control-plane-log-gb': 'EKS control plane',
  'container-log-gb': 'containers and nodes',
  'flow-log-gb': 'VPC flows',
};
