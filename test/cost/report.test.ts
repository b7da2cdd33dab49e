import { advise } from '../../lib/cost/advice';
import { estimate } from '../../lib/cost/estimate';
import { costReport } from '../../lib/cost/report';
import { estateOf, sampleInventory } from './sample';

const { resources } = sampleInventory();
const text = (region: string, given = {}) => {
  const estate = estateOf(resources, given);
  return costReport(estate, estimate(estate), advise(estate), region);
};

it('fits into 80 columns', () => {
  expect(
    text('eu-west-1')
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([]);
});

it('tells sums, savings, what is assumed and what is uncertain', () => {
  const lines = text('eu-west-1')
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}/g, ' | '));
  expect(lines).toEqual(
    expect.arrayContaining([
      'NAT gateway | 2 | 65.70',
      'EC2 instance of Auto Mode * | 2 | 140.16',
      'composite alarm ? | 4 | 2.00',
      'total | 393.79',
      'one NAT gateway in place of 2 | 36.50 | -',
      'CodeBuild small * | 0.1350 | 135.00',
      'nodes=2: EC2 instances (m5.large) that Auto Mode runs for the pods, all month',
      'alarm-composite: $0.5 per month',
    ]),
  );
});

it('says where the prices are from and that the stacks go elsewhere', () => {
  expect(text('eu-west-1')).toContain('List prices of us-east-1 on 2026-11-21');
  expect(text('eu-west-1')).toContain('The stacks go to eu-west-1');
  expect(text('us-east-1')).not.toContain('The stacks go to');
});

it('shows a number of your own in place of the assumed one', () => {
  expect(text('us-east-1', { nodes: '5' })).toContain('  nodes=5: ');
});
