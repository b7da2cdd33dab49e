import { buffer } from 'node:stream/consumers';
import { openPromise } from 'yauzl';
import { err, ok, type Result } from '../../result';

/** Largest file that is read whole, bytes. */
const MOST = 4 << 20;

/** The text of one file in a zip. */
export async function readZipFile(zip: string, name: string): Promise<Result<string, string>> {
  try {
    const opened = await openPromise(zip, { strictFileNames: true, autoClose: false });
    try {
      for await (const entry of opened.eachEntry()) {
        if (entry.fileName !== name) continue;
        if (entry.uncompressedSize > MOST) return err(`is larger than ${MOST} bytes`);
        return ok((await buffer(await opened.openReadStreamPromise(entry))).toString('utf8'));
      }
    } finally {
      opened.close();
    }
  } catch (error) {
    return err(`not a readable zip: ${(error as Error).message}`);
  }
  return err('there is no such file; expected it in the source, from its root down');
}
