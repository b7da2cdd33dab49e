import type { TemplateRule } from './rule';

export const inlinedBuildspec: TemplateRule = {
  id: 'inlined-buildspec',
  holds: 'A buildspec is in the template.',
  reason:
    'An absent buildspec, or the name of a file, lets the repository that is built replace the checks that judge it (OWASP CI/CD 4).',
  remedy: 'inline buildspecs/<job>.yml',
  types: ['AWS::CodeBuild::Project'],
  check: ({ Source: source }) =>
    typeof source?.BuildSpec === 'string' && source.BuildSpec.includes('\n') && /^version:/m.test(source.BuildSpec)
      ? undefined
      : 'no buildspec in Source.BuildSpec',
};
