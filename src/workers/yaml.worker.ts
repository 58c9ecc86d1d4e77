/** The YAML language service of the editor: completion, hover and validation by the cluster's schemas. */
import 'monaco-yaml/yaml.worker.js';
