import { writeFileSync } from 'node:fs';
import { watchAlarms } from '../../../lib/local/aws/alarms';
import { systemClock } from '../../../lib/local/clock';
import { ok } from '../../../lib/result';
import { ALARMS } from './alarm-fixture';
import { surroundings } from './fixture';
import { hostedPipeline } from './pipeline-fixture';

async function main() {
  const watch = watchAlarms({ alarms: ALARMS, metrics: async () => 1, clock: systemClock, clockRate: 1 });
  if (!watch.ok) throw new Error();
  await watch.value.sample();
  const hosted = await hostedPipeline({
    'Dev/Deploy': {
      hold: true,
      output: ['deploying', 'still deploying'],
      reports: [{ kind: 'fact', name: 'buildId', value: 'visits-deploy-dev:99999999-2222-4333-8444-555555555555' }],
    },
  });
  const here = await surroundings({
    pipelines: hosted.pipelines,
    alarms: watch.value,
    secrets: {
      values: () => ok({ parameters: { '/visits/flag': 'on' }, secrets: { 'visits/database': '{"user":"u"}' } }),
    },
  });
  const { accessKeyId, secretAccessKey } = here.endpoint.operator;
  writeFileSync(
    '/tmp/scratch-env',
    `export AWS_ENDPOINT_URL=${here.endpoint.url} AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_DEFAULT_REGION=eu-west-1 AWS_PAGER= AWS_EC2_METADATA_DISABLED=true\n`,
  );
  await hosted.start();
}
main();
setInterval(() => {}, 1000);
