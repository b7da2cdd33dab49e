import type { Json } from '../../../lib/cloud/rules/rule';
import { proves } from '../where';
import type { World } from './world';

/** Projects, with their buildspecs, limits, keys, logs and roles. */
export function provesBuilds({ seen, config }: World): void {
  proves(
    'made a project for each build, with an inline buildspec, a limit of time, its key, its log and no privilege but for images',
    () => {
      const privileged = Object.values<Json>(seen().projects).filter(({ environment }) => environment.privilegedMode);
      expect(privileged.map(({ name }) => name).sort()).toEqual([
        'visits-development-test-image',
        'visits-production-test-image',
      ]);
      for (const project of Object.values<Json>(seen().projects)) {
        expect(project.source.buildspec).toMatch(/^version: ["']?0\.2/m);
        expect(project.timeoutInMinutes).toBeGreaterThan(0);
        expect(seen().keys[project.encryptionKey]).toMatchObject({ state: 'Enabled', rotation: true });
        const group = seen().logGroups[project.logsConfig.cloudWatchLogs.groupName];
        expect(group.retentionInDays).toBe(config.retention.logs);
        expect(seen().keys[group.kmsKeyId]).toBeDefined();
        expect(seen().roles[project.serviceRole].trust.Statement[0].Principal).toEqual({
          Service: 'codebuild.amazonaws.com',
        });
      }
      const roles = Object.values<Json>(seen().projects).map(({ serviceRole }) => serviceRole);
      expect(new Set(roles).size).toBe(roles.length);
    },
  );
}
