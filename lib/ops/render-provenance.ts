import type { ImageProvenance } from './provenance';

/** What is known of an image, as lines. */
export function renderProvenance(image: ImageProvenance): string[] {
  const { source, builder, execution, finished, problems, bills, notRun } = image;
  const version = image.tags.length > 0 ? image.tags.join(' ') : 'none: it has not passed every check';
  return [
    `image    ${image.repository}@${image.digest}`,
    `version  ${version}`,
    ...(image.pushed === undefined ? [] : [`pushed   ${image.pushed}`]),
    ...(source ? [`source   ${source.repository}, branch ${source.branch}, commit ${source.commit}`] : []),
    ...(builder === undefined ? [] : [`builder  ${builder}`, `run      ${execution}, passed ${finished}`]),
    ...Object.entries(bills).map(([name, count]) => `lists    ${name}: ${count} packages`),
    ...notRun.map((name) => `NOT RUN  ${name}: nothing says what is in the image`),
    `key      ${image.key}`,
    ...problems.map((problem) => `PROBLEM  ${problem}`),
    problems.length > 0 ? 'A deploy would refuse it.' : `Verified; ${image.level}.`,
  ];
}
