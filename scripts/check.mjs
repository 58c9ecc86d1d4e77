/** `npm run check`: every check first has to see the violation planted for it, then finds none in the project. */
import { join } from 'node:path';
import { checks } from './checks.mjs';
import { root, setup } from './setup.mjs';

setup();
const only = process.argv.slice(2);
let failed = 0;
for (const { name, expects, run } of checks.filter((check) => only.length === 0 || only.includes(check.name))) {
  const seen = run(join(root, 'tests/house/canaries', name)).join('\n');
  const blind = expects.filter((text) => !seen.includes(text));
  const violations = run(root);
  const ok = blind.length === 0 && violations.length === 0;
  if (!ok) failed++;
  process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${name}\n`);
  for (const text of blind) process.stdout.write(`  the planted violation was not seen: ${text}\n`);
  for (const violation of violations) process.stdout.write(`  ${violation.replaceAll('\n', '\n  ')}\n`);
}
process.stdout.write(failed === 0 ? 'all checks passed\n' : `${failed} checks failed\n`);
process.exit(failed === 0 ? 0 : 1);
