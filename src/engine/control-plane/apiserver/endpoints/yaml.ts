/** Objects as YAML the way sigs.k8s.io/yaml prints them: keys sorted, sequences not indented. */
import { stringify } from 'yaml';

export function printYaml(value: object): string {
  const plain: unknown = JSON.parse(JSON.stringify(value));
  return stringify(plain, {
    sortMapEntries: true,
    indentSeq: false,
    lineWidth: 0,
    version: '1.1',
    aliasDuplicateObjects: false,
  });
}
