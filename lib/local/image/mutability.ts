/** Whether a repository's tags may move. Source: Amazon ECR User Guide, image-tag-mutability. */
export interface Mutability {
  /** Whether a tag, once given, stays on its image. */
  readonly immutable: boolean;
  /** Tags, `*` for any text, for which `immutable` is the other way round. */
  readonly exclusions: readonly string[];
}

export const IMMUTABLE: Mutability = { immutable: true, exclusions: [] };

export function mayMove({ immutable, exclusions }: Mutability, tag: string): boolean {
  const isExcluded = exclusions.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.\\+?^${}()|[\]]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`).test(tag);
  });
  return immutable === isExcluded;
}
