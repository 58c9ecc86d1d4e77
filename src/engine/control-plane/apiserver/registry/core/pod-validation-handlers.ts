/**
 * Checks of probes and lifecycle hooks.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '#engine/api';
import { fieldErrors, isHttpHeaderName } from '#engine/apimachinery';
import {
  checkFormat,
  checkNonNegative,
  checkPortNum,
  checkPortNumOrName,
  checkSupported,
  type Errors,
} from '../validation.ts';
import type { SpecFacts } from './pod-validation-options.ts';

type Handler = LifecycleHandler & Pick<Probe, 'grpc'>;

function checkHttpGet(
  errors: Errors,
  at: string,
  { path = '', port = 0, scheme = '', httpHeaders }: HTTPGetAction,
): void {
  if (path === '') errors.push(fieldErrors.required(`${at}.path`));
  checkPortNumOrName(errors, `${at}.port`, port);
  checkSupported(errors, `${at}.scheme`, scheme, ['HTTP', 'HTTPS']);
  for (const { name = '' } of httpHeaders ?? []) checkFormat(errors, `${at}.httpHeaders`, name, isHttpHeaderName);
}

function checkSleep(errors: Errors, at: string, seconds: number, grace: number | undefined): void {
  if (grace !== undefined && (seconds < 0 || seconds > grace)) {
    const why = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`;
    errors.push(fieldErrors.invalid(at, seconds, why));
  }
}

function checkHandler(errors: Errors, at: string, handler: Handler, grace: number | undefined): void {
  let count = 0;
  const one = (kind: keyof Handler, check: () => void) => {
    if (handler[kind] === undefined) return;
    if (count > 0) errors.push(fieldErrors.forbidden(`${at}.${kind}`, 'may not specify more than 1 handler type'));
    else {
      count += 1;
      check();
    }
  };
  one('exec', () => {
    if ((handler.exec?.command?.length ?? 0) === 0) errors.push(fieldErrors.required(`${at}.exec.command`));
  });
  one('httpGet', () => checkHttpGet(errors, `${at}.httpGet`, handler.httpGet as HTTPGetAction));
  one('tcpSocket', () => checkPortNumOrName(errors, `${at}.tcpSocket.port`, handler.tcpSocket?.port ?? 0));
  one('grpc', () => checkPortNum(errors, `${at}.grpc.port`, handler.grpc?.port ?? 0));
  one('sleep', () => checkSleep(errors, `${at}.sleep`, handler.sleep?.seconds ?? 0, grace));
  if (count === 0) errors.push(fieldErrors.required(at, 'must specify a handler type'));
}

type ProbeKind = 'livenessProbe' | 'readinessProbe' | 'startupProbe';

/** Probes that were found valid: templates share them with their Pods. */
const valid: { readonly [kind in ProbeKind]: WeakSet<Probe> } = {
  livenessProbe: new WeakSet(),
  readinessProbe: new WeakSet(),
  startupProbe: new WeakSet(),
};

export function checkProbe(errors: Errors, path: string, kind: ProbeKind, probe: Probe | undefined): void {
  if (!probe || valid[kind].has(probe)) return;
  const before = errors.length;
  const at = `${path}.${kind}`;
  checkHandler(errors, at, probe, undefined);
  checkNonNegative(errors, `${at}.initialDelaySeconds`, probe.initialDelaySeconds);
  checkNonNegative(errors, `${at}.timeoutSeconds`, probe.timeoutSeconds);
  checkNonNegative(errors, `${at}.periodSeconds`, probe.periodSeconds);
  checkNonNegative(errors, `${at}.successThreshold`, probe.successThreshold);
  checkNonNegative(errors, `${at}.failureThreshold`, probe.failureThreshold);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) {
    errors.push(fieldErrors.invalid(`${at}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  }
  if (kind === 'readinessProbe') {
    if (grace !== undefined) {
      errors.push(
        fieldErrors.invalid(`${at}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'),
      );
    }
  } else if (probe.successThreshold !== 1) {
    errors.push(fieldErrors.invalid(`${at}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'));
  }
  if (errors.length === before) valid[kind].add(probe);
}

const WINDOWS_SIGNALS = ['SIGKILL', 'SIGTERM'];
const NAMES =
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU ' +
  'URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX';
const numbered = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}${i + 1}`);
const LINUX_SIGNALS = [...NAMES.split(' '), ...numbered('RTMIN+', 15), ...numbered('RTMAX-', 14)]
  .map((name) => `SIG${name}`)
  .sort((a, b) => (a < b ? -1 : 1));

function checkStopSignal(errors: Errors, at: string, signal: string, os: string | undefined): void {
  if (os === undefined)
    errors.push(fieldErrors.forbidden(at, 'may not be set for containers with empty `spec.os.name`'));
  else if (os === 'windows') checkSupported(errors, at, signal, WINDOWS_SIGNALS);
  else if (os === 'linux') checkSupported(errors, at, signal, LINUX_SIGNALS);
}

export function checkLifecycle(errors: Errors, at: string, lifecycle: Lifecycle, facts: SpecFacts): void {
  const { gracePeriodSeconds } = facts;
  if (lifecycle.postStart) checkHandler(errors, `${at}.postStart`, lifecycle.postStart, gracePeriodSeconds);
  if (lifecycle.preStop) checkHandler(errors, `${at}.preStop`, lifecycle.preStop, gracePeriodSeconds);
  if (lifecycle.stopSignal !== undefined) checkStopSignal(errors, `${at}.stopSignal`, lifecycle.stopSignal, facts.os);
}
