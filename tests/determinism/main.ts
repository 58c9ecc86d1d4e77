/** Prints the digest of a recording's trace: what the browser's is compared with. */
import { replay } from '#engine/cluster';
import { nodeHost } from '../../src/workers/node/host.ts';
import { recordings } from './journals.ts';

const recording = recordings[process.argv[2] ?? ''];
if (!recording) throw new Error(`no such recording; there are ${Object.keys(recordings).join(', ')}`);
replay(recording, nodeHost()).then(
  (result) => process.stdout.write(JSON.stringify(result), () => process.exit(0)),
  (error) => {
    process.stderr.write(String(error));
    process.exit(1);
  },
);
