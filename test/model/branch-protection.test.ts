import { branchProtection, type ProtectedSource } from '../../lib/model/branch-protection';

const pullRequests = { approvals: 2, approvers: [] };
const branches = { development: 'develop', production: 'main' };
const codecommit = (repository = 'visits', existing = false): ProtectedSource => ({
  source: { provider: 'codecommit', repository, existing, pullRequests },
  branches,
});

it('both branches that start pipelines need the approvals', () => {
  expect(branchProtection(codecommit())).toEqual({
    repository: 'visits',
    branches: ['develop', 'main'],
    ruleName: 'visits-protected',
    approvals: 2,
    approvers: [],
  });
});

it('a repository with the longest name has a rule whose name CodeCommit takes', () => {
  expect(branchProtection(codecommit('x'.repeat(100)))?.ruleName).toHaveLength(100);
});

it('repositories of others have rules of their owners', () => {
  expect(branchProtection(codecommit('visits', true))).toBeUndefined();
  expect(branchProtection({ source: { provider: 'connection' }, branches })).toBeUndefined();
});
