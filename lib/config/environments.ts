import * as z from 'zod';
import { accountClusterSchema, accountNetworkSchema } from './cluster';
import { helmSchema, strategySchema } from './strategy';
import {
  about,
  accountId,
  duration,
  environmentName,
  namespaceName,
  relativePath,
  section,
  text,
  webAddress,
} from './values';

const approval = section({
  name: text('a name of 1 to 100 letters, digits and . @ - _', /^[A-Za-z0-9.@\-_]{1,100}$/).meta(
    about('Name of the approval, as the pipeline shows it.'),
  ),
  message: text('a text of 1 to 1000 characters without #{', /^(?![\s\S]*#\{)[\s\S]+$/, 1000)
    .optional()
    .meta(about('What the approver is asked. Default: which version of which service goes where.')),
  timeout: duration('5m', '60d', '1m')
    .prefault('7d')
    .meta(about('Time to answer, 5m to 60d; then the approval fails.')),
});

export const environmentSchema = section({
  account: accountId()
    .optional()
    .meta(
      about(
        'The account where the environment lives, in quotes, if not in `aws.account`: cluster, alarms, deploy and verify are there, the pipelines stay. Needs `aws.account` and `aws.region`; the region is the same.',
      ),
    ),
  cluster: accountClusterSchema,
  network: accountNetworkSchema,
  pipeline: z
    .enum(['development', 'production'], { error: 'development or production' })
    .optional()
    .meta(about('The pipeline that deploys here. Default: development for `dev`, else production.')),
  namespace: namespaceName()
    .optional()
    .meta(about('Kubernetes namespace, one for each environment. Default: `<service>-<environment>`.')),
  manifests: relativePath()
    .optional()
    .meta(
      about(
        'What is deployed, relative to the service: a kustomize overlay, a Helm chart, or YAML (a file or a folder). Default: `k8s/overlays/<environment>`.',
      ),
    ),
  helm: helmSchema,
  strategy: strategySchema,
  url: webAddress()
    .optional()
    .meta(about('Address of the running service, as the verification reaches it. Default: that of its Service.')),
  approvals: z
    .array(approval, { error: 'a list of approvals' })
    .max(10, { error: 'at most 10 approvals' })
    .optional()
    .meta(
      about(
        'Who must say yes before the deploy, each by name. Default: `ClientSignOff` before `production`, else nobody.',
      ),
    ),
  suite: z
    .enum(['smoke', 'e2e'], { error: 'smoke or e2e' })
    .optional()
    .meta(
      about(
        'What verifies the deploy: `smoke` (ready, right version) or `e2e` (that and the end-to-end tests, which write). Default: smoke for `production`, else e2e.',
      ),
    ),
  bake: z
    .union([duration('1m', '12h', '1m'), z.literal(false, { error: 'false' })])
    .optional()
    .meta(
      about(
        'How long the alarms are watched after the deploy; a fired alarm rolls back. Default: 5m for `production`, else `false` (not at all).',
      ),
    ),
  bakeInconclusive: z
    .enum(['fail', 'pass'], { error: 'fail or pass' })
    .default('fail')
    .meta(about('What becomes of a bake without data (no metric, no traffic): it fails, or it passes and says so.')),
  rolloutTimeout: duration('30s', '30m').prefault('5m').meta(about('How long a rollout may take before it is undone.')),
  settle: duration('0s', '10m')
    .prefault('5s')
    .meta(about('How long pods are watched after they are ready; one that restarts fails the release.')),
});

export type EnvironmentFile = z.output<typeof environmentSchema>;

export const environmentsSchema = z
  .record(environmentName(), environmentSchema, { error: 'a mapping of environment names to their settings' })
  .refine((value) => Object.keys(value).length > 0, { error: 'at least one environment' })
  .refine((value) => Object.keys(value).length <= 20, { error: 'at most 20 environments' })
  .prefault({ dev: {}, staging: {}, production: {} })
  .meta(about('Where releases run, in the order in which they get there. Those listed are all there are.'));
