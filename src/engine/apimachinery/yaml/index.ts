/** YAML as Kubernetes reads and prints it: a second door of this room, for what is loaded only when somebody speaks YAML. */
export { parseYaml, parseYamlDocuments } from './parse.ts';
export { printYaml } from './print.ts';
