import { expect, test } from '@jest/globals';
import type { Plan } from '../../../lib/local/plan';
import { renderPlanTree } from '../../../lib/local/plan-tree';
import { plansOf } from './kinds';

test('the plan of every kind of action, as it is shown', () => {
  const { ignored: _, ...plan } = plansOf()[0] as Plan;
  expect(renderPlanTree(plan)).toBe(
    `
shop  QUEUED, stack Shop
│  variable GREETING = hello
├─ Source
│  └─ Source  CodeCommit shop, branch main
│        out Source
│        gives variables #{Commit.…}
├─ Build
│  └─ 1.  2 in parallel
│     ├─ Pack  3 commands
│     │     in Source → out Site
│     │     $ mkdir -p site
│     │     $ echo "#{variables.GREETING}, $WHO" > site/index.html
│     │     $ export VERSION=1.$(cat version.txt)
│     │     with WHO=#{Commit.BranchName}
│     │     keeps site/**/*, version.txt
│     │     puts out VERSION, AWS_DEFAULT_REGION
│     │     gives variables #{Pack.…}
│     │     role shop-pipeline
│     └─ Image  image to ECR shop
│           in Source
│           builds service
│           tags latest, #{Commit.CommitId}
│           gives variables #{Image.…}
│           role shop-pipeline
├─ Deploy
│  ├─ 1.  2 in parallel
│  │  ├─ Website  S3 bucket shop-website
│  │  │     in Site
│  │  │     its files in v#{Pack.VERSION}
│  │  └─ Service  EKS shop with kubectl
│  │        in Source
│  │        applies k8s/config.yaml, k8s/more
│  │        in namespace default
│  │        with IMAGE=#{Image.ECRRepositoryName}@#{Image.ECRImageDigestId}
│  │        gives variables #{Service.…}
│  │        role shop-pipeline
│  └─ 2. Next  starts the pipeline shop-after
│        with VERSION=#{Pack.VERSION}
│        Source at COMMIT_ID #{Commit.CommitId}
└─ Cloud
   │  before entry: fail unless "test -s site/index.html" succeeds (Ready)
   ├─ 1. Propose  CloudFormation CHANGE_SET_REPLACE of shop-queue, NOT RUN here: recorded
   │     in Source + Site
   │     template cloud/queue.yaml of Source
   │     configured by cloud/queue.json
   │     with {"Version":"#{Pack.VERSION}","Code":{"Fn::GetArtifactAtt":["Site","ObjectKey"]}}
   │     change set next
   ├─ 2. Execute  CloudFormation CHANGE_SET_EXECUTE of shop-queue, NOT RUN here: recorded
   │     out Outputs
   │     change set next
   │     gives variables #{Cloud.…}
   └─ 3. Told  2 commands
         in Outputs
         $ echo "#{Cloud.Label}"
         $ cat outputs.json
         role shop-pipeline
`.trim(),
  );
});
