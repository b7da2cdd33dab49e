/** One statement about CodePipeline or CodeBuild that a run can show, and how it is with Slipway. */
export interface Row {
  /** `<section>/<number>`; stays as it is, whatever is added. */
  readonly id: string;
  readonly statement: string;
  /** AWS's pages and API shapes that say it, by the keys of SOURCES. */
  readonly sources: readonly string[];
  readonly status: Status;
  /** AWS's own sources contradict each other or do not say it; what is here is the reading that is safe. */
  readonly uncertain?: true;
}

export type Status =
  /** `enforced`: what breaks it is an error before anything runs, as AWS refuses it too; the test asserts on its text. */
  | { readonly kind: 'holds'; readonly test: TestPlace; readonly enforced?: true }
  /** It is otherwise here, and why. */
  | { readonly kind: 'differs'; readonly because: string; readonly test?: TestPlace }
  /** AWS has it and it does not run here: an error before anything runs names it; the test asserts on its text. */
  | { readonly kind: 'rejected'; readonly test: TestPlace }
  /** Nothing that a run on one machine could show. */
  | { readonly kind: 'not-applicable'; readonly because: string };

export interface TestPlace {
  /** Below test/. */
  readonly file: string;
  /** As it stands in the file: the title of a test, or the first entry of a row of a table of tests. */
  readonly title: string;
}

/** What the keys of sources stand for. */
export const SOURCES: Readonly<Record<string, string>> = {
  CP: 'CodePipeline user guide, page',
  CB: 'CodeBuild user guide, page',
  API: 'API model (botocore), shape',
  CFN: 'CloudFormation resource schema',
};

type Draft = readonly [statement: string, sources: string, status: Status, uncertain?: 'uncertain'];

/** Rows of a section, numbered as they stand; sources are separated by commas. */
export const section = (name: string, drafts: readonly Draft[]): Row[] =>
  drafts.map(([statement, sources, status, uncertain], index) => ({
    id: `${name}/${index + 1}`,
    statement,
    sources: sources.split(', ').filter((source) => source !== ''),
    status,
    ...(uncertain && { uncertain: true as const }),
  }));

export const holds = (file: string, title: string): Status => ({ kind: 'holds', test: { file, title } });
export const enforced = (file: string, title: string): Status => ({
  kind: 'holds',
  test: { file, title },
  enforced: true,
});
export const rejected = (file: string, title: string): Status => ({ kind: 'rejected', test: { file, title } });
export const differs = (because: string, file?: string, title?: string): Status => ({
  kind: 'differs',
  because,
  ...(file !== undefined && title !== undefined && { test: { file, title } }),
});
export const notApplicable = (because: string): Status => ({ kind: 'not-applicable', because });
