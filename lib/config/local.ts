import * as z from 'zod';
import { about, section, text } from './values';

const imageName = text('the name of an image', /^[A-Za-z0-9][A-Za-z0-9._\-/:@]*$/, 512);

export const localSchema = section({
  images: z
    .record(
      text('an image repository without tag or digest', /^[a-z0-9][a-z0-9._\-/]*(?::\d+\/[a-z0-9._\-/]+)?$/, 255),
      section({
        command: z
          .array(z.string({ error: 'a text' }), { error: 'a list: the program and its arguments' })
          .refine(([program = '']) => program !== '', { error: 'a list that starts with a program' })
          .meta(
            about(
              "Program and arguments that run in place of the container's own command and arguments. `$HOST` and `$PORT` stand for where it must listen.",
            ),
          ),
      }),
      { error: 'a mapping of image repositories to commands' },
    )
    .default({})
    .meta(about('Third-party images -> what runs in their place on this machine.')),
  prepare: z
    .string({ error: 'a shell command' })
    .min(1, { error: 'a shell command' })
    .optional()
    .meta(
      about(
        "Shell command that takes the place of the Dockerfile's RUN lines. Runs in the build context, with IMAGE_ROOT set to the root folder of the image.",
      ),
    ),
  executor: z
    .enum(['host', 'docker', 'podman'], { error: 'host, docker or podman' })
    .default('host')
    .meta(
      about(
        "Where builds run: as processes of this machine (`host`), or each in a container of its project's image (`docker`, `podman`). `slipway run --executor` says otherwise.",
      ),
    ),
  executorImages: z
    .record(imageName, imageName, { error: 'a mapping of images to images' })
    .default({})
    .meta(
      about(
        'Image of a build project -> image that stands for it in containers here. What is not listed is used as it is; `aws/codebuild/…` is `public.ecr.aws/codebuild/…`, where AWS publishes its own.',
      ),
    ),
  auditOutage: z
    .enum(['fail', 'not-run'], { error: 'fail or not-run' })
    .default('fail')
    .meta(
      about(
        'What pip-audit is when its vulnerability database cannot be reached from this machine: `fail`, as on AWS, or `not-run`, which the summary shows as NOT RUN.',
      ),
    ),
})
  .prefault({})
  .meta(about('For runs on a laptop only; nothing of it reaches AWS.'));
