import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BillOfMaterials, billOfMaterials } from '../provenance/statement';
import { BILLS } from '../provenance/storage';
import { issuesOf } from '../provenance/zod-issues';
import { err, ok, type Result } from '../result';

/** A bill of materials as it was handed over: data, of which only its digest is vouched for. */
export interface Bill {
  readonly attestation: keyof typeof BILLS;
  readonly file: string;
  /** Of the file's bytes, in hexadecimal. */
  readonly sha256: string;
  readonly content: BillOfMaterials;
}

/** Both bills of materials in `folder`. `absent`: those that are not there, which whoever asks may allow. */
export function readBills(folder: string): Result<{ readonly bills: Bill[]; readonly absent: string[] }, string> {
  const absent: string[] = [];
  const errors: string[] = [];
  const bills = Object.entries(BILLS).flatMap(([attestation, file]) => {
    let bytes: Buffer;
    try {
      bytes = readFileSync(join(folder, file));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') absent.push(file);
      else errors.push(`${file} cannot be read: ${(error as Error).message}`);
      return [];
    }
    const content = contentOf(bytes);
    if (!content.ok) {
      errors.push(...content.errors.map((text) => `${file} ${text}`));
      return [];
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return [{ attestation: attestation as Bill['attestation'], file, sha256, content: content.value }];
  });
  return errors.length > 0 ? err(...errors) : ok({ bills, absent });
}

function contentOf(bytes: Buffer): Result<BillOfMaterials, string> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    return err(`is no JSON (${(error as Error).message})`);
  }
  const checked = billOfMaterials.safeParse(value);
  return checked.success ? ok(checked.data) : err(`is no bill of materials in CycloneDX: ${issuesOf(checked.error)}`);
}
