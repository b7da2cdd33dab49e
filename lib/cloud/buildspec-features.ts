import { parse } from 'yaml';

/** What of a buildspec decides about the resources around its project. */
export interface BuildspecFeatures {
  /** Names in its `reports`, with the type of report group that their format needs. */
  readonly reports: readonly { readonly name: string; readonly type: 'TEST' | 'CODE_COVERAGE' }[];
  readonly hasCache: boolean;
}

/** Source: CodeBuild user guide, build-spec-ref (reports.file-format). */
const COVERAGE_FORMATS = new Set(['CLOVERXML', 'COBERTURAXML', 'JACOCOXML', 'SIMPLECOV']);

export function buildspecFeatures(text: string): BuildspecFeatures {
  const buildspec = parse(text) as {
    readonly reports?: Readonly<Record<string, { readonly 'file-format'?: string }>>;
    readonly cache?: object;
  };
  return {
    reports: Object.entries(buildspec.reports ?? {}).map(([name, report]) => ({
      name,
      type: COVERAGE_FORMATS.has(report['file-format'] ?? '') ? 'CODE_COVERAGE' : 'TEST',
    })),
    hasCache: buildspec.cache !== undefined,
  };
}
