/** Small files, so that 10,000 mutants take seconds; together they have every section of slipway.yaml. */
export const BASES: readonly string[] = [
  `service: {name: visits, path: svc}
source: {repository: other, existing: true}
branches: {development: next, production: trunk}
build: {package: lib, dockerfile: Containerfile, context: image, compute: large}
`,
  `service: {name: visits}
source: {provider: connection, connectionArn: "arn:aws:codeconnections:eu-west-1:111122223333:connection/a1b2c3d4-5678-90ab-cdef-111122223333", repository: owner/visits}
`,
  `service: {name: visits}
checks:
  unit: {coverage: 85}
  integration: false
  quality: {flake8: false, pylint: {minimum: 8}, mypy: false, black: false, isort: false}
  security: {bandit: {severity: high}, pip-audit: false, secrets: false}
`,
  `service: {name: visits}
environments:
  dev: {namespace: ns, url: "https://dev.example.com", suite: smoke, rolloutTimeout: 7m, settle: 6s}
  production:
    approvals: [{name: SignOff, message: Seen?, timeout: 2d}]
    suite: e2e
    bake: 6m
    bakeInconclusive: pass
`,
  `service: {name: visits}
cluster: {name: main, version: "1.36"}
aws: {account: "111122223333", region: eu-central-1}
notifications: {emails: [team@example.com]}
retention: {logs: 30, images: 400}
tags: {cost-center: "1234"}
`,
  `service: {name: visits}
cluster: {existing: {securityGroupId: sg-0123456789abcdef0}}
network:
  existing: {vpcId: vpc-0123456789abcdef0, availabilityZones: [eu-west-1a, eu-west-1b], privateSubnetIds: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]}
`,
  `service: {name: visits}
aws: {account: "111122223333", region: eu-west-1}
environments:
  dev: {}
  production:
    account: "222222222222"
    cluster: {name: there, version: "1.36", existing: {securityGroupId: sg-0123456789abcdef0, nodeRoles: [nodes]}}
    network:
      existing: {vpcId: vpc-0123456789abcdef0, availabilityZones: [eu-west-1a, eu-west-1b], privateSubnetIds: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]}
`,
  `service: {name: visits}
local:
  images: {redis: {command: [redis-server, --port, $PORT]}}
  prepare: make
  auditOutage: not-run
`,
];
