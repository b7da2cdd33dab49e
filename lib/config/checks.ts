import * as z from 'zod';
import { about, decimal, section } from './values';

/** A check with settings: `false` switches it off, `true` means its default settings. */
const check = <S extends z.ZodRawShape>(shape: S, description: string) => {
  const error = 'true, false or its settings';
  const settings = section(shape, error);
  return z
    .union([z.literal(false, { error }), settings, z.literal(true, { error }).transform(() => settings.parse({}))])
    .prefault(true)
    .meta(about(description));
};

const toggle = (description: string) => z.boolean({ error: 'true or false' }).default(true).meta(about(description));

const percent = (expected: string) => decimal(expected, 0, 100);

export const checksSchema = section({
  unit: section({
    coverage: percent('a percentage from 0 to 100')
      .default(90)
      .meta(about('Least line coverage of the unit tests, in percent; below it the pipeline stops.')),
  })
    .prefault({})
    .meta(about('Unit tests; they cannot be switched off.')),
  integration: toggle('Integration tests, against a real Redis. `false` leaves the action out.'),
  quality: section({
    flake8: toggle('Style and simple errors.'),
    pylint: check(
      {
        minimum: decimal('a pylint score from 0 to 10', 0, 10).default(9).meta(about('Least pylint score, 0 to 10.')),
      },
      'Deeper lint, with a least score.',
    ),
    mypy: toggle('Static types.'),
    black: toggle('Formatting.'),
    isort: toggle('Order of imports.'),
  })
    .prefault({})
    .meta(about('Checks of the code itself.')),
  security: section({
    bandit: check(
      {
        severity: z
          .enum(['low', 'medium', 'high'], { error: 'low, medium or high' })
          .default('medium')
          .meta(about('Findings of this severity and above fail the check.')),
      },
      'Insecure code.',
    ),
    'pip-audit': toggle('Locked dependencies with known vulnerabilities.'),
    secrets: toggle('Secrets in the source.'),
  })
    .prefault({})
    .meta(about('Security checks.')),
})
  .prefault({})
  .meta(about('What a commit must pass. `false` switches a check off: its action then says NOT RUN, never passed.'));
