/** docs/CONFORMANCE.md: agreement with the recordings, file by file and family by family. */
import type { FileResult } from './suite.ts';

const percent = (passed: number, total: number) => (total === 0 ? '–' : `${((100 * passed) / total).toFixed(1)} %`);

export function renderReport(results: readonly FileResult[]): string {
  const rows = results.map(
    ({ suite, file, passed, total }) => `| ${suite} | ${file} | ${passed} / ${total} | ${percent(passed, total)} |`,
  );
  const families = results.flatMap(({ file, families: counts }) =>
    Object.entries(counts)
      .filter(([, { passed, total }]) => passed < total)
      .map(([family, { passed, total }]) => `| ${file} | ${family.replaceAll('|', '\\|')} | ${passed} / ${total} |`),
  );
  return `# Agreement with a real Kubernetes 1.36

Written by \`npm run conformance\`. Each case is a recorded request, command or decision of a real cluster; ours must be equal after the recorder's
normalisation.

| suite | file | agrees | |
|---|---|---|---|
${rows.join('\n')}

## Families that do not agree everywhere

| file | family | agrees |
|---|---|---|
${families.join('\n')}
`;
}
