/** Objects as YAML the way sigs.k8s.io/yaml prints them: keys sorted, sequences not indented. */
import { stringify } from 'yaml';

const OPTIONS = {
  sortMapEntries: true,
  indentSeq: false,
  lineWidth: 0,
  version: '1.1',
  aliasDuplicateObjects: false,
} as const;

/** @fidelity partial: texts that only Go's YAML library quotes, or only ours, may differ in their quotes */
export function printYaml(value: object): string {
  const plain: unknown = JSON.parse(JSON.stringify(value));
  // A lone dot is no number to Go's library.
  return stringify(plain, OPTIONS).replace(/^( *)"\.":/gm, '$1.:');
}
