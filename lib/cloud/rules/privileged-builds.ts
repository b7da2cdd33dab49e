import { shown, type TemplateRule } from './rule';

/** `projects`: names of those that may, since they build images with a Docker daemon of their own. */
export const privilegedOnly = (projects: readonly string[]): TemplateRule => ({
  id: 'privileged-builds',
  holds: 'Only the builds of images are privileged.',
  reason: 'Privileged mode makes a build root on its host (OWASP CI/CD 5).',
  remedy: `remove Environment.PrivilegedMode; ${projects.length === 0 ? 'no project' : `only ${projects.join(', ')}`} may have it`,
  types: ['AWS::CodeBuild::Project'],
  check: ({ Name: name, Environment: environment }) =>
    environment?.PrivilegedMode !== undefined && environment.PrivilegedMode !== false && !projects.includes(name)
      ? `project ${shown(name)} is privileged`
      : undefined,
});
