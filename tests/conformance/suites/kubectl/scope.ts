/** Which steps of the transcripts are about commands and kinds that are served so far. */

export interface Step {
  readonly cmd: string;
  readonly stdin?: string;
  readonly env?: { readonly [name: string]: string };
  readonly wait?: readonly {
    readonly settle?: boolean;
    readonly seconds?: number;
    readonly until?: string;
    readonly cmd?: string;
  }[];
  readonly background?: boolean;
  readonly stopAfterStep?: number;
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut?: boolean;
  readonly unstable?: 'order' | 'text' | 'distribution';
}

export interface Scenario {
  readonly id: string;
  readonly files?: { readonly [name: string]: string };
  readonly kubeconfig?: string;
  readonly steps: readonly Step[];
}

const VERBS =
  /^(get|describe|apply|create (-|ns|namespace|deploy|cm|configmap|secret|svc|service|sa|pc|priorityclass)|delete|run|expose|scale|rollout|logs|exec|label|annotate|explain|config|version|cluster-info)\b/;

/** Types, short names and kinds of what comes later. */
const LATER =
  /\b(ing|ingress(es)?|ingressclass(es)?|pdb|poddisruptionbudgets?|netpol|networkpolic(y|ies)|quota|resourcequotas?|limits|limitranges?|(cluster)?roles?|(cluster)?rolebindings?|crds?|customresourcedefinitions?|crontabs?|csr|certificatesigningrequests?|apiservices?|flowschemas?|prioritylevelconfigurations?|runtimeclass(es)?|csi\w*|volumeattachments?|servicecidrs?|ipaddress(es)?|resourceclaims?|deviceclass(es)?|componentstatus(es)?|cs|mutating\w+|validating\w+|auth\/|kustomiz\w+|-k)\b/i;

const SERVED_KINDS = new Set(
  'Namespace Node Pod Job CronJob HorizontalPodAutoscaler Deployment ReplicaSet DaemonSet StatefulSet ReplicationController PodTemplate ControllerRevision Service Endpoints EndpointSlice ConfigMap Secret ServiceAccount Event Lease PriorityClass PersistentVolume PersistentVolumeClaim StorageClass List'.split(
    ' ',
  ),
);

const kindsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^\s*"?kind"?:\s*"?([A-Za-z]+)/gm)].map((match) => match[1] as string);

/** Kinds of a file's documents; nested references (a subject, an owner) count too, which only narrows the scope. */
const servesFile = (text: string): boolean =>
  kindsIn(text).every((kind) => SERVED_KINDS.has(kind) || !/^[A-Z]/.test(kind));

/** Whether the step itself names only what is served. */
function namesServed(scenario: Scenario, step: Step): boolean {
  const line = step.cmd.replace(/^kubectl\s+/, '');
  if (line === step.cmd || LATER.test(line)) return false;
  if (step.stdin !== undefined && !servesFile(step.stdin)) return false;
  const files = Object.entries(scenario.files ?? {});
  const words = line.split(/\s+/);
  const used = files.filter(
    ([name]) => line.includes(name) || (name.includes('/') && words.includes(name.slice(0, name.indexOf('/')))),
  );
  return used.every(([, text]) => servesFile(text));
}

const WRITES = /^kubectl\s+(apply|create|replace|patch|autoscale|auth|certificate)\b/;

/** Steps after one that makes something which is not served yet follow from it, so they are out of scope too. */
export function servedSteps(scenario: Scenario): ReadonlySet<Step> {
  const served = new Set<Step>();
  let clean = true;
  for (const step of scenario.steps) {
    const named = namesServed(scenario, step);
    const line = step.cmd.replace(/^kubectl\s+/, '');
    if (clean && named && VERBS.test(line)) served.add(step);
    if (!named && WRITES.test(step.cmd) && step.exit === 0) clean = false;
  }
  return served;
}
