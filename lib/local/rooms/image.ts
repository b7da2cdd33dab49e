import { type Engine, tell } from './engine';

/** Image of a template -> image that stands for it here. */
export type ImageNames = Readonly<Record<string, string>>;

/**
 * The image to ask the engine for. CodeBuild's own (`aws/codebuild/…`) are in no registry under that name: AWS publishes
 * its curated ones as `public.ecr.aws/codebuild/…` (CodeBuild user guide, use-codebuild-agent).
 */
export function imageFor(image: string, names: ImageNames): string {
  return names[image] ?? image.replace(/^aws\/codebuild\//, 'public.ecr.aws/codebuild/');
}

/** Pulls images that an engine lacks; one pull an image at a time, whoever asks. */
export function imageProvider(engine: Engine, names: ImageNames) {
  const pulls = new Map<string, Promise<string | undefined>>();
  /** Gives the words of what went wrong. */
  return async (image: string, note: (text: string) => void, signal: AbortSignal): Promise<string | undefined> => {
    const wanted = imageFor(image, names);
    const pulling = pulls.get(wanted) ?? provide(engine, wanted, note, signal);
    pulls.set(wanted, pulling);
    const problem = await pulling.finally(() => pulls.delete(wanted));
    if (problem === undefined || signal.aborted) return problem;
    const asked = wanted === image ? wanted : `${wanted} (for ${image})`;
    return [
      `${engine.name} cannot get the image ${asked}: ${problem}`,
      'pull or build it, or name one that is here: ' +
        `--executor-image '${image}=IMAGE', or local.executorImages in slipway.yaml` +
        (image.startsWith('aws/codebuild/')
          ? '; the Dockerfiles of CodeBuild’s images: github.com/aws/aws-codebuild-docker-images'
          : ''),
    ].join('\n');
  };
}

async function provide(
  engine: Engine,
  image: string,
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const present = await tell(engine, ['image', 'inspect', '--format', '{{.Id}}', image], () => {}, signal);
  if (present === 0) return undefined;
  note(`${engine.name} pull ${image}`);
  let last = 'it said nothing';
  const pulled = await tell(
    engine,
    ['pull', image],
    (line) => {
      note(line);
      if (line.trim() !== '') last = line.trim();
    },
    signal,
  );
  return pulled === 0 ? undefined : last;
}
