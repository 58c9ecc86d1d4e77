/** kube-controller-manager: elects a leader, then runs every controller. @upstream cmd/kube-controller-manager/app/controllermanager.go */
import {
  type Client,
  createEventRecorder,
  createInformerFactory,
  createSignalGroup,
  runLeaderElection,
} from '#engine/client-go';
import { randomUuid, untilAborted, type World } from '#engine/sim';
import { startClusterRoleAggregationController } from './clusterroleaggregation/controller.ts';
import type { ControllerContext, StartController } from './context.ts';
import { startCronJobController } from './cronjob/controller.ts';
import { startCertificateApprovingController } from './csrapproving/controller.ts';
import { startCertificateCleaner } from './csrcleaner/controller.ts';
import { startCertificateSigningController } from './csrsigning/controller.ts';
import { startDaemonSetController } from './daemonset/controller.ts';
import { startDeploymentController } from './deployment/controller.ts';
import { startDisruptionController } from './disruption/controller.ts';
import { startEndpointsController } from './endpoints/controller.ts';
import { startEndpointSliceController } from './endpointslice/controller.ts';
import { startEndpointSliceMirroringController } from './endpointslicemirroring/controller.ts';
import { startGarbageCollector } from './garbagecollector/controller.ts';
import { type ControllerName, controllerNames } from './halting/controller-names.ts';
import { whileAllowed } from './halting/index.ts';
import { startJobController } from './job/controller.ts';
import { startNamespaceController } from './namespace/controller.ts';
import { startNodeIpamController } from './nodeipam/controller.ts';
import { startNodeLifecycleController } from './nodelifecycle/controller.ts';
import type { ControllerManagerOptions } from './options.ts';
import { startPersistentVolumeBinder } from './persistentvolume/controller.ts';
import { startEphemeralVolumeController } from './persistentvolume/ephemeral.ts';
import { startVolumeExpander } from './persistentvolume/expand.ts';
import {
  startAttributesClassProtection,
  startClaimProtection,
  startVolumeProtection,
} from './persistentvolume/protection.ts';
import { startHorizontalPodAutoscaler } from './podautoscaler/controller.ts';
import { startPodGarbageCollector } from './podgc/controller.ts';
import { startReplicaSetController } from './replicaset/controller.ts';
import { startReplicationController } from './replication/controller.ts';
import { startResourceQuotaController } from './resourcequota/controller.ts';
import { startRootCaPublisher } from './root-ca/controller.ts';
import { startServiceAccountController } from './serviceaccount/controller.ts';
import { startServiceCIDRController } from './servicecidrs/controller.ts';
import { startStatefulSetController } from './statefulset/controller.ts';
import { startTaintEvictionController } from './tainteviction/controller.ts';
import { startTtlController } from './ttl/controller.ts';
import { startTtlAfterFinishedController } from './ttlafterfinished/controller.ts';
import { startValidatingAdmissionPolicyStatusController } from './validatingadmissionpolicystatus/controller.ts';

const starts: { readonly [name in ControllerName]: StartController } = {
  'serviceaccount-controller': startServiceAccountController,
  'resourcequota-controller': startResourceQuotaController,
  'namespace-controller': startNamespaceController,
  'root-ca-certificate-publisher-controller': startRootCaPublisher,
  'garbage-collector-controller': startGarbageCollector,
  'endpoints-controller': startEndpointsController,
  'endpointslice-controller': startEndpointSliceController,
  'endpointslice-mirroring-controller': startEndpointSliceMirroringController,
  'replicationcontroller-controller': startReplicationController,
  'node-ipam-controller': startNodeIpamController,
  'node-lifecycle-controller': startNodeLifecycleController,
  'taint-eviction-controller': startTaintEvictionController,
  'pod-garbage-collector-controller': startPodGarbageCollector,
  'disruption-controller': startDisruptionController,
  'horizontal-pod-autoscaler-controller': startHorizontalPodAutoscaler,
  'certificatesigningrequest-signing-controller': startCertificateSigningController,
  'certificatesigningrequest-approving-controller': startCertificateApprovingController,
  'certificatesigningrequest-cleaner-controller': startCertificateCleaner,
  'ttl-controller': startTtlController,
  'clusterrole-aggregation-controller': startClusterRoleAggregationController,
  'service-cidr-controller': startServiceCIDRController,
  'validatingadmissionpolicy-status-controller': startValidatingAdmissionPolicyStatusController,
  'daemonset-controller': startDaemonSetController,
  'job-controller': startJobController,
  'deployment-controller': startDeploymentController,
  'replicaset-controller': startReplicaSetController,
  'statefulset-controller': startStatefulSetController,
  'persistentvolume-binder-controller': startPersistentVolumeBinder,
  'persistentvolume-expander-controller': startVolumeExpander,
  'persistentvolumeclaim-protection-controller': startClaimProtection,
  'persistentvolume-protection-controller': startVolumeProtection,
  'volumeattributesclass-protection-controller': startAttributesClassProtection,
  'ephemeral-volume-controller': startEphemeralVolumeController,
  'cronjob-controller': startCronJobController,
  'ttl-after-finished-controller': startTtlAfterFinishedController,
};

const controllers = controllerNames.map((name) => [name, starts[name]] as const);

/**
 * Runs until `signal` aborts. When leadership is lost its controllers stop and it stands for election again, where upstream's process
 * exits and is started again.
 * @fidelity partial: the controllers of the kinds that are served
 */
export async function runControllerManager(
  world: World,
  client: Client,
  options: ControllerManagerOptions,
  signal: AbortSignal,
): Promise<void> {
  const lead = (leading: AbortSignal) => {
    const child = createSignalGroup(leading);
    const shared: Omit<ControllerContext, 'signal'> = {
      world,
      informers: createInformerFactory(world, client, leading),
      clientFor: options.clientFor ?? (() => client),
      options,
    };
    for (const [name, start] of controllers) {
      if (options.controllers === undefined || options.controllers.includes(name))
        whileAllowed(name, options.halted, child(), (signal) => start({ ...shared, signal }));
    }
  };
  if (options.leaderElect === false) {
    lead(signal);
    await untilAborted(signal);
    return;
  }
  const identity = `${options.identity ?? 'kube-controller-manager'}_${randomUuid(world.rng.fork('kube-controller-manager identity'))}`;
  const recorder = createEventRecorder(world, client, { component: 'kube-controller-manager' }, signal);
  const lease = { namespace: 'kube-system', name: 'kube-controller-manager', identity, recorder };
  while (!signal.aborted) await runLeaderElection(world, client, lease, lead, signal);
}
